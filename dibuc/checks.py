"""Named system checks: a wrong setting stops the start with an explanation.

The numbers dibuc.E001 to E005 belong to environment variables that cannot even be read
(dibuc.env). docs/operations.md lists all of them.
"""

import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import DatabaseError, connections

from dibuc import env

SECRET_LENGTH = 40
SECRET_VARIETY = 8
VENDOR_FILES = ("bootstrap.min.css", "htmx.min.js", "zstd.wasm", "inter/Inter.woff2")


@register(Tags.files)
def data_folder(**_context: Any) -> list[CheckMessage]:
    """E005: the data folder must be a place where files can be made."""
    try:
        with tempfile.NamedTemporaryFile(dir=settings.DATA_DIR):
            return []
    except OSError as error:
        return [
            Error(
                f"The data folder {settings.DATA_DIR} cannot be used: {error.strerror}.",
                hint="Set DIBUC_DATA to a folder that belongs to the user of the portal.",
                id="dibuc.E005",
            )
        ]


@register(Tags.security)
def secret_key(**_context: Any) -> list[CheckMessage]:
    """E006: the key that signs log-in sessions must not be guessable."""
    key = settings.SECRET_KEY
    if len(key) >= SECRET_LENGTH and len(set(key)) >= SECRET_VARIETY:
        return []
    return [
        Error(
            f"SECRET_KEY is too easy to guess: {SECRET_LENGTH} random characters at least.",
            hint=f"Leave it unset, and the portal makes one in {settings.SECRET_KEY_FILE}.",
            id="dibuc.E006",
        )
    ]


@register(Tags.files)
def sqlite_options(**_context: Any) -> list[CheckMessage]:
    """E007: SQLite with several writers needs all three options together."""
    database = settings.DATABASES["default"]
    if database["ENGINE"] != "django.db.backends.sqlite3":
        return []
    options = database.get("OPTIONS", {})
    wrong = [name for name, value in env.SQLITE_OPTIONS.items() if options.get(name) != value]
    if not wrong:
        return []
    return [
        Error(
            f"SQLite's options {', '.join(wrong)} differ from those of dibuc.env: "
            "concurrent writers would see 'database is locked'.",
            id="dibuc.E007",
        )
    ]


@register(Tags.staticfiles)
def vendor_files(**_context: Any) -> list[CheckMessage]:
    """E008: pages need the front-end files that set-up copies."""
    folder = Path(settings.BASE_DIR, "static", "vendor")
    missing = [name for name in VENDOR_FILES if not (folder / name).is_file()]
    if not missing:
        return []
    return [
        Error(
            f"Front-end files are missing in static/vendor: {', '.join(missing)}.",
            hint="Run script/bootstrap.",
            id="dibuc.E008",
        )
    ]


@register(Tags.security)
def demo_log_ins(**_context: Any) -> list[CheckMessage]:
    """E009: demo log-ins must not be reachable from outside."""
    if settings.DEMO_ALLOWED or not settings.DEMO_FILE.exists():
        return []
    return [
        Error(
            "This data folder holds demo data, and its log-ins are only for this computer: "
            "the embedded database, BIND and PUBLIC_URL on the loopback.",
            hint=f"Set DIBUC_DATA to a new, empty folder (now {settings.DATA_DIR}).",
            id="dibuc.E009",
        )
    ]


@register(Tags.security)
def public_address(**_context: Any) -> list[CheckMessage]:
    """W001, W002: browsers encrypt only on HTTPS or on this computer; no DEBUG outside."""
    if env.is_loopback(env.host_of(settings.PUBLIC_URL)):
        return []
    found: list[CheckMessage] = []
    if not settings.IS_HTTPS:
        found.append(
            Warning(
                f"PUBLIC_URL={settings.PUBLIC_URL} is not HTTPS: technicians cannot connect, "
                "since browsers offer WebCrypto only on HTTPS and on localhost.",
                hint="docs/operations.md shows TLS in front.",
                id="dibuc.W001",
            )
        )
    if settings.DEBUG:
        found.append(
            Warning("DEBUG shows the portal's insides to strangers: unset it.", id="dibuc.W002")
        )
    return found


@register(Tags.database)
def database_answers(databases: Sequence[str] | None = None, **_context: Any) -> list[CheckMessage]:
    """E010: the database must be there."""
    found: list[CheckMessage] = []
    for alias in databases or []:
        try:
            connections[alias].ensure_connection()
        except DatabaseError as error:
            found.append(
                Error(
                    f"The database does not answer: {str(error).strip()}",
                    hint="Look at DATABASE_URL, and whether the server runs.",
                    id="dibuc.E010",
                )
            )
    return found


@register(Tags.database)
def redis_answers(databases: Sequence[str] | None = None, **_context: Any) -> list[CheckMessage]:
    """E011: a Redis of one's own must be there; the embedded one starts with the portal."""
    if settings.REDIS_EMBEDDED or not databases:
        return []
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=5) as client:
            client.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        return [
            Error(
                f"Redis does not answer: {error}",
                hint="Look at REDIS_URL, and whether the server runs.",
                id="dibuc.E011",
            )
        ]
    return []
