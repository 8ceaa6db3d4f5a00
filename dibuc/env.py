"""Readers for settings that come from environment variables.

Each reader names the variable and says what it expects when a value is wrong,
because the person who reads the message is setting up a server.
"""

import ipaddress
import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})

# Linux allows 108 bytes in sockaddr_un.sun_path, the final NUL included.
UNIX_SOCKET_PATH_LIMIT = 107


# Schemes of DATABASE_URL. All three options together, or concurrent writers see
# 'database is locked' (dibuc.E007).
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
DATABASE_SCHEMES = frozenset({"postgres", "postgresql", "sqlite"})


class SettingError(ImproperlyConfigured):
    """An environment variable that cannot be used; names itself like a system check."""

    def __init__(self, number: int, explanation: str) -> None:
        super().__init__(f"(dibuc.E{number:03}) {explanation}")


def get_str(name: str, default: str = "") -> str:
    """Return the variable without surrounding white space; empty counts as unset."""
    return os.environ.get(name, "").strip() or default


def get_bool(name: str, *, default: bool) -> bool:
    """Return a yes/no variable; raise SettingError for any other word."""
    word = os.environ.get(name)
    if word is None:
        return default
    word = word.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise SettingError(1, f"{name}={word!r} is neither yes nor no: use 1 or 0.")


def get_int(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number between `least` and `most` (both included)."""
    word = os.environ.get(name, "").strip()
    if not word:
        return default
    try:
        number = int(word)
    except ValueError:
        raise SettingError(1, f"{name}={word!r} is not a whole number.") from None
    if not least <= number <= most:
        raise SettingError(1, f"{name}={number} is out of range: use {least} to {most}.")
    return number


def get_name(name: str) -> str:
    """Return a variable of at most 16 lower-case letters, digits and hyphens."""
    word = get_str(name)
    if not re.fullmatch(r"[a-z0-9-]{0,16}", word):
        raise SettingError(1, f"{name}={word!r}: use at most 16 small letters, digits and hyphens.")
    return word


def get_path(name: str, default: Path) -> Path:
    """Return a folder or file as an absolute path; `~` is expanded."""
    word = get_str(name)
    return Path(word).expanduser().resolve() if word else default


def origin(name: str, default: str) -> str:
    """Return scheme, host and port of a web address, without a slash at the end.

    Raises SettingError for another scheme, a path, or what is no address.
    """
    word = (get_str(name) or default).rstrip("/")
    try:
        parts = urlsplit(word)
        whole = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, brackets that do not close
        whole = False
    if not whole or word != f"{parts.scheme}://{parts.netloc}" or "@" in parts.netloc:
        raise SettingError(
            4, f"{name}={word!r}: write it like https://support.example.com, without a path."
        )
    return word


def host_of(address: str) -> str:
    """Return the host of an origin, as it stands in a Host header (IPv6 in brackets)."""
    host = urlsplit(address).hostname or ""
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    """Return whether only this computer reaches `host`."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def database(name: str, file: Path) -> dict[str, Any]:
    """Return the database of a URL in the variable `name`, or SQLite in `file`.

    Raises SettingError for what is no such URL; a password in it is not repeated.
    """
    url = get_str(name)
    scheme = url.partition("://")[0]
    if url and (scheme not in DATABASE_SCHEMES or "://" not in url):
        raise SettingError(
            3, f"{name} must be like postgresql://USER:PASSWORD@HOST:5432/NAME or sqlite:///FILE."
        )
    try:
        parsed = dj_database_url.parse(
            url or f"sqlite:///{file}", conn_max_age=60, conn_health_checks=True
        )
    except ValueError:
        raise SettingError(
            3, f"{name} cannot be read: special characters in it must be percent-encoded."
        ) from None
    settings: dict[str, Any] = {**parsed}
    if not settings["NAME"]:
        raise SettingError(3, f"{name} names no database after the last slash.")
    if settings["ENGINE"] == "django.db.backends.sqlite3":
        settings["OPTIONS"] = dict(SQLITE_OPTIONS)
    return settings


def redis_urls(redis_url: str, socket: Path) -> tuple[str, str]:
    """Return the same server as (URL for redis-py and Channels, URL for Celery).

    Without `redis_url` it is the embedded Valkey on its Unix socket. Celery
    spells a socket `redis+socket://`, everybody else `unix://`.
    """
    if not redis_url:
        redis_url = f"unix://{socket}"
    scheme, _, rest = redis_url.partition("://")
    if scheme not in {"redis", "rediss", "unix"} or not rest:
        raise SettingError(2, f"REDIS_URL={redis_url!r}: use redis://, rediss:// or unix://.")
    if scheme != "unix":
        return redis_url, redis_url
    path = rest.partition("?")[0]
    if len(os.fsencode(path)) > UNIX_SOCKET_PATH_LIMIT:
        raise SettingError(
            2,
            f"The socket path {path!r} is longer than {UNIX_SOCKET_PATH_LIMIT} bytes: "
            "set DIBUC_DATA to a shorter folder, or REDIS_URL to redis://HOST:PORT/0.",
        )
    return redis_url, f"redis+socket://{rest}"


def secret_key(name: str, file: Path) -> str:
    """Return the variable, or a key that is made once and kept in `file` (0600)."""
    key = get_str(name)
    if key:
        return key
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            _write_once(file, secrets.token_urlsafe(64))
        return file.read_text().strip()
    except OSError as error:
        raise SettingError(
            5, f"The data folder {file.parent} cannot be used ({error.strerror}): see DIBUC_DATA."
        ) from None


def _write_once(file: Path, text: str) -> None:
    """Write a private file whole or not at all; whoever was faster wins."""
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
        stream.write(text)
    try:
        os.link(draft, file)
    except FileExistsError:
        return  # another process of the same start
    finally:
        draft.unlink()
