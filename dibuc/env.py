"""Readers for settings that come from environment variables.

Each reader names the variable and says what it expects when a value is wrong,
because the person who reads the message is setting up a server.
"""

import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off", ""})

# Linux allows 108 bytes in sockaddr_un.sun_path, the final NUL included.
UNIX_SOCKET_PATH_LIMIT = 107


def get_str(name: str, default: str = "") -> str:
    """Return the variable without surrounding white space, or `default`."""
    return os.environ.get(name, default).strip()


def get_bool(name: str, *, default: bool) -> bool:
    """Return a yes/no variable; raise ImproperlyConfigured for any other word."""
    word = os.environ.get(name)
    if word is None:
        return default
    word = word.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    msg = f"{name}={word!r} is neither yes nor no: use 1 or 0."
    raise ImproperlyConfigured(msg)


def get_int(name: str, default: int, *, least: int, most: int) -> int:
    """Return a whole number between `least` and `most` (both included)."""
    word = os.environ.get(name, "").strip()
    if not word:
        return default
    try:
        number = int(word)
    except ValueError:
        msg = f"{name}={word!r} is not a whole number."
        raise ImproperlyConfigured(msg) from None
    if not least <= number <= most:
        msg = f"{name}={number} is out of range: use {least} to {most}."
        raise ImproperlyConfigured(msg)
    return number


def get_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated variable as a list without empty entries."""
    return [word.strip() for word in get_str(name, default).split(",") if word.strip()]


def get_path(name: str, default: Path) -> Path:
    """Return a folder or file as an absolute path; `~` is expanded."""
    word = get_str(name)
    return Path(word).expanduser().resolve() if word else default


def redis_urls(redis_url: str, socket: Path) -> tuple[str, str]:
    """Return the same server as (URL for redis-py and Channels, URL for Celery).

    Without `redis_url` it is the embedded Valkey on its Unix socket. Celery
    spells a socket `redis+socket://`, everybody else `unix://`.
    """
    if not redis_url:
        redis_url = f"unix://{socket}"
    scheme, _, rest = redis_url.partition("://")
    if scheme not in {"redis", "rediss", "unix"} or not rest:
        msg = f"REDIS_URL={redis_url!r}: use redis://, rediss:// or unix://."
        raise ImproperlyConfigured(msg)
    if scheme != "unix":
        return redis_url, redis_url
    path = rest.partition("?")[0]
    if len(os.fsencode(path)) > UNIX_SOCKET_PATH_LIMIT:
        msg = (
            f"The socket path {path!r} is longer than {UNIX_SOCKET_PATH_LIMIT} bytes: "
            "set DIBUC_DATA to a shorter folder, or REDIS_URL to redis://HOST:PORT/0."
        )
        raise ImproperlyConfigured(msg)
    return redis_url, f"redis+socket://{rest}"


def secret_key(name: str, file: Path) -> str:
    """Return the variable, or a key that is made once and kept in `file` (0600)."""
    key = get_str(name)
    if key:
        return key
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        except FileExistsError:  # another process of the same start was faster
            return file.read_text().strip()
        with os.fdopen(handle, "w") as stream:
            stream.write(secrets.token_urlsafe(64))
    return file.read_text().strip()
