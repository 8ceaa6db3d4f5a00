"""Start the customer's program: `python -m agent --server https://portal.example`."""

import argparse
import logging
import os
import sys

from agent import __version__, app
from agent.built_in import server_url
from agent.gui.texts import LANGUAGES, Texts
from agent.transport import AddressError, socket_url


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and run; return the exit code."""
    language = preferred_language()
    parser = argparse.ArgumentParser(
        prog="dibuc-fernwartung",
        description="Shows this computer's screen to a technician whom you let in.",
        epilog="Exit codes: 0 ended as it should, 1 fault, 2 wrong command line, "
        "3 program too old, 4 no screen.",
    )
    parser.add_argument("--server", default=server_url(), help="the portal (%(default)s)")
    parser.add_argument(
        "--headless", action="store_true", help="no window: ask on standard input (j/n)"
    )
    parser.add_argument(
        "--json", action="store_true", help="what happens, as one JSON object a line"
    )
    parser.add_argument("--language", choices=sorted(LANGUAGES), default=language)
    parser.add_argument("--version", action="version", version=__version__)
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=os.environ.get("DIBUC_AGENT_LOG", "WARNING"),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
    )
    try:
        url = socket_url(options.server)
    except AddressError:
        parser.error(Texts(options.language)("address.bad", server=options.server))
    return app.run(
        app.Options(
            url=url,
            language=options.language,
            headless=options.headless,
            as_json=options.json,
        )
    )


def preferred_language() -> str:
    """Return the language of the environment: English only where it is asked for."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "en" if value.lower().startswith("en") else "de"
    return "de"


if __name__ == "__main__":
    sys.exit(main())
