"""What the session tells the customer's side: window and console show it, each in its way."""

from dataclasses import dataclass

from agent.protocol.messages import CompanyContact, Terms


@dataclass(frozen=True, slots=True)
class Connecting:
    """The server is being called."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The server did not answer, or the line broke; the next call follows in so many seconds.

    With `resumes`, the session goes on by itself as soon as the line is back. `untrusted`: the
    server's certificate is not one that this computer trusts.
    """

    retry_in: float
    was_connected: bool
    resumes: bool = False
    untrusted: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """Waiting for a technician. Comes again whenever the password is a new one."""

    support_id: str
    password: str
    company: CompanyContact
    terms: Terms


@dataclass(frozen=True, slots=True)
class TechnicianThere:
    """A technician has typed the ID; the passwords are being compared."""


@dataclass(frozen=True, slots=True)
class WrongPassword:
    """The technician typed another password; so many tries are left."""

    tries_left: int


@dataclass(frozen=True, slots=True)
class PasswordRotated:
    """Three wrong tries: the password was replaced."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong tries: nobody gets in until the customer clicks."""


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """The password was right: ask whether this technician may see and control the computer."""

    technician: str
    company: str
    origin: str
    verification_code: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Refused:
    """The customer said no."""


@dataclass(frozen=True, slots=True)
class Connected:
    """The customer said yes: the screen is being shown."""

    technician: str
    company: str
    verification_code: str


@dataclass(frozen=True, slots=True)
class ClockTick:
    """The server's ledger: whole seconds, blocks, cents, and seconds to the next block."""

    seconds: int
    blocks: int
    cents: int
    next_block_in: int
    running: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """The technician stopped the clock; nothing is shown or controlled."""


@dataclass(frozen=True, slots=True)
class Resumed:
    """It goes on."""


@dataclass(frozen=True, slots=True)
class TechnicianGone:
    """The technician left or lost the line; the clock stands.

    With `resumes`, the session goes on by itself if the line was lost and comes back.
    """

    was_connected: bool
    resumes: bool = False


@dataclass(frozen=True, slots=True)
class LineBack:
    """An interrupted session goes on: same technician, same consent, without a password."""

    technician: str
    company: str
    verification_code: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over; what it took and cost. The program has nothing more to do."""

    reason: str
    seconds: int
    blocks: int
    cents: int


@dataclass(frozen=True, slots=True)
class Failed:
    """The program cannot go on, for the reason with this code."""

    code: str


Event = (
    Connecting
    | Unreachable
    | Ready
    | TechnicianThere
    | WrongPassword
    | PasswordRotated
    | Locked
    | ConsentRequest
    | Refused
    | Connected
    | ClockTick
    | Paused
    | Resumed
    | TechnicianGone
    | LineBack
    | Ended
    | Failed
)
