"""One technician, from the right password to the end: keys, picture, pointer and input."""

import asyncio
import contextlib
import logging
from collections.abc import Callable

from agent.capture.base import Capture, CaptureError
from agent.inject.base import InjectError, Injector
from agent.inject.worker import Answer, Input, InputWorker
from agent.memory import give_back
from agent.pointer import PointerSharing
from agent.protocol import control
from agent.protocol.errors import Code, ProtocolError
from agent.protocol.framing import RECORD_OVERHEAD, Channel
from agent.protocol.keyexchange import TechnicianIdentity
from agent.protocol.keys import SessionKeys
from agent.protocol.records import Opener, Sealer
from agent.sharing import ScreenSharing
from agent.transport import Line, LineError

log = logging.getLogger(__name__)

# Bytes. A ping waits behind a record, and a line that is slow must not pass for a dead one.
RECORD_MAX = 64 * 1024


class Pairing:
    """Nothing is captured, sent or injected before `start`."""

    def __init__(
        self,
        keys: SessionKeys,
        peer: TechnicianIdentity,
        line: Line,
        *,
        open_capture: Callable[[], Capture],
        open_injector: Callable[[], Injector],
    ) -> None:
        """Take what the key exchange yielded.

        Args:
            keys: of both directions.
            peer: who it is, proved by the password.
            line: to the other end.
            open_capture: opens the screen, called after the customer's consent.
            open_injector: opens the input, likewise.
        """
        self.peer = peer
        self.verification_code = keys.verification_code
        self.failed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._sealer = Sealer(
            keys.agent_to_technician.key, keys.agent_to_technician.iv, RECORD_MAX, epoch=keys.epoch
        )
        self._opener = Opener(
            keys.technician_to_agent.key,
            keys.technician_to_agent.iv,
            [Channel.CONTROL],
            epoch=keys.epoch,
        )
        self._line = line
        self._sending = asyncio.Lock()
        self._open_capture = open_capture
        self._open_injector = open_injector
        self._capture: Capture | None = None
        self._sharing: ScreenSharing | None = None
        self._input: InputWorker | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._paused = False
        self._pointer: PointerSharing | None = None
        self._echo: int | None = None
        self._echo_wake = asyncio.Event()
        self._answers: asyncio.Queue[Answer] = asyncio.Queue()

    @property
    def started(self) -> bool:
        """Whether the customer has agreed and the screen is being shown."""
        return self._sharing is not None

    def start(self) -> None:
        """Show the screen and take input: the customer agreed.

        Raises:
            CaptureError: the screen cannot be read.
        """
        self._capture = self._open_capture()
        try:
            self._input = InputWorker(self._open_injector(), self._answerer())
        except InjectError as error:
            log.warning("no input: %s", error)
        self._capture.on_lost = lambda error: self._fail("screen-lost", error)
        self._capture.attach(asyncio.get_running_loop())
        self._sharing = ScreenSharing(
            self._capture, self._send_picture, self._send_control, post=self._post_picture
        )
        self._pointer = PointerSharing(self._capture, self._send_control)
        for job in (
            self._share(),
            self._pointer.run(),
            self._answer_echoes(),
            self._answer_input(),
        ):
            task = asyncio.create_task(job)
            task.add_done_callback(self._on_done)
            self._tasks.append(task)

    async def stop(self) -> None:
        """Let everything go; doing it twice is harmless."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        if self._capture is not None:
            self._capture.close()
            self._capture = None
        self._sharing = self._pointer = None
        worker, self._input = self._input, None
        if worker is not None:
            await asyncio.get_running_loop().run_in_executor(None, worker.stop)
        give_back()

    def pause(self) -> None:
        """Neither show nor take anything until `resume`; let every key go."""
        self._paused = True
        if self._sharing is not None:
            self._sharing.pause()
        if self._pointer is not None:
            self._pointer.pause()
        if self._input is not None:
            self._input.release()

    def resume(self) -> None:
        """Go on."""
        self._paused = False
        if self._sharing is not None:
            self._sharing.resume()
        if self._pointer is not None:
            self._pointer.resume()

    def credit(self, painted: int) -> None:
        """Take the credit for so many painted frames.

        Raises:
            ProtocolError: more than were sent, or nothing is being shown.
        """
        if self._sharing is None:
            raise ProtocolError(Code.TOO_EARLY, "credit before consent")
        self._sharing.credit(painted)

    def record(self, message: bytes) -> None:
        """Open one record and do what it says.

        Raises:
            ProtocolError: it does not open, or came before the customer agreed.
        """
        if self._sharing is None or self._pointer is None:
            raise ProtocolError(Code.TOO_EARLY, "record before consent")
        opened = self._opener.receive(message)
        if opened is None:
            return
        wish = control.parse_from_technician(opened[1])
        if wish is None:
            return
        self._obey(self._sharing, self._pointer, wish)

    def _obey(
        self, sharing: ScreenSharing, pointer: PointerSharing, wish: control.TechnicianControl
    ) -> None:
        match wish:
            case control.Refresh():
                pointer.refresh()
                sharing.refresh()
            case control.Can(h264):
                sharing.can(h264=h264)
            case control.Monitor(monitor):
                # What is held belongs to what was seen.
                self._take_input(pointer, control.Release())
                sharing.choose(monitor)
            case control.Quality(mode):
                sharing.wish(mode)
            case control.Echo(n):
                self._echo = n
                self._echo_wake.set()
            case _:
                self._take_input(pointer, wish)

    def _take_input(self, pointer: PointerSharing, wish: Input) -> None:
        if self._paused or self._input is None:
            return
        if isinstance(wish, control.Move | control.Button | control.Wheel):
            pointer.placed(wish.x, wish.y)
        self._input.put(wish)
        if self._sharing is not None and not isinstance(wish, control.Move | control.Hold):
            self._sharing.answer()

    async def _share(self) -> None:
        assert self._sharing is not None  # noqa: S101 (start() set it)
        if self._input is None:
            await self._send_control(control.Notice("input-refused"))
        await self._sharing.run()

    def _on_done(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not isinstance(error, LineError):
            # A broken line is noticed by who reads from it.
            self._fail("screen-lost" if isinstance(error, CaptureError) else "internal", error)

    def _fail(self, code: str, error: BaseException) -> None:
        log.error("%s", code, exc_info=error)
        if not self.failed.done():
            self.failed.set_result(code)

    def _answerer(self) -> Callable[[Answer], None]:
        """Return what takes the answers of the input's thread."""
        loop = asyncio.get_running_loop()

        def answer(message: Answer) -> None:
            # At the end of the program the loop is gone before the thread.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._answers.put_nowait, message)

        return answer

    async def _answer_input(self) -> None:
        """Send what the input's thread has to say."""
        while True:
            await self._send_control(await self._answers.get())

    async def _answer_echoes(self) -> None:
        """Send the newest echo back; older ones that still wait for the line are dropped."""
        while True:
            await self._echo_wake.wait()
            self._echo_wake.clear()
            echo, self._echo = self._echo, None
            if echo is not None:
                await self._send_control(control.Echo(echo))

    def _post_picture(self, payload: bytes) -> bool:
        """Send a frame without waiting; False, and it is not sent, where that cannot be."""
        if self._sending.locked() or not self._line.has_room:
            return False
        if len(payload) > RECORD_MAX - RECORD_OVERHEAD:
            return False
        for message in self._sealer.seal(Channel.PICTURE, payload):
            self._line.post(message)
        return True

    async def _send_picture(self, payload: bytes) -> None:
        await self._send_sealed(Channel.PICTURE, payload)

    async def _send_control(self, message: control.AgentControl) -> None:
        await self._send_sealed(Channel.CONTROL, control.dump(message))

    async def _send_sealed(self, channel: Channel, payload: bytes) -> None:
        # Records must leave in the order of their counters.
        async with self._sending:
            for message in self._sealer.seal(channel, payload):
                await self._line.send(message)
