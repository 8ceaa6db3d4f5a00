"""The agent's downloads as the public page offers them: the visitor's own system first."""

from dataclasses import dataclass

from sessions import downloads

# Brand names: the same in each language. In this order where the visitor's is unknown.
SYSTEMS = {"windows": "Windows", "macos": "macOS", "linux": "Linux"}
# What a browser says of its system; Android says Linux as well, so it stands before it.
SIGNS = (
    ("android", None),
    ("iphone", None),
    ("ipad", None),
    ("windows", "windows"),
    ("mac os x", "macos"),
    ("linux", "linux"),
)


@dataclass(frozen=True, slots=True)
class Offer:
    """A system, and the agent for it, or None where that is still to come.

    `is_own` marks the visitor's system, `is_first` the first that can be downloaded.
    """

    platform: str
    download: downloads.Download | None
    is_own: bool
    is_first: bool

    @property
    def name(self) -> str:
        """The system's name."""
        return SYSTEMS[self.platform]


def visitors_system(user_agent: str) -> str | None:
    """Return the platform that a browser's `User-Agent` names, None if it is another."""
    said = user_agent.lower()
    return next((platform for sign, platform in SIGNS if sign in said), None)


def offers(user_agent: str) -> list[Offer]:
    """Return an offer for each system, the visitor's own first."""
    own = visitors_system(user_agent)
    ready = {download.platform: download for download in downloads.available()}
    first = own if own in ready else next((name for name in SYSTEMS if name in ready), None)
    ordered = sorted(SYSTEMS, key=lambda name: name != own)
    return [
        Offer(name, ready.get(name), is_own=name == own, is_first=name == first) for name in ordered
    ]
