"""The support ID as the server sees it. Pure.

Digits and check digit are the protocol's (agent.protocol.damm). The one-time password is
none of the server's business: only the agent and the technician's page know it.
"""

from agent.protocol import damm

SHOWN_AT_EACH_END = 3


class WrongDigitsError(ValueError):
    """What was typed cannot be a support ID: a digit is wrong, missing or too many."""


def new_support_id() -> str:
    """Return nine digits from the system's random source, the last one for checking."""
    return damm.new_support_id()


def normalise_support_id(typed: str) -> str:
    """Return the nine digits of what a technician typed; spaces, dots, dashes do not count.

    Raises WrongDigitsError for anything else, a wrong check digit included.
    """
    digits = damm.read_support_id(typed)
    if digits is None:
        raise WrongDigitsError("These are not nine digits with their check digit.")
    return digits


def grouped(support_id: str) -> str:
    """Return the ID as people read it out: 123 456 789."""
    return damm.show_support_id(support_id)


def masked(support_id: str) -> str:
    """Return the ID for lists, where a waiting agent's must not stand in full."""
    return f"{support_id[:SHOWN_AT_EACH_END]} … {support_id[-SHOWN_AT_EACH_END:]}"
