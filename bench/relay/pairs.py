"""Agents and technicians that are paired through the real portal: keys, consent, records."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Final

from websockets.asyncio.client import ClientConnection, connect

from agent.protocol import framing, messages
from agent.protocol.framing import Kind
from agent.protocol.keyexchange import (
    AgentIdentity,
    Initiator,
    Responder,
    TechnicianIdentity,
)
from agent.protocol.keys import DirectionKeys
from tests.integration.rig.portal import Portal
from tests.integration.rig.technician import Technician

MESSAGE_MAX: Final = 2**20


@dataclass(frozen=True)
class Pair:
    """Two open sockets with nothing but the relay between them.

    `keys` seal what the agent sends; None where nothing is sealed.
    """

    agent: ClientConnection
    technician: ClientConnection
    keys: DirectionKeys | None


async def our_pair(portal: Portal, technician: Technician) -> Pair:
    """Pair an agent with the technician, up to the customer's consent."""
    agent = await connect(
        f"ws://127.0.0.1:{portal.port}/ws/agent/", compression=None, max_size=MESSAGE_MAX
    )
    await agent.send(messages.dump(messages.AgentHello(1, 1, "0.1.0", "Linux", "bench", None)))
    registered = messages.parse_to_agent(str(await agent.recv()))
    if not isinstance(registered, messages.Registered):
        raise TypeError(f"the relay said {registered}")
    responder = Responder(registered.support_id, AgentIdentity("0.1.0", "Linux"))
    address = await asyncio.to_thread(technician.order, registered.support_id)
    page = await technician.open(address)
    initiator = Initiator(
        registered.support_id,
        responder.password,
        TechnicianIdentity("Technik", "DIBUC", portal.url),
    )
    await _wait_for(page, messages.AgentPaired)
    await page.send(initiator.start())
    while responder.keys is None or initiator.keys is None:
        for answer in responder.receive(await _binary(agent)):
            await agent.send(answer)
        for answer in initiator.receive(await _binary(page)):
            await page.send(answer)
    await agent.send(messages.dump(messages.Consent(True, registered.consent_text_version)))  # noqa: FBT003
    await _wait_for(page, messages.ConsentGiven)
    return Pair(agent, page, responder.keys.agent_to_technician)


async def bare_pair(port: int, number: int) -> Pair:
    """Pair two sockets of the bare relay."""
    address = f"ws://127.0.0.1:{port}/{number}"
    agent, page = [await connect(address, compression=None, max_size=MESSAGE_MAX) for _ in range(2)]
    return Pair(agent, page, None)


async def _binary(socket: ClientConnection) -> bytes:
    """Return the next binary message; the text messages between are the heartbeat's."""
    while True:
        message = await socket.recv()
        if isinstance(message, bytes) and framing.kind_of(message) is Kind.HANDSHAKE:
            return message


async def _wait_for(socket: ClientConnection, kind: type[object]) -> None:
    while True:
        message = await socket.recv()
        if isinstance(message, str) and isinstance(messages.parse_to_technician(message), kind):
            return


async def close(pairs: list[Pair]) -> None:
    """Close all sockets."""
    for pair in pairs:
        for socket in (pair.agent, pair.technician):
            with contextlib.suppress(OSError):
                await socket.close()
