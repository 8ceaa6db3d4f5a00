"""Key exchanges: whole runs with their keys, and what either end has to refuse."""

from dataclasses import asdict
from itertools import chain, repeat

from agent.protocol import damm
from agent.protocol.cpace import new_scalar, scalar_mult
from agent.protocol.errors import Code
from agent.protocol.fields import to_base64url
from agent.protocol.framing import handshake_message, parse_handshake
from agent.protocol.keyexchange import (
    AgentIdentity,
    Initiator,
    Responder,
    TechnicianIdentity,
)
from agent.protocol.keys import SessionKeys
from tests.vectors.seeds import seeded, stream

AGENT = AgentIdentity("0.1.0", "Linux X11")
TECHNICIAN = TechnicianIdentity("Jörg Müßig-Özdemir", "DIBUC EDV-Service", "https://portal.example")
RANDOM_SIZE = 48  # a nonce of 16 bytes, then a scalar of 32
LOW_ORDER = bytes(32)
STEPS = 6


def digits(label: str, length: int) -> str:
    """Return digits with their check digit that follow from `label`."""
    body = f"{int.from_bytes(seeded(label, 16), 'big') % 10 ** (length - 1):0{length - 1}}"
    return body + damm.check_digit(body)


class Run:
    """One exchange, step by step; `messages` holds what has been said so far."""

    def __init__(self, label: str, technician: TechnicianIdentity = TECHNICIAN) -> None:
        self.support_id = digits(f"{label} id", damm.SUPPORT_ID_DIGITS)
        self.password = digits(f"{label} password", damm.PASSWORD_DIGITS)
        self.technician = technician
        self.initiator_random = seeded(f"{label} initiator", RANDOM_SIZE)
        self.responder_random = seeded(f"{label} responder", RANDOM_SIZE)
        passwords = chain([self.password], repeat("00000000"))
        self.responder = Responder(
            self.support_id,
            AGENT,
            make_password=lambda: next(passwords),
            random_bytes=stream(self.responder_random),
        )
        self.initiator = Initiator(
            self.support_id,
            self.password,
            technician,
            random_bytes=stream(self.initiator_random),
        )
        self.messages = [self.initiator.start()]

    def go(self, until: int = STEPS) -> "Run":
        """Exchange messages until so many have been said."""
        while len(self.messages) < until:
            end = self.responder if len(self.messages) % 2 else self.initiator
            self.messages += end.receive(self.messages[-1])
        if until == STEPS:
            self.initiator.receive(self.messages[-1])
        return self

    def described(self) -> dict[str, object]:
        """Return what both languages need to repeat it."""
        return {
            "support_id": self.support_id,
            "password": self.password,
            "technician": asdict(self.technician),
            "agent": asdict(AGENT),
            "initiator_random": self.initiator_random.hex(),
            "responder_random": self.responder_random.hex(),
            "messages": [message.hex() for message in self.messages],
        }


def keys_described(keys: SessionKeys | None) -> dict[str, str]:
    """Return the keys as hexadecimal digits."""
    if keys is None:
        msg = "the exchange is not done"
        raise ValueError(msg)
    return {
        "agent_to_technician_key": keys.agent_to_technician.key.hex(),
        "agent_to_technician_iv": keys.agent_to_technician.iv.hex(),
        "technician_to_agent_key": keys.technician_to_agent.key.hex(),
        "technician_to_agent_iv": keys.technician_to_agent.iv.hex(),
        "resume": keys.resume.hex(),
        "verification_code": keys.verification_code,
    }


def handshake() -> object:
    """Return the content of handshake.json."""
    plain = TechnicianIdentity("Eva", 'Werk & Co. "Fern"', "http://127.0.0.1:8000")
    runs = [Run("first").go(), Run("second", plain).go(), Run("third").go()]
    return {
        "runs": [run.described() | {"keys": keys_described(run.initiator.keys)} for run in runs],
        "initiator_refuses": _initiator_refuses(),
        "responder_refuses": _responder_refuses(),
        "points": _points(),
    }


def _changed(message: bytes, **fields: object) -> bytes:
    """Return a handshake with other fields; None takes one away."""
    values = parse_handshake(message) | fields
    return handshake_message({name: value for name, value in values.items() if value is not None})


def _initiator_refuses() -> object:
    """Return what T refuses: after so many right messages of A, this one."""
    run = Run("initiator refuses").go()
    _, nonce, _, responder, _, confirmed = run.messages
    tag = parse_handshake(confirmed)["tag"]
    refused = {"step": "refused", "code": "wrong-password", "tries_left": 2}
    cases = [
        ("the nonce is missing", 0, _changed(nonce, nonce=None), Code.MALFORMED),
        ("the nonce is short", 0, _changed(nonce, nonce=to_base64url(bytes(15))), Code.MALFORMED),
        ("the nonce is a number", 0, _changed(nonce, nonce=7), Code.MALFORMED),
        (
            "the nonce is padded",
            0,
            _changed(nonce, nonce="AAAAAAAAAAAAAAAAAAAAAA=="),
            Code.MALFORMED,
        ),
        ("stray bits in the nonce", 0, _changed(nonce, nonce="A" * 21 + "B"), Code.MALFORMED),
        ("no step", 0, _changed(nonce, step=None), Code.MALFORMED),
        ("an unknown step", 0, _changed(nonce, step="resume"), Code.MALFORMED),
        ("a step of T", 0, _changed(nonce, step="hello"), Code.MALFORMED),
        ("a credit", 0, b"\x03\x00\x00\x00\x01", Code.MALFORMED),
        ("step 4 before 2", 0, responder, Code.OUT_OF_ORDER),
        ("step 6 before 2", 0, confirmed, Code.OUT_OF_ORDER),
        ("step 2 twice", 1, nonce, Code.OUT_OF_ORDER),
        ("step 6 before 4", 1, confirmed, Code.OUT_OF_ORDER),
        ("a share of low order", 1, _share(responder, LOW_ORDER), Code.INVALID_SHARE),
        ("a share of 31 bytes", 1, _share(responder, bytes(31)), Code.MALFORMED),
        ("a share of 33 bytes", 1, _share(responder, bytes(33)), Code.MALFORMED),
        ("ADb is missing", 1, _changed(responder, ad=None), Code.MALFORMED),
        ("ADb is no JSON", 1, _changed(responder, ad=to_base64url(b"ADb")), Code.MALFORMED),
        (
            "ADb has a line break",
            1,
            _changed(responder, ad=to_base64url(b'{"agent_version":"1","platform":"a\\nb"}')),
            Code.MALFORMED,
        ),
        ("ADb is too long", 1, _changed(responder, ad=to_base64url(bytes(1025))), Code.MALFORMED),
        ("a wrong tag", 2, _changed(confirmed, tag=flipped(tag)), Code.NOT_CONFIRMED),
        ("a short tag", 2, _changed(confirmed, tag=to_base64url(bytes(63))), Code.MALFORMED),
        ("no tag", 2, _changed(confirmed, tag=None), Code.MALFORMED),
        ("step 4 twice", 2, responder, Code.OUT_OF_ORDER),
        ("wrong password", 2, handshake_message(refused), Code.WRONG_PASSWORD),
        (
            "rotated",
            2,
            handshake_message(refused | {"code": "password-rotated"}),
            Code.PASSWORD_ROTATED,
        ),
        (
            "locked",
            0,
            handshake_message(refused | {"code": "locked", "tries_left": 0}),
            Code.LOCKED,
        ),
        (
            "out of order",
            1,
            handshake_message({"step": "refused", "code": "out-of-order"}),
            Code.OUT_OF_ORDER,
        ),
        ("an unknown refusal", 0, handshake_message(refused | {"code": "why"}), Code.MALFORMED),
        ("tries below none", 2, handshake_message(refused | {"tries_left": -1}), Code.MALFORMED),
        ("tries as a text", 2, handshake_message(refused | {"tries_left": "2"}), Code.MALFORMED),
    ]
    return run.described() | {
        "cases": [
            {"name": name, "right_before": right, "message": message.hex(), "code": code}
            for name, right, message, code in cases
        ]
    }


def _responder_refuses() -> object:
    """Return what A refuses: after so many right messages of T, this one."""
    run = Run("responder refuses").go()
    hello, _, initiator, _, confirm, _ = run.messages
    tag = parse_handshake(confirm)["tag"]
    ad = {"name": "Eva", "company": "Werk", "origin": "https://portal.example"}
    cases = [
        ("no step", 0, _changed(hello, step=None), Code.MALFORMED),
        ("an unknown step", 0, _changed(hello, step="resume"), Code.MALFORMED),
        ("the step is a number", 0, _changed(hello, step=1), Code.MALFORMED),
        ("a step of A", 0, _changed(hello, step="nonce"), Code.MALFORMED),
        ("a record", 0, b"\x02" + bytes(28), Code.MALFORMED),
        ("too long", 0, b"\x01" + b" " * 4097, Code.TOO_LARGE),
        ("step 3 before 1", 0, initiator, Code.OUT_OF_ORDER),
        ("step 5 before 1", 0, confirm, Code.OUT_OF_ORDER),
        ("step 5 before 3", 1, confirm, Code.OUT_OF_ORDER),
        ("no nonce", 1, _changed(initiator, nonce=None), Code.MALFORMED),
        ("a long nonce", 1, _changed(initiator, nonce=to_base64url(bytes(17))), Code.MALFORMED),
        ("a share of low order", 1, _share(initiator, LOW_ORDER), Code.INVALID_SHARE),
        ("a share of 31 bytes", 1, _share(initiator, bytes(31)), Code.MALFORMED),
        ("ADa is a list", 1, _changed(initiator, ad=to_base64url(b"[]")), Code.MALFORMED),
        ("ADa without a name", 1, _ad(initiator, ad | {"name": ""}), Code.MALFORMED),
        ("a name too long", 1, _ad(initiator, ad | {"name": "E" * 101}), Code.MALFORMED),
        ("a name turned round", 1, _ad(initiator, ad | {"name": "Eva\u202e"}), Code.MALFORMED),
        ("step 3 twice", 2, initiator, Code.OUT_OF_ORDER),
        ("a wrong tag", 2, _changed(confirm, tag=flipped(tag)), Code.WRONG_PASSWORD),
        ("no tag", 2, _changed(confirm, tag=None), Code.MALFORMED),
        ("a short tag", 2, _changed(confirm, tag=to_base64url(bytes(63))), Code.MALFORMED),
        ("step 1 after the end", 3, hello, Code.OUT_OF_ORDER),
        ("step 5 after the end", 3, confirm, Code.OUT_OF_ORDER),
    ]
    return run.described() | {
        "cases": [
            {"name": name, "right_before": right, "message": message.hex(), "code": code}
            for name, right, message, code in cases
        ]
    }


def _share(message: bytes, share: bytes) -> bytes:
    return _changed(message, share=to_base64url(share))


def _ad(message: bytes, ad: dict[str, str]) -> bytes:
    return _changed(message, ad=to_base64url(handshake_message(ad)[1:]))


def flipped(text: object) -> str:
    """Return a tag that differs in its first character only."""
    return ("B" if str(text)[0] == "A" else "A") + str(text)[1:]


def _points() -> object:
    """X25519 with scalars and points whose highest bits have to be ignored."""
    scalars = [seeded(f"scalar {number}", len(new_scalar())) for number in range(3)]
    points = [seeded("point", 31) + b"\xff", bytes([9]) + bytes(31), b"\xff" * 32]
    return [
        {"scalar": s.hex(), "point": p.hex(), "result": scalar_mult(s, p).hex()}
        for s in scalars
        for p in points
    ]
