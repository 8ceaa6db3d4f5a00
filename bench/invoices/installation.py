"""A portal for the length of a benchmark."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def installation() -> Iterator[None]:
    """Set a portal up in a temporary folder with an empty database, and remove it again.

    With DATABASE_URL the database is a new one beside that one; without, SQLite in the folder.
    """
    folder = tempfile.mkdtemp(prefix="dibuc-bench-")
    os.environ["DIBUC_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")
    import django  # noqa: PLC0415 - the folder must be known first

    django.setup()
    from django.conf import settings  # noqa: PLC0415 - after set-up

    settings.CHANNEL_LAYERS = {}  # there are no sockets to tell anything
    from django.core.management import call_command  # noqa: PLC0415 - after set-up
    from django.db import connection  # noqa: PLC0415 - after set-up

    own_database = connection.vendor == "sqlite"
    name = connection.settings_dict["NAME"]
    try:
        if own_database:
            call_command("migrate", verbosity=0)
        else:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        yield
    finally:
        connection.close()
        if not own_database:
            connection.creation.destroy_test_db(name, verbosity=0)
        shutil.rmtree(folder)
