"""The portal's settings on a data folder of the test run's own.

The folder must be known before the settings are read, so it cannot be a fixture.
DATABASE_URL and REDIS_URL are respected: the same tests run on PostgreSQL and Redis.
"""

import os
import tempfile
from pathlib import Path

# Short, since the socket inside it may have 107 bytes at most. Never the variable of
# the caller: pytest-xdist's workers inherit it and must not share a folder.
os.environ["DIBUC_DATA"] = tempfile.mkdtemp(prefix="dibuc-test-")
for name in ("PUBLIC_URL", "PORT", "ALLOWED_HOSTS", "SECRET_KEY", "DEBUG"):
    os.environ.pop(name, None)

REDIS_WORKER_URL = os.environ.get("REDIS_URL", "").strip()
if REDIS_WORKER_URL and "PYTEST_XDIST_WORKER" in os.environ:
    # A database each, or one worker's flush takes another's keys.
    number = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw")) + 1
    os.environ["REDIS_URL"] = f"{REDIS_WORKER_URL.rstrip('/').removesuffix('/0')}/{number}"

from dibuc.settings import *  # noqa: E402, F403
from dibuc.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402

# Whatever a test leaves open is found here, as a file, as in production.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": DATA_DIR / "test.sqlite3"}
# Templates must render before anybody has run collectstatic.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
# Argon2 is slow on purpose; tests of the log-in itself read dibuc.settings.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
Path(DATA_DIR, "static").mkdir()
