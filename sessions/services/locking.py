"""The row lock under which everything about one session happens."""

from sessions.domain.lifecycle import State, check_transition
from sessions.models import Session


def locked(session: Session) -> Session:
    """Return the session as it stands now, its row locked until the transaction ends.

    Call inside `transaction.atomic`. SQLite locks the whole database instead, since its
    transactions begin with IMMEDIATE.
    """
    return Session.objects.select_for_update().get(pk=session.pk)


def move(session: Session, following: State) -> None:
    """Set the state, raising IllegalTransitionError where it cannot follow; the caller saves."""
    check_transition(State(session.state), following)
    session.state = following
