"""Resumptions: whole runs with their keys, and what either end has to refuse."""

from agent.protocol.errors import Code
from agent.protocol.fields import Fields, to_base64url
from agent.protocol.framing import handshake_message, parse_handshake
from agent.protocol.keys import ResumeSecret
from agent.protocol.resume import KeptSecrets, ResumeAnswer, Resumer
from tests.vectors.handshakes import LOW_ORDER, RANDOM_SIZE, digits, flipped, keys_described
from tests.vectors.seeds import seeded, stream

CODE = "123 456"


class Run:
    """One resumption, said to its end."""

    def __init__(self, label: str, epoch: int) -> None:
        self.support_id = digits(f"{label} id", 9)
        self.before = ResumeSecret(seeded(f"{label} secret", 32), epoch, CODE)
        self.technician_random = seeded(f"{label} technician", RANDOM_SIZE)
        self.agent_random = seeded(f"{label} agent", RANDOM_SIZE)
        self.resumer = Resumer(
            self.support_id, self.before, random_bytes=stream(self.technician_random)
        )
        kept = KeptSecrets()
        kept.begin(self.before)
        resume = self.resumer.start()
        self.answer = ResumeAnswer(
            self.support_id, kept, Fields(parse_handshake(resume)), stream(self.agent_random)
        )
        (proof,) = self.resumer.receive(self.answer.message)
        self.keys = self.answer.proved(Fields(parse_handshake(proof)))
        resumed = handshake_message({"step": "resumed"})
        self.resumer.receive(resumed)
        self.messages = [resume, self.answer.message, proof, resumed]

    def described(self) -> dict[str, object]:
        """Return what both languages need to repeat it."""
        return {
            "support_id": self.support_id,
            "secret": self.before.secret.hex(),
            "epoch_before": self.before.epoch,
            "verification_code": CODE,
            "technician_random": self.technician_random.hex(),
            "agent_random": self.agent_random.hex(),
            "messages": [message.hex() for message in self.messages],
        }


def resume() -> object:
    """Return the content of resume.json."""
    runs = [Run("first resume", 0), Run("second resume", 1), Run("last resume", 254)]
    return {
        "runs": [
            run.described() | {"epoch": run.keys.epoch, "keys": keys_described(run.resumer.keys)}
            for run in runs
        ],
        "technician_refuses": _technician_refuses(),
        "agent_refuses": _agent_refuses(),
    }


def _changed(message: bytes, **fields: object) -> bytes:
    values = parse_handshake(message) | fields
    return handshake_message({name: value for name, value in values.items() if value is not None})


def _technician_refuses() -> object:
    """Return what T refuses: after so many right messages of A, this one."""
    run = Run("technician refuses", 3)
    _, resuming, _, resumed = run.messages
    other = parse_handshake(Run("another technician", 3).messages[1])
    tag = parse_handshake(resuming)["tag"]
    cases = [
        ("no nonce", 0, _changed(resuming, nonce=None), Code.MALFORMED),
        ("a short nonce", 0, _changed(resuming, nonce=to_base64url(bytes(15))), Code.MALFORMED),
        ("no share", 0, _changed(resuming, share=None), Code.MALFORMED),
        ("a share of 31 bytes", 0, _changed(resuming, share=_b64(31)), Code.MALFORMED),
        ("a low order", 0, _changed(resuming, share=to_base64url(LOW_ORDER)), Code.INVALID_SHARE),
        ("no tag", 0, _changed(resuming, tag=None), Code.MALFORMED),
        ("a long tag", 0, _changed(resuming, tag=_b64(33)), Code.MALFORMED),
        ("a wrong tag", 0, _changed(resuming, tag=flipped(tag)), Code.NOT_CONFIRMED),
        ("another nonce", 0, _changed(resuming, nonce=other["nonce"]), Code.NOT_CONFIRMED),
        ("another share", 0, _changed(resuming, share=other["share"]), Code.NOT_CONFIRMED),
        ("of another secret", 0, handshake_message(other), Code.NOT_CONFIRMED),
        ("the end first", 0, resumed, Code.OUT_OF_ORDER),
        ("step 2 twice", 1, resuming, Code.OUT_OF_ORDER),
        ("a step of T", 0, _changed(resuming, step="proof"), Code.MALFORMED),
        ("a step of the password", 0, _changed(resuming, step="nonce"), Code.MALFORMED),
        ("no step", 0, _changed(resuming, step=None), Code.MALFORMED),
        ("no", 0, handshake_message({"step": "refused", "code": "x"}), Code.NOT_RESUMED),
        ("no at the end", 1, handshake_message({"step": "refused"}), Code.NOT_RESUMED),
        ("a record", 0, b"\x02" + bytes(28), Code.MALFORMED),
    ]
    return _described(run, cases)


def _agent_refuses() -> object:
    """Return what A refuses: after so many right messages of T, this one."""
    run = Run("agent refuses", 3)
    start, _, proof, _ = run.messages
    tag = parse_handshake(proof)["tag"]
    cases = [
        ("no epoch", 0, _changed(start, epoch=None), Code.MALFORMED),
        ("epoch 0", 0, _changed(start, epoch=0), Code.MALFORMED),
        ("epoch 256", 0, _changed(start, epoch=256), Code.MALFORMED),
        ("the epoch is a text", 0, _changed(start, epoch="4"), Code.MALFORMED),
        ("the epoch before", 0, _changed(start, epoch=3), Code.NOT_RESUMED),
        ("the epoch after", 0, _changed(start, epoch=5), Code.NOT_RESUMED),
        ("no nonce", 0, _changed(start, nonce=None), Code.MALFORMED),
        ("a long nonce", 0, _changed(start, nonce=_b64(17)), Code.MALFORMED),
        ("no share", 0, _changed(start, share=None), Code.MALFORMED),
        ("a low order", 0, _changed(start, share=to_base64url(LOW_ORDER)), Code.INVALID_SHARE),
        ("the proof first", 0, proof, Code.OUT_OF_ORDER),
        ("a wrong proof", 1, _changed(proof, tag=flipped(tag)), Code.NOT_RESUMED),
        ("a proof without a tag", 1, _changed(proof, tag=None), Code.MALFORMED),
        ("a short proof", 1, _changed(proof, tag=_b64(31)), Code.MALFORMED),
        ("a step of the password", 1, _changed(proof, step="confirm"), Code.OUT_OF_ORDER),
        ("a resumption after the end", 2, start, Code.OUT_OF_ORDER),
        ("the proof twice", 2, proof, Code.OUT_OF_ORDER),
    ]
    return _described(run, cases)


def _described(run: Run, cases: list[tuple[str, int, bytes, Code]]) -> object:
    return run.described() | {
        "cases": [
            {"name": name, "right_before": right, "message": message.hex(), "code": code}
            for name, right, message, code in cases
        ]
    }


def _b64(size: int) -> str:
    return to_base64url(bytes(size))
