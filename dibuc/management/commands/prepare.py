"""Make the data folder ready for a start: the last step of script/server's set-up."""

import hashlib
import json
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.checks import Tags
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dibuc.valkey import running_valkey

FOLDERS = ("MEDIA_ROOT", "ARCHIVE_DIR", "EXPORT_DIR", "DOWNLOAD_DIR", "STATIC_ROOT", "VALKEY_DIR")


class Command(BaseCommand):
    """`manage.py prepare`: quick when there is nothing to do."""

    help = "Checks the settings, migrates, collects static files and makes demo data."
    requires_system_checks: list[str] = []  # noqa: RUF012 - with the database, below

    def handle(self, *args: object, **options: Any) -> None:
        self.check_port()
        self.make_folders()
        # What other checks ask the database would end in a traceback if it is not there.
        self.check(tags=[Tags.database, Tags.files], databases=["default"])
        self.check()
        self.migrate()
        self.collect_static()
        self.publish_downloads()
        # Nobody has an account, and only this computer could log in.
        if settings.DEMO_ALLOWED and not get_user_model().objects.exists():
            self.make_demo()

    def make_demo(self) -> None:
        """Fill the empty database, and make log-ins for it."""
        self.stdout.write("Making demo data ...")
        # Log-ins of a database that was removed would keep new ones from being made.
        settings.DEMO_FILE.unlink(missing_ok=True)
        with ExitStack() as stack:
            if settings.REDIS_EMBEDDED:
                folder = Path(settings.VALKEY_DIR)
                log = folder / "demo.log"
                stack.enter_context(running_valkey(settings.REDIS_SOCKET, folder, log=log))
            call_command("demo_data", verbosity=0, skip_checks=True)

    def make_folders(self) -> None:
        """Make the folders of the data folder."""
        try:
            for name in FOLDERS:
                Path(getattr(settings, name)).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(
                f"(dibuc.E005) The data folder {settings.DATA_DIR} cannot be used "
                f"({error.strerror}): see DIBUC_DATA."
            ) from None

    def check_port(self) -> None:
        """Refuse a port on which another program listens already."""
        family = socket.AF_INET6 if ":" in settings.BIND else socket.AF_INET
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((settings.BIND, settings.PORT))
            except OSError as error:
                raise CommandError(
                    f"Port {settings.PORT} on {settings.BIND} cannot be used "
                    f"({error.strerror}). End the program that has it, or choose another: "
                    f"PORT={settings.PORT % 65535 + 1} script/server"
                ) from None

    def migrate(self) -> None:
        """Bring the database up to date, if it is not."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            self.stdout.write("Bringing the database up to date ...")
            call_command("migrate", interactive=False, verbosity=0, skip_checks=True)

    def collect_static(self) -> None:
        """Collect the static files, if any has changed."""
        files = sorted(
            (name, *_size_and_time(Path(storage.path(name))))
            for finder in get_finders()
            for name, storage in finder.list([])
        )
        fingerprint = hashlib.sha256(json.dumps(files).encode()).hexdigest()
        stamp = Path(settings.STATIC_ROOT, ".fingerprint")
        if stamp.is_file() and stamp.read_text() == fingerprint:
            return
        self.stdout.write("Collecting static files ...")
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
        stamp.write_text(fingerprint)

    def publish_downloads(self) -> None:
        """Hand out the agents that were built, with our address, if either has changed."""
        source, target = settings.AGENT_BUILD_DIR, settings.DOWNLOAD_DIR
        built = source / "manifest.json"
        if not built.is_file():
            self.stderr.write("There is no agent to download: script/bootstrap builds it.")
            return
        fingerprint = f"{settings.PUBLIC_URL}\n{built.read_text()}"
        stamp = target / ".fingerprint"
        if stamp.is_file() and stamp.read_text() == fingerprint:
            return
        command = [sys.executable, "-m", "agent.packaging.hand_out"]
        places = ["--source", str(source), "--target", str(target)]
        made = subprocess.run(  # noqa: S603 - our own command line
            [*command, *places, "--server", settings.PUBLIC_URL],
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            self.stderr.write(f"No agent can be downloaded: {made.stderr.strip()}")
            return
        stamp.write_text(fingerprint)


def _size_and_time(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_size, status.st_mtime_ns
