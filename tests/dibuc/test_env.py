"""Settings from the environment: each wrong one is named."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from dibuc import env


def test_no_redis_url_means_the_embedded_socket() -> None:
    urls = env.redis_urls("", Path("/run/d/valkey.sock"))
    assert urls == ("unix:///run/d/valkey.sock", "redis+socket:///run/d/valkey.sock")


@pytest.mark.parametrize("word", ["1", "true", "YES", " on "])
def test_words_that_mean_yes(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    monkeypatch.setenv("DEBUG", word)
    assert env.get_bool("DEBUG", default=False)


def test_a_word_that_means_neither_yes_nor_no_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="DEBUG='maybe' is neither yes nor no"):
        env.get_bool("DEBUG", default=False)


@pytest.mark.parametrize("word", ["eight", "8.0", "0", "70000"])
def test_a_number_that_cannot_be_a_port_is_named(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("PORT", word)
    with pytest.raises(ImproperlyConfigured, match="PORT="):
        env.get_int("PORT", 8000, least=1, most=65535)


@pytest.mark.parametrize("url", ["http://localhost", "localhost:6379", "redis://"])
def test_a_redis_url_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL"):
        env.redis_urls(url, Path("/run/valkey.sock"))


@pytest.mark.parametrize(
    "url",
    [
        "mysql://u:secret@h/db",
        "dibuc.sqlite3",
        "postgresql://u:secret@h:port/db",
        "postgresql://u:secret@h/",
    ],
)
def test_a_database_url_of_another_kind_is_refused_without_showing_its_password(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    with pytest.raises(ImproperlyConfigured, match=r"dibuc\.E003.*DATABASE_URL") as caught:
        env.database("DATABASE_URL", Path("x.sqlite3"))
    assert "secret" not in str(caught.value)


def test_an_empty_address_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "")
    assert env.origin("PUBLIC_URL", "http://127.0.0.1:8000") == "http://127.0.0.1:8000"


@pytest.mark.parametrize(
    "address",
    [
        "support.example.com",
        "ftp://support.example.com",
        "https://",
        "https://support.example.com/portal",
        "https://support.example.com:port",
        "https://user@support.example.com",
        "https://[::1",
    ],
)
def test_an_address_that_is_no_origin_is_refused(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("PUBLIC_URL", address)
    with pytest.raises(ImproperlyConfigured, match=r"dibuc\.E004.*PUBLIC_URL"):
        env.origin("PUBLIC_URL", "http://127.0.0.1:8000")


def test_a_data_folder_that_cannot_be_made_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match=r"dibuc\.E005.*file/data"):
        env.secret_key("SECRET_KEY", tmp_path / "file" / "data" / "secret-key")


def test_sqlite_gets_all_three_options_and_postgresql_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert env.database("DATABASE_URL", Path("/d/x.sqlite3"))["OPTIONS"] == env.SQLITE_OPTIONS
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p%40ss@db.example.com:5433/dibuc")
    database = env.database("DATABASE_URL", Path("/d/x.sqlite3"))
    assert (database["HOST"], database["PORT"], database["NAME"]) == (
        "db.example.com",
        5433,
        "dibuc",
    )
    assert database["PASSWORD"] == "p@ss"


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://support.example.com", "support.example.com"),
        ("http://localhost:8000", "localhost"),
        ("http://[::1]:8000", "[::1]"),
    ],
)
def test_the_host_is_written_as_in_a_host_header(address: str, host: str) -> None:
    assert env.host_of(address) == host


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost"])
def test_only_this_computer_reaches_the_loopback(host: str) -> None:
    assert env.is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "support.example.com", ""])  # noqa: S104
def test_others_reach_every_other_address(host: str) -> None:
    assert not env.is_loopback(host)


def test_a_socket_path_too_long_for_linux_is_refused_with_a_way_out() -> None:
    with pytest.raises(ImproperlyConfigured, match="DIBUC_DATA to a shorter folder"):
        env.redis_urls("", Path("/" + "d" * 120))


def test_the_secret_key_is_made_once_and_is_private(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    file = tmp_path / "new" / "secret-key"
    key = env.secret_key("SECRET_KEY", file)
    assert len(key) > 50
    assert file.stat().st_mode & 0o777 == 0o600
    assert env.secret_key("SECRET_KEY", file) == key


@pytest.mark.parametrize("word", ["A", "a b", "a/b", "ä", "x" * 17])
def test_a_name_that_cannot_stand_in_an_address_is_named(
    monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    monkeypatch.setenv("RELAY", word)
    with pytest.raises(ImproperlyConfigured, match="RELAY="):
        env.get_name("RELAY")


def test_a_name_may_be_short_or_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY", "shop-2")
    assert env.get_name("RELAY") == "shop-2"
    monkeypatch.delenv("RELAY")
    assert env.get_name("RELAY") == ""
