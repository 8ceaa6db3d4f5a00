"""A portal between two lines of its own: the customer's and the shop's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.integration.rig.portal import Portal
from tests.integration.rig.wire import LINKS, Wire


@dataclass
class Place:
    """Everything that either end says goes over its line."""

    portal: Portal
    customers: Wire
    shops: Wire

    @property
    def agents_server(self) -> str:
        """The portal's address as the agent is told it."""
        return f"http://127.0.0.1:{self.customers.port}"

    def both(self, fault: Callable[[Wire], None]) -> None:
        """Do the same to both lines."""
        fault(self.customers)
        fault(self.shops)


@contextmanager
def between_lines(folder: Path) -> Iterator[Place]:
    """Start a portal whose own address is the shop's line."""
    with Wire(0, LINKS["loopback"]) as shops, Wire(0, LINKS["loopback"]) as customers:
        address = f"http://127.0.0.1:{shops.port}"
        with Portal(folder, settings={"PUBLIC_URL": address}) as portal:
            shops.target = customers.target = portal.port
            portal.url = address
            yield Place(portal, customers, shops)
