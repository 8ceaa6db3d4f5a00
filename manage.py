#!/usr/bin/env python
"""Django's command line for the portal."""

import os
import sys


def main() -> None:
    """Run one management command; a wrong setting is explained without a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dibuc.settings")
    from django.conf import settings  # noqa: PLC0415
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415
    from django.core.management import execute_from_command_line  # noqa: PLC0415

    try:
        _ = settings.DATA_DIR
    except ImproperlyConfigured as error:
        sys.exit(f"The portal cannot start: {error}")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
