"""The key exchange: who is let in, who is not, and how often anybody may guess."""

import hashlib
import hmac
import struct
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.protocol import cpace, damm
from agent.protocol.errors import Code, ProtocolError, Refused
from agent.protocol.fields import from_base64url
from agent.protocol.framing import handshake_message, parse_handshake
from agent.protocol.keyexchange import (
    AgentIdentity,
    Initiator,
    Responder,
    TechnicianIdentity,
)
from agent.protocol.keys import derive_keys
from tests.vectors.handshakes import keys_described
from tests.vectors.seeds import stream

EVA = TechnicianIdentity("Eva Muster", "DIBUC EDV-Service", "https://portal.example")
AGENT = AgentIdentity("0.1.0", "Linux X11")


@pytest.fixture
def responder() -> Responder:
    return Responder("123456786", AGENT)


def attempt(responder: Responder, password: str) -> Initiator:
    """Let a technician try this password; raises what T would show."""
    initiator = Initiator(responder.support_id, password, EVA)
    waiting = [initiator.start()]
    while waiting:
        answers = [answer for message in waiting for answer in responder.receive(message)]
        waiting = [answer for message in answers for answer in initiator.receive(message)]
    return initiator


def wrong(responder: Responder) -> str:
    """Return complete digits that are not the password."""
    return next(p for p in iter(damm.new_password, None) if p and p != responder.password)


def refusal(responder: Responder, password: str) -> tuple[Code, int | None]:
    """Return what the technician is told about this password."""
    with pytest.raises(Refused) as caught:
        attempt(responder, password)
    return caught.value.code, caught.value.tries_left


def told(answers: list[bytes]) -> str:
    """Return the code of a refusal."""
    (answer,) = answers
    fields = parse_handshake(answer)
    assert fields["step"] == "refused"
    return str(fields["code"])


def test_a_wrong_password_is_refused_and_the_tries_are_counted(responder: Responder) -> None:
    password = responder.password
    assert refusal(responder, wrong(responder)) == (Code.WRONG_PASSWORD, 2)
    assert refusal(responder, wrong(responder)) == (Code.WRONG_PASSWORD, 1)
    assert (responder.password, responder.tries_left) == (password, 1)
    assert (responder.keys, responder.peer) == (None, None)


def test_the_third_wrong_try_makes_a_new_password(responder: Responder) -> None:
    password = responder.password
    for _ in range(2):
        refusal(responder, wrong(responder))
    assert refusal(responder, wrong(responder)) == (Code.PASSWORD_ROTATED, 3)
    assert responder.password != password
    assert not responder.locked
    assert refusal(responder, password) == (Code.WRONG_PASSWORD, 2)


def test_the_sixth_wrong_try_locks_until_the_customer_clicks(responder: Responder) -> None:
    codes = [refusal(responder, wrong(responder)) for _ in range(6)]
    assert codes[-1] == (Code.LOCKED, 0)
    assert responder.locked
    for password in (responder.password, wrong(responder)):
        assert refusal(responder, password) == (Code.LOCKED, 0)
    before = responder.password
    responder.unlock()
    assert (responder.locked, responder.tries_left) == (False, 3)
    assert responder.password != before
    assert attempt(responder, responder.password).keys


def renumber(responder: Responder) -> None:
    responder.renumber(damm.new_support_id())


@pytest.mark.parametrize("forget", [Responder.unpair, Responder.rotate, renumber])
def test_leaving_and_coming_back_buys_no_tries(
    responder: Responder, forget: Callable[[Responder], None]
) -> None:
    for _ in range(6):
        refusal(responder, wrong(responder))
        forget(responder)
    assert responder.locked


def test_a_try_counts_before_the_agent_s_share_is_sent(responder: Responder) -> None:
    initiator = Initiator(responder.support_id, "00000000", EVA)
    (nonce,) = responder.receive(initiator.start())
    (step3,) = initiator.receive(nonce)
    assert responder.tries_left == 3
    counted: list[int] = []

    def count(size: int) -> bytes:
        counted.append(responder.tries_left)
        return bytes(size)

    responder._random_bytes = count
    (step4,) = responder.receive(step3)
    assert parse_handshake(step4)["step"] == "responder"
    assert counted == [2]


def test_a_guesser_who_leaves_before_the_proof_has_used_his_tries(responder: Responder) -> None:
    password = responder.password
    for left in (2, 1, 0):
        initiator = Initiator(responder.support_id, "00000000", EVA)
        (nonce,) = responder.receive(initiator.start())
        responder.receive(initiator.receive(nonce)[0])
        assert responder.tries_left == left
        responder.unpair()
    hello = handshake_message({"step": "hello"})
    assert told(responder.receive(hello)) == Code.PASSWORD_ROTATED
    assert (responder.password != password, responder.tries_left) == (True, 3)


def test_the_right_password_yields_the_same_keys_at_both_ends(responder: Responder) -> None:
    initiator = attempt(responder, responder.password)
    assert initiator.keys == responder.keys
    assert initiator.keys is not None
    assert initiator.keys.agent_to_technician != initiator.keys.technician_to_agent
    assert (responder.peer, initiator.peer) == (EVA, AGENT)
    assert len(initiator.keys.verification_code) == len("123 456")


def test_a_password_serves_once(responder: Responder) -> None:
    password = responder.password
    attempt(responder, password)
    assert responder.password != password
    responder.unpair()
    assert responder.keys is None
    assert refusal(responder, password) == (Code.WRONG_PASSWORD, 2)
    assert attempt(responder, responder.password).keys == responder.keys


def test_a_right_password_gives_the_tries_back(responder: Responder) -> None:
    for _ in range(5):
        refusal(responder, wrong(responder))
    attempt(responder, responder.password)
    responder.unpair()
    assert [refusal(responder, wrong(responder))[0] for _ in range(6)][-1] == Code.LOCKED


def test_under_another_id_the_agent_answers_with_another_password(responder: Responder) -> None:
    attempt(responder, responder.password)
    password = responder.password
    responder.renumber("000000000")
    assert (responder.keys, responder.support_id) == (None, "000000000")
    assert responder.password != password
    assert attempt(responder, responder.password).keys


def test_another_support_id_is_another_password(responder: Responder) -> None:
    initiator = Initiator("000000000", responder.password, EVA)
    (nonce,) = responder.receive(initiator.start())
    (step4,) = responder.receive(initiator.receive(nonce)[0])
    assert told(responder.receive(initiator.receive(step4)[0])) == Code.WRONG_PASSWORD


def test_nobody_is_named_before_the_proof(responder: Responder) -> None:
    initiator = Initiator(responder.support_id, responder.password, EVA)
    (nonce,) = responder.receive(initiator.start())
    (step4,) = responder.receive(initiator.receive(nonce)[0])
    named: list[object] = [responder.peer]
    (step5,) = initiator.receive(step4)
    named += [initiator.peer, initiator.keys]
    initiator.receive(responder.receive(step5)[0])
    assert named == [None] * 3
    assert [responder.peer, initiator.peer] == [EVA, AGENT]


def test_somebody_between_the_ends_who_changes_a_name_is_found(responder: Responder) -> None:
    initiator = Initiator(responder.support_id, responder.password, EVA)
    (nonce,) = responder.receive(initiator.start())
    step3 = parse_handshake(initiator.receive(nonce)[0])
    honest = Initiator("1", "1", TechnicianIdentity("Bank", "Bank", "https://bank.example"))
    changed = handshake_message(step3 | {"ad": _ad(honest)})
    (step4,) = responder.receive(changed)
    assert told(responder.receive(initiator.receive(step4)[0])) == Code.WRONG_PASSWORD


def _ad(initiator: Initiator) -> object:
    nonce = handshake_message({"step": "nonce", "nonce": "A" * 22})
    return parse_handshake(initiator.receive(nonce)[0])["ad"]


def test_a_mirror_of_the_technician_s_own_messages_is_no_agent() -> None:
    """Whoever sends T's own share back cannot make the tag without the password."""
    initiator = Initiator("123456786", "00000000", EVA)
    initiator.start()
    nonce = handshake_message({"step": "nonce", "nonce": "A" * 22})
    step3 = parse_handshake(initiator.receive(nonce)[0])
    mirrored_ad = {"share": step3["share"], "ad": step3["ad"]}
    with pytest.raises(ProtocolError) as caught:
        initiator.receive(handshake_message({"step": "responder"} | mirrored_ad))
    assert caught.value.code is Code.MALFORMED


def test_the_wrong_tag_of_an_agent_is_not_confirmed(responder: Responder) -> None:
    initiator = Initiator(responder.support_id, responder.password, EVA)
    (nonce,) = responder.receive(initiator.start())
    (step4,) = responder.receive(initiator.receive(nonce)[0])
    (step5,) = initiator.receive(step4)
    mirrored = parse_handshake(step5) | {"step": "confirmed"}
    with pytest.raises(ProtocolError) as caught:
        initiator.receive(handshake_message(mirrored))
    assert caught.value.code is Code.NOT_CONFIRMED
    assert initiator.keys is None


def test_a_finished_exchange_stands_whatever_comes(responder: Responder) -> None:
    attempt(responder, responder.password)
    keys, password = responder.keys, responder.password
    for message in (handshake_message({"step": "hello"}), b"\x01rubbish", b""):
        assert told(responder.receive(message)) in {Code.OUT_OF_ORDER, Code.MALFORMED}
    assert (responder.keys, responder.password, responder.tries_left) == (keys, password, 3)


def test_a_hello_begins_afresh(responder: Responder) -> None:
    hello = handshake_message({"step": "hello"})
    assert responder.receive(hello) != responder.receive(hello)
    assert attempt(responder, responder.password).keys


def test_a_message_out_of_order_ends_the_exchange(responder: Responder) -> None:
    initiator = Initiator(responder.support_id, responder.password, EVA)
    (nonce,) = responder.receive(initiator.start())
    confirm = handshake_message({"step": "confirm", "tag": "A" * 86})
    assert told(responder.receive(confirm)) == Code.OUT_OF_ORDER
    assert told(responder.receive(initiator.receive(nonce)[0])) == Code.OUT_OF_ORDER


def test_an_initiator_serves_once(responder: Responder) -> None:
    initiator = attempt(responder, responder.password)
    with pytest.raises(ProtocolError) as caught:
        initiator.receive(handshake_message({"step": "nonce", "nonce": "A" * 22}))
    assert caught.value.code is Code.OUT_OF_ORDER


def test_runs_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    for run in vectors("handshake.json")["runs"]:
        responder, initiator = _of_vectors(run)
        messages = [initiator.start()]
        for _ in range(2):
            messages += responder.receive(messages[-1])
            messages += initiator.receive(messages[-1])
        messages += responder.receive(messages[-1])
        initiator.receive(messages[-1])
        assert [message.hex() for message in messages] == run["messages"]
        assert keys_described(responder.keys) == keys_described(initiator.keys) == run["keys"]


def test_keys_and_code_follow_from_hkdf_as_rfc_5869_has_it(vectors: Callable[[str], Any]) -> None:
    isk = bytes(range(64))
    payloads = [bytes.fromhex(m)[1:] for m in vectors("handshake.json")["runs"][0]["messages"][:4]]
    transcript = b"".join(struct.pack("!I", len(p)) + p for p in payloads)
    prk = hmac.digest(hashlib.sha256(transcript).digest(), isk, "sha256")

    def expand(info: bytes) -> bytes:
        first = hmac.digest(prk, b"dibuc/1 " + info + b"\x01", "sha256")
        return first + hmac.digest(prk, first + b"dibuc/1 " + info + b"\x02", "sha256")

    keys = derive_keys(isk, transcript)
    assert keys.agent_to_technician.key == expand(b"agent-to-technician")[:32]
    assert keys.agent_to_technician.iv == expand(b"agent-to-technician")[32:44]
    assert keys.technician_to_agent.key == expand(b"technician-to-agent")[:32]
    assert keys.resume == expand(b"resume")[:32]
    code = f"{int.from_bytes(expand(b'verification')[:4], 'big') % 10**6:06}"
    assert keys.verification_code.replace(" ", "") == code


def test_what_the_technician_refuses_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    refused = vectors("handshake.json")["initiator_refuses"]
    for case in refused["cases"]:
        _, initiator = _of_vectors(refused)
        initiator.start()
        for message in refused["messages"][1 : 2 * case["right_before"] : 2]:
            initiator.receive(bytes.fromhex(message))
        with pytest.raises(ProtocolError) as caught:
            initiator.receive(bytes.fromhex(case["message"]))
        assert caught.value.code == case["code"], case["name"]
        assert initiator.keys is None


def test_what_the_agent_refuses_of_the_vectors(vectors: Callable[[str], Any]) -> None:
    refused = vectors("handshake.json")["responder_refuses"]
    for case in refused["cases"]:
        responder, _ = _of_vectors(refused)
        for message in refused["messages"][: 2 * case["right_before"] : 2]:
            responder.receive(bytes.fromhex(message))
        finished = responder.keys
        assert told(responder.receive(bytes.fromhex(case["message"]))) == case["code"], case["name"]
        assert responder.keys is finished


def _of_vectors(run: dict[str, Any]) -> tuple[Responder, Initiator]:
    responder = Responder(
        run["support_id"],
        AgentIdentity(**run["agent"]),
        make_password=lambda: str(run["password"]),
        random_bytes=stream(bytes.fromhex(run["responder_random"])),
    )
    initiator = Initiator(
        run["support_id"],
        run["password"],
        TechnicianIdentity(**run["technician"]),
        random_bytes=stream(bytes.fromhex(run["initiator_random"])),
    )
    return responder, initiator


@settings(max_examples=60)
@given(
    st.lists(st.binary(max_size=50) | st.sampled_from(["hello", "initiator", "confirm", "nonce"]))
)
def test_no_message_brings_the_agent_down_or_gets_keys(messages: list[bytes | str]) -> None:
    responder = Responder("123456786", AGENT)
    share = {"nonce": "A" * 22, "share": "C" * 42 + "A", "ad": "e30", "tag": "A" * 86}
    for item in messages:
        message = item if isinstance(item, bytes) else handshake_message({"step": item} | share)
        for answer in responder.receive(message):
            assert parse_handshake(answer)["step"] in {"nonce", "responder", "refused"}
    assert responder.keys is None


def test_tags_are_compared_over_their_whole_length(responder: Responder) -> None:
    for place in (0, 63):
        initiator = Initiator(responder.support_id, responder.password, EVA)
        (nonce,) = responder.receive(initiator.start())
        (step4,) = responder.receive(initiator.receive(nonce)[0])
        tag = bytearray(from_base64url(str(parse_handshake(initiator.receive(step4)[0])["tag"])))
        tag[place] ^= 1
        assert len(tag) == cpace.TAG_SIZE
        assert not cpace.same_tag(responder._outcome.tag_initiator, bytes(tag))  # type: ignore[union-attr]
        responder.unpair()
