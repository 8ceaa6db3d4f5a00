"""Resumption: no password after a lost line, and nothing for anybody else."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import Channel, handshake_message, parse_handshake
from agent.protocol.keyexchange import AgentIdentity, Initiator, Responder, TechnicianIdentity
from agent.protocol.keys import EPOCH_MAX, ResumeSecret, SessionKeys
from agent.protocol.records import Opener, Sealer
from agent.protocol.resume import KeptSecrets, Resumer
from tests.vectors.handshakes import keys_described
from tests.vectors.seeds import stream

EVA = TechnicianIdentity("Eva Muster", "DIBUC EDV-Service", "https://portal.example")
AGENT = AgentIdentity("0.1.0", "Linux X11")
SUPPORT_ID = "123456786"


class Technician:
    """A page: what it keeps, and how it comes back."""

    def __init__(self, keys: SessionKeys) -> None:
        self.kept = KeptSecrets()
        self.kept.begin(keys.resume_secret)

    def resume(self, responder: Responder, lost_after: int = 4) -> SessionKeys | None:
        """Try what is kept, the newest first; the line breaks after so many messages."""
        for before in self.kept.newest_first():
            resumer = Resumer(responder.support_id, before)
            try:
                return self._attempt(responder, resumer, lost_after)
            except ProtocolError:
                continue
            finally:
                if resumer.derived is not None:
                    self.kept.add(before, resumer.derived.resume_secret)
        return None

    def _attempt(
        self, responder: Responder, resumer: Resumer, lost_after: int
    ) -> SessionKeys | None:
        waiting, said = [resumer.start()], 0
        while waiting:
            for end in (responder, resumer):
                said += 1
                if said > lost_after:
                    return None
                (message,) = waiting
                waiting = end.receive(message)
                if not waiting:
                    break
        return resumer.keys


@pytest.fixture
def responder() -> Responder:
    return Responder(SUPPORT_ID, AGENT)


def by_password(responder: Responder) -> SessionKeys:
    """Let a technician in, and the customer agree."""
    initiator = Initiator(responder.support_id, responder.password, EVA)
    waiting = [initiator.start()]
    while waiting:
        answers = [answer for message in waiting for answer in responder.receive(message)]
        waiting = [answer for message in answers for answer in initiator.receive(message)]
    assert initiator.keys is not None
    responder.keep()
    return initiator.keys


def refusal(responder: Responder, resumer: Resumer) -> str:
    """Return the code with which A refuses a first message."""
    (answer,) = responder.receive(resumer.start())
    fields = parse_handshake(answer)
    assert fields["step"] == "refused"
    assert "tries_left" not in fields
    return str(fields["code"])


def test_after_a_lost_line_both_go_on_without_a_password_in_the_next_epoch(
    responder: Responder,
) -> None:
    first = by_password(responder)
    technician, password = Technician(first), responder.password
    for epoch in (1, 2, 3):
        responder.unpair()
        keys = technician.resume(responder)
        assert keys is not None
        assert keys == responder.keys
        assert keys.epoch == epoch
        assert keys.verification_code == first.verification_code
        assert (responder.peer, responder.resumed) == (EVA, True)
        responder.settle()
        technician.kept.settle()
    assert (responder.password, responder.tries_left) == (password, 3)


def test_nothing_is_kept_before_the_customer_has_agreed(responder: Responder) -> None:
    initiator = Initiator(SUPPORT_ID, responder.password, EVA)
    waiting = [initiator.start()]
    while waiting:
        answers = [answer for message in waiting for answer in responder.receive(message)]
        waiting = [answer for message in answers for answer in initiator.receive(message)]
    assert initiator.keys is not None
    responder.unpair()
    assert not responder.resumable
    assert Technician(initiator.keys).resume(responder) is None


def test_a_wrong_secret_is_refused_and_costs_no_try(responder: Responder) -> None:
    keys = by_password(responder)
    password = responder.password
    for guess in (b"", b"\x01"):
        responder.unpair()
        wrong = ResumeSecret(bytes(31) + (guess or b"\x00"), 0, keys.verification_code)
        resumer = Resumer(SUPPORT_ID, wrong)
        (resuming,) = responder.receive(resumer.start())
        with pytest.raises(ProtocolError) as caught:
            resumer.receive(resuming)
        assert caught.value.code is Code.NOT_CONFIRMED
        (answer,) = responder.receive(handshake_message({"step": "proof", "tag": "A" * 43}))
        assert parse_handshake(answer) == {"step": "refused", "code": "not-resumed"}
        assert responder.keys is None
    assert (responder.password, responder.tries_left) == (password, 3)
    # It did not take the way back from the right one.
    assert Technician(keys).resume(responder) is not None


def test_a_refused_resumption_may_be_followed_by_the_password(responder: Responder) -> None:
    keys = by_password(responder)
    responder.forget()
    responder.unpair()
    assert refusal(responder, Resumer(SUPPORT_ID, keys.resume_secret)) == Code.NOT_RESUMED
    again = by_password(responder)
    assert again.epoch == 0
    assert not responder.resumed


def test_whoever_comes_with_the_password_takes_the_place_of_who_was_there(
    responder: Responder,
) -> None:
    before = Technician(by_password(responder))
    responder.unpair()
    by_password(responder)
    responder.unpair()
    assert before.resume(responder) is None


def test_another_support_id_is_another_session(responder: Responder) -> None:
    keys = by_password(responder)
    responder.unpair()
    resumer = Resumer("987654321", keys.resume_secret)
    (resuming,) = responder.receive(resumer.start())
    with pytest.raises(ProtocolError) as caught:
        resumer.receive(resuming)
    assert caught.value.code is Code.NOT_CONFIRMED
    responder.renumber("987654321")
    assert not responder.resumable
    assert refusal(responder, Resumer("987654321", keys.resume_secret)) == Code.NOT_RESUMED


def test_the_last_epoch_is_the_last(responder: Responder) -> None:
    keys = by_password(responder)
    responder.unpair()
    last = replace(keys.resume_secret, epoch=EPOCH_MAX)
    assert refusal(responder, Resumer(SUPPORT_ID, last)) == Code.MALFORMED


def test_the_old_secret_is_worth_nothing_once_a_record_of_the_new_epoch_has_opened(
    responder: Responder,
) -> None:
    keys = by_password(responder)
    technician = Technician(keys)
    responder.unpair()
    technician.resume(responder)
    responder.settle()
    responder.unpair()
    assert refusal(responder, Resumer(SUPPORT_ID, keys.resume_secret)) == Code.NOT_RESUMED
    assert technician.resume(responder) is not None


def test_keys_of_one_epoch_open_nothing_of_another(responder: Responder) -> None:
    first = by_password(responder)
    responder.unpair()
    second = Technician(first).resume(responder)
    assert second is not None
    for old, new in ((first, second), (second, first)):
        sealer = Sealer(new.agent_to_technician.key, new.agent_to_technician.iv, epoch=new.epoch)
        (record,) = sealer.seal(Channel.CONTROL, b"secret")
        for epoch in (old.epoch, new.epoch):
            opener = Opener(old.agent_to_technician.key, old.agent_to_technician.iv, epoch=epoch)
            with pytest.raises(ProtocolError) as caught:
                opener.receive(record)
            assert caught.value.code is Code.BAD_RECORD


def test_a_resumption_that_was_listened_to_opens_nothing_for_who_learns_the_secret_later(
    responder: Responder,
) -> None:
    keys = by_password(responder)
    responder.unpair()
    resumer = Resumer(SUPPORT_ID, keys.resume_secret)
    (resuming,) = responder.receive(resumer.start())
    (proof,) = resumer.receive(resuming)
    responder.receive(proof)
    # Same secret, same messages, but not the scalar: another key.
    thief = Resumer(SUPPORT_ID, keys.resume_secret)
    with pytest.raises(ProtocolError):
        thief.receive(resuming)
    assert thief.derived is None


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.booleans()), max_size=12))
def test_a_line_cut_wherever_strands_nobody(story: list[tuple[int, bool, bool]]) -> None:
    responder = Responder(SUPPORT_ID, AGENT)
    technician = Technician(by_password(responder))
    for lost_after, agent_opened, technician_opened in story:
        responder.unpair()
        keys = technician.resume(responder, lost_after)
        if keys is not None and agent_opened:
            responder.settle()
        if keys is not None and technician_opened and responder.keys is not None:
            technician.kept.settle()
    responder.unpair()
    keys = technician.resume(responder)
    assert keys is not None
    assert keys == responder.keys


def _recorded(responder: Responder) -> Iterator[bytes]:
    """Yield what a relay has seen of a resumption, from both ends."""
    technician = Technician(by_password(responder))
    responder.unpair()
    resumer = Resumer(SUPPORT_ID, technician.kept.newest_first()[0])
    message = resumer.start()
    yield message
    (resuming,) = responder.receive(message)
    yield resuming
    (proof,) = resumer.receive(resuming)
    yield proof
    (resumed,) = responder.receive(proof)
    yield resumed


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(-1, 400), st.integers(1, 255)), max_size=8)
)
def test_replayed_reordered_and_changed_messages_never_open_a_pairing(
    story: list[tuple[int, int, int]],
) -> None:
    responder = Responder(SUPPORT_ID, AGENT)
    recorded = list(_recorded(responder))
    password = responder.password
    responder.unpair()
    for which, place, change in story:
        message = bytearray(recorded[which])
        if 0 <= place < len(message):
            message[place] ^= change
        responder.receive(bytes(message))
        assert responder.keys is None
    assert (responder.password, responder.tries_left) == (password, 3)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 400), st.integers(1, 255), st.booleans())
def test_a_changed_answer_never_gives_the_page_keys(
    place: int, change: int, last_is_changed: bool
) -> None:
    responder = Responder(SUPPORT_ID, AGENT)
    keys = by_password(responder)
    responder.unpair()
    resumer = Resumer(SUPPORT_ID, keys.resume_secret)
    (resuming,) = responder.receive(resumer.start())
    if not last_is_changed:
        changed = bytearray(resuming)
        changed[place % len(changed)] ^= change
        before = parse_handshake(resuming)
        try:
            same = parse_handshake(bytes(changed)) == before
        except ProtocolError:
            same = False
        if not same:
            with pytest.raises(ProtocolError):
                resumer.receive(bytes(changed))
            assert resumer.derived is None
    assert resumer.keys is None


def test_resumptions_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    for run in vectors("resume.json")["runs"]:
        resumer = _resumer(run)
        resume, resuming, proof, resumed = (bytes.fromhex(each) for each in run["messages"])
        assert resumer.start() == resume
        assert resumer.receive(resuming) == [proof]
        assert resumer.receive(resumed) == []
        assert keys_described(resumer.keys) == run["keys"]
        assert resumer.keys is not None
        assert resumer.keys.epoch == run["epoch"]


def test_what_the_technician_refuses(vectors: Callable[[str], Any]) -> None:
    run = vectors("resume.json")["technician_refuses"]
    for case in run["cases"]:
        resumer = _resumer(run)
        resumer.start()
        if case["right_before"]:
            resumer.receive(bytes.fromhex(run["messages"][1]))
        with pytest.raises(ProtocolError) as caught:
            resumer.receive(bytes.fromhex(case["message"]))
        assert caught.value.code == case["code"], case["name"]
        assert resumer.keys is None


def test_what_the_agent_refuses(vectors: Callable[[str], Any]) -> None:
    run = vectors("resume.json")["agent_refuses"]
    start, _, proof, resumed = (bytes.fromhex(each) for each in run["messages"])
    for case in run["cases"]:
        responder = Responder(
            run["support_id"], AGENT, random_bytes=stream(bytes.fromhex(run["agent_random"]))
        )
        responder._kept.begin(_before(run))
        for message in (start, proof)[: case["right_before"]]:
            responder.receive(message)
        keys = responder.keys
        (answer,) = responder.receive(bytes.fromhex(case["message"]))
        fields = parse_handshake(answer)
        assert (fields["step"], fields.get("code")) == ("refused", case["code"]), case["name"]
        assert responder.keys is keys
    assert parse_handshake(resumed) == {"step": "resumed"}


def _before(run: Any) -> ResumeSecret:
    return ResumeSecret(bytes.fromhex(run["secret"]), run["epoch_before"], run["verification_code"])


def _resumer(run: Any) -> Resumer:
    random_bytes = stream(bytes.fromhex(run["technician_random"]))
    return Resumer(run["support_id"], _before(run), random_bytes=random_bytes)
