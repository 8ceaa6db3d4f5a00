"""The agent's half in Python against the page's half in JavaScript."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

from agent.protocol import control, keyexchange, messages
from agent.protocol.framing import Channel, Kind, kind_of
from agent.protocol.keyexchange import AgentIdentity, Responder, TechnicianIdentity
from agent.protocol.picture import Codec, Frame, Rect, copy_data, encode_frame
from agent.protocol.records import Opener, Sealer

SCRIPT = Path(__file__).with_name("technician.js")
RESUMER = Path(__file__).with_name("resumer.js")
PAGE = Path(__file__).with_name("page.js")
AGENT = AgentIdentity("0.1.0", "Linux X11 – Büro")
TECHNICIAN = TechnicianIdentity('Jörg "J" Müßig', "DIBUC / Werk", "https://portal.example")
PICTURE = bytes(range(256)) * 2000  # two records
FRAME = encode_frame(Frame(8, 8, (Rect(0, 0, 8, 8, Codec.COPY, copy_data(0, 0)),), fresh=True))


@contextmanager
def technician(node: str, script: Path, *arguments: str) -> Iterator[tuple[IO[str], IO[str]]]:
    """Run the page's half; yield what it says and where it listens."""
    with subprocess.Popen(
        [node, str(script), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            yield process.stdout, process.stdin
            assert process.wait(timeout=30) == 0
        finally:
            process.kill()


def connect(node: str, responder: Responder, password: str) -> tuple[Any, list[bytes]]:
    """Let the page try this password; return its last line and the payloads it sealed."""
    return talk(node, responder, SCRIPT, password)


def talk(node: str, responder: Responder, script: Path, *arguments: str) -> tuple[Any, list[bytes]]:
    payloads: list[bytes] = []
    with technician(node, script, responder.support_id, *arguments) as (said, listens):
        for line in said:
            if line.startswith("{"):
                return json.loads(line), payloads
            message = bytes.fromhex(line)
            answers = answer(responder, message, payloads)
            listens.write("".join(f"{item.hex()}\n" for item in answers))
            listens.flush()
    pytest.fail("the page said nothing at the end")


def answer(responder: Responder, message: bytes, payloads: list[bytes]) -> list[bytes]:
    """Answer a handshake; open the one record, and send a picture back."""
    if kind_of(message) is Kind.HANDSHAKE:
        return responder.receive(message)
    keys = responder.keys
    assert keys
    incoming = keys.technician_to_agent
    opener = Opener(incoming.key, incoming.iv, [Channel.CONTROL], epoch=keys.epoch)
    opened = opener.receive(message)
    assert opened
    payloads.append(opened[1])
    outgoing = keys.agent_to_technician
    return Sealer(outgoing.key, outgoing.iv, epoch=keys.epoch).seal(Channel.PICTURE, PICTURE)


def test_a_wrong_password_is_refused(node: str) -> None:
    responder = Responder("123456786", AGENT, make_password=lambda: "12345678")
    last, payloads = connect(node, responder, "00000000")
    assert last == {"refused": "wrong-password", "tries": 2}
    assert payloads == []
    assert responder.keys is None


def test_the_third_wrong_password_changes_it_and_the_sixth_locks(node: str) -> None:
    responder = Responder("123456786", AGENT, make_password=lambda: "12345678")
    told = [connect(node, responder, "00000000")[0] for _ in range(keyexchange.TRIES * 2 + 1)]
    assert [item["refused"] for item in told] == [
        "wrong-password",
        "wrong-password",
        "password-rotated",
        "wrong-password",
        "wrong-password",
        "locked",
        "locked",
    ]


def test_the_right_password_connects_both_languages(node: str) -> None:
    responder = Responder("123456786", AGENT)
    last, payloads = connect(node, responder, responder.password)
    assert responder.keys
    assert last["code"] == responder.keys.verification_code
    assert last["peer"] == {"agentVersion": AGENT.agent_version, "platform": AGENT.platform}
    assert responder.peer == TECHNICIAN
    assert [control.parse_from_technician(item) for item in payloads] == [control.Text("Grüße 😀")]
    assert bytes.fromhex(last["opened"]) == PICTURE


def test_a_lost_line_goes_on_in_both_languages(node: str) -> None:
    responder = Responder("123456786", AGENT)
    connect(node, responder, responder.password)
    responder.keep()
    for epoch in (1, 2, 3):
        assert responder.keys
        before = responder.keys.resume_secret
        responder.unpair()
        arguments = [str(before.epoch), before.secret.hex()]
        last, payloads = talk(node, responder, RESUMER, *arguments)
        assert responder.resumed
        assert responder.keys
        assert last["epoch"] == responder.keys.epoch == epoch
        assert last["secret"] == responder.keys.resume.hex()
        assert [control.parse_from_technician(item) for item in payloads] == [control.Release()]
        assert bytes.fromhex(last["opened"]) == PICTURE
        responder.settle()


def test_a_page_with_another_secret_is_not_taken_in(node: str) -> None:
    responder = Responder("123456786", AGENT)
    connect(node, responder, responder.password)
    responder.keep()
    responder.unpair()
    last, payloads = talk(node, responder, RESUMER, "0", bytes(32).hex())
    assert (last, payloads) == ({"refused": "not-confirmed"}, [])
    last, payloads = talk(node, responder, RESUMER, "1", bytes(32).hex())
    assert (last, payloads) == ({"refused": "not-resumed"}, [])
    assert responder.keys is None


def test_keys_consent_and_picture_may_come_all_at_once(node: str) -> None:
    """A line that hung for a moment, or a customer who agrees before the page has its keys."""
    responder = Responder("123456786", AGENT)
    told = []
    opener = None
    with technician(node, PAGE, responder.password) as (said, listens):
        listens.write(f"{messages.dump(messages.AgentPaired('123456786', 'pc', 'X'))}\n")
        listens.flush()
        for line in said:
            if line.startswith("told "):
                told.append(line.removeprefix("told ").strip())
                continue
            message = bytes.fromhex(line)
            if kind_of(message) is Kind.CREDIT:
                break
            if kind_of(message) is Kind.RECORD:
                assert opener
                opened = opener.receive(message)
                assert opened
                assert control.parse_from_technician(opened[1]) == control.Can(h264=False)
                told.append("wish")
                continue
            lines = [item.hex() for item in responder.receive(message)]
            if keys := responder.keys:
                opener = Opener(keys.technician_to_agent.key, keys.technician_to_agent.iv)
                sealer = Sealer(keys.agent_to_technician.key, keys.agent_to_technician.iv)
                lines.append(messages.dump(messages.ConsentGiven(granted=True)))
                lines += [item.hex() for item in sealer.seal(Channel.PICTURE, FRAME)]
            listens.write("".join(f"{item}\n" for item in lines))
            listens.flush()
        listens.close()
    assert told == ["paired", "verified", "consent", "wish"]
