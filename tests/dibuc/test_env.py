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
