"""The sockets' front doors: authenticate, route, stop."""

import asyncio
from collections.abc import Callable
from typing import Any

from channels.db import database_sync_to_async

from agent.protocol import messages
from agent.protocol.errors import Code, ProtocolError
from sessions import announce
from sessions.models import Session
from sessions.relay import admission, auth, loop
from sessions.relay.ends import CLOSE_GOING_AWAY, CLOSE_NORMAL, End, Send
from sessions.relay.hub import Hub
from sessions.relay.listening import Listener, must_stop
from sessions.relay.loop import Receive
from sessions.relay.recorder import ended_message, recorder_of
from sessions.relay.room import Room

Scope = dict[str, Any]

# The sockets of this process meet here.
hub = Hub()
# Home pages hear of changes at most this often, in seconds.
LIVE_PAUSE = 0.5
LOOK_AGAIN_AT = {announce.SESSION_ENDED, announce.AGENT_MOVED, announce.CUSTOMER_CHANGED}


class Socket(Listener):
    """A socket that is accepted first, so that a refusal can say why."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.scope = scope
        self.end = End(send)

    @classmethod
    def as_asgi(cls) -> Callable[..., Any]:
        """Return an ASGI application that makes a consumer for each socket."""

        async def application(scope: Scope, receive: Receive, send: Send) -> None:
            await cls(scope, send).open(receive)

        return application

    async def open(self, receive: Receive) -> None:
        """Accept, admit and serve; whoever may not stay hears the reason."""
        await receive()  # websocket.connect
        if not self.may_knock():
            await self.end.send({"type": "websocket.close"})
            return
        await self.end.send({"type": "websocket.accept"})
        try:
            with hub.counted(auth.address_of(self.scope)):
                await self.serve(receive)
        except ProtocolError as error:
            await self.end.refuse(error.code)

    def may_knock(self) -> bool:
        """Whether the socket is accepted at all."""
        return True

    async def serve(self, receive: Receive) -> None:
        """Admit and stay until the socket closes; raise ProtocolError to refuse."""
        raise NotImplementedError


class SessionSocket(Socket):
    """What both ends of a session share: a seat in its room, and signals about it."""

    room: Room
    session: Session

    async def sit(self, session: Session, groups: list[str], receive: Receive) -> None:
        """Take the seat of an end until its socket closes or the server stops."""
        self.session = session
        recorder = recorder_of(session)
        # What an earlier socket of this session left to write comes first.
        await recorder.drain()
        time = await database_sync_to_async(admission.time_so_far)(session)
        async with self.listening([announce.session_group(session.pk), *groups]):
            self.room = hub.room(session.pk, lambda: admission.make_room(session, time, recorder))
            try:
                if not must_stop():
                    await self.run(receive)
            except asyncio.CancelledError:
                pass  # said below, also when the cancellation got lost on the way
            finally:
                if must_stop():
                    await self.room.refuse(self.end, Code.SERVER_STOPPING)
                await self.room.leave(self.end)
                hub.forget_if_empty(session.pk)
                await recorder.drain()

    async def run(self, receive: Receive) -> None:
        """Join the room at once, before anything else is awaited, and pass frames."""
        raise NotImplementedError

    async def say_over(self, session: Session) -> None:
        """Tell an end that its session is over, and close it."""
        await self.end.say(await database_sync_to_async(ended_message)(session))
        await self.end.close(CLOSE_NORMAL)

    async def on_signal(self, kind: str) -> None:
        """Look again at what the signal is about."""
        if kind in LOOK_AGAIN_AT:
            await self.look_again()

    async def look_again(self) -> None:
        """Close both ends of a session that is over, or whose agent is in another process.

        One that goes on goes on by the prices of its customer.
        """
        session = await Session.objects.select_related("customer").aget(pk=self.session.pk)
        if not session.is_open:
            await self.room.finish(await database_sync_to_async(ended_message)(session))
        elif not session.is_here:
            await self.let_go(session)
        else:
            agreed = await database_sync_to_async(lambda: session.agreed_terms)()
            await self.room.agree(agreed)

    async def let_go(self, session: Session) -> None:
        """Close the socket: the agent has come to another server process."""
        raise NotImplementedError

    async def check(self) -> None:
        """Look whether a signal was lost."""
        await self.look_again()


class AgentConsumer(SessionSocket):
    """`/ws/agent/`: a customer's computer. It has no account; its secret is its own."""

    def may_knock(self) -> bool:
        """Refuse browsers: whoever sends an Origin is a page, not an agent."""
        return not auth.has_origin(self.scope)

    async def serve(self, receive: Receive) -> None:
        """Tell the agent its ID, and pass on what it sends."""
        hello = await admission.read_hello(receive)
        if hello is None:
            return
        opened = await database_sync_to_async(admission.open_or_resume)(hello)
        if not opened.session.is_open:
            await self.say_over(opened.session)
            return
        await self.end.say(await database_sync_to_async(admission.registered)(opened))
        await self.sit(opened.session, [], receive)

    async def run(self, receive: Receive) -> None:
        """Join as the agent."""
        await self.room.join_agent(self.end)
        await loop.run_agent(receive, self.room, self.end)

    async def let_go(self, session: Session) -> None:  # noqa: ARG002 - wherever it went
        """Close what is left of a line that broke."""
        await self.end.close(CLOSE_GOING_AWAY)
        await self.room.leave(self.end)


class TechnicianConsumer(SessionSocket):
    """The page of the session's own technician: `/ws/relay/<relay>/technician/<session>/`.

    The proxy brings it to the server process of that name, where the agent is; in
    `/ws/technician/<session>/` it comes to any.
    """

    # The process that the address names; empty where it names none.
    expected = ""

    async def serve(self, receive: Receive) -> None:
        """Check log-in, role and session, and pass on what the page sends."""
        admitted = await auth.admit_technician(self.scope)
        if not admitted.session.is_open:
            await self.say_over(admitted.session)
            return
        self.expected = auth.relay_of(self.scope)
        if not admitted.session.is_here and admitted.session.relay != self.expected:
            await self.say_elsewhere(admitted.session)
            return
        recorder_of(admitted.session).attempt = admitted.attempt
        group = announce.user_group(admitted.technician.pk)
        await self.sit(admitted.session, [group], receive)

    async def run(self, receive: Receive) -> None:
        """Join as the technician."""
        await self.room.join_technician(self.end)
        await loop.run_technician(receive, self.room, self.end)

    async def let_go(self, session: Session) -> None:
        """Send the page after the agent.

        A page that was sent for the agent's process and came here finds that process
        gone: it waits for the agent, which comes back somewhere.
        """
        if session.relay != self.expected:
            await self.say_elsewhere(session)
            await self.room.leave(self.end)

    async def say_elsewhere(self, session: Session) -> None:
        """Tell the page where the agent is, and close."""
        await self.end.say(messages.Elsewhere(session.relay))
        await self.end.close(CLOSE_GOING_AWAY)

    async def on_signal(self, kind: str) -> None:
        """Look again at what the signal is about."""
        if kind == announce.RIGHTS_CHANGED:
            await self.close_if_not_allowed()
        await super().on_signal(kind)

    async def close_if_not_allowed(self) -> None:
        """Close the page of somebody who logged out or is no technician any more."""
        if await auth.technician_of(self.scope) is None:
            await self.room.refuse(self.end, Code.NOT_ALLOWED)

    async def check(self) -> None:
        """Look whether a signal was lost."""
        await self.close_if_not_allowed()
        await super().check()


class LiveConsumer(Socket):
    """`/ws/live/`: tells a technician's home page that its list is out of date."""

    def __init__(self, scope: Scope, send: Send) -> None:
        super().__init__(scope, send)
        self._changed = asyncio.Event()

    async def serve(self, receive: Receive) -> None:
        """Check log-in and role; the page only listens."""
        technician = await auth.technician_of(self.scope)
        if technician is None:
            raise ProtocolError(Code.NOT_ALLOWED, "no technician")
        groups = [announce.LIVE_GROUP, announce.user_group(technician.pk)]
        async with self.listening(groups):
            telling = asyncio.create_task(self._tell())
            try:
                if (await receive())["type"] != "websocket.disconnect":
                    raise ProtocolError(Code.MALFORMED, "this socket only tells")
            except asyncio.CancelledError:
                await self.end.refuse(Code.SERVER_STOPPING)
            finally:
                telling.cancel()

    async def on_signal(self, kind: str) -> None:
        """Remember to tell; many changes at once are told once."""
        if kind == announce.RIGHTS_CHANGED:
            await self.check()
        else:
            self._changed.set()

    async def check(self) -> None:
        """Close the page of somebody who logged out or is no technician any more."""
        if await auth.technician_of(self.scope) is None:
            await self.end.refuse(Code.NOT_ALLOWED)

    async def _tell(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            await self.end.send({"type": "websocket.send", "text": '{"type":"changed"}'})
            await asyncio.sleep(LIVE_PAUSE)
