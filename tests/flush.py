"""Django's flush after transactional tests, on tables that refuse DELETE.

Append-only tables carry triggers, and rows that migrations made (company, tariff) are
part of every installation. So the triggers step aside during the flush, and those rows
come back after it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.core import serializers
from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations

# Django makes these itself after each flush.
MADE_BY_DJANGO = frozenset({"contenttypes", "auth", "admin", "sessions", "sites"})


def installed_rows() -> str:
    """Return the rows that the migrations made, as JSON."""
    rows = [
        row
        for model in apps.get_models()
        if model._meta.app_label not in MADE_BY_DJANGO and model._meta.managed
        for row in model._base_manager.all()
    ]
    return str(serializers.serialize("json", rows))


@contextmanager
def triggers_aside(database: BaseDatabaseWrapper) -> Iterator[None]:
    """Switch all triggers off, inside one transaction, and on again."""
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f'DROP TRIGGER "{name}"')
            yield
            for _, sql in triggers:
                cursor.execute(sql)
        else:
            # As a replica that takes over rows: triggers of one's own stay silent.
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def keep_installation(replace: Callable[[object, str, object], None]) -> None:
    """Make Django's flush leave what an installation has; `replace` sets an attribute."""
    operations = type(connection.ops)
    flush = operations.execute_sql_flush
    rows = installed_rows()

    def flush_and_restore(self: BaseDatabaseOperations, statements: list[str]) -> None:
        with triggers_aside(connection):
            flush(self, statements)
            for row in serializers.deserialize("json", rows):
                row.save()

    replace(operations, "execute_sql_flush", flush_and_restore)


def close_other_connections() -> None:
    """Close what threads of asynchronous tests left open: PostgreSQL drops no database in use."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
