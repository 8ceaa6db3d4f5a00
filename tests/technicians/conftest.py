"""The people who call."""

from tests.personas import (
    deactivated,
    log_in,
    mighty_outsider,
    office,
    outsider,
    owner,
    technician,
)

__all__ = [
    "deactivated",
    "log_in",
    "mighty_outsider",
    "office",
    "outsider",
    "owner",
    "technician",
]
