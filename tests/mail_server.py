"""A real SMTP server on the loopback, which can be told to refuse, to hang up and to count."""

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import TYPE_CHECKING, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.services import free_port

if TYPE_CHECKING:
    from asyncio import WriteTransport


class Mailbox:
    """What the server took, and what it says to the next one.

    `refusals` are answers for recipients in turn (None = taken); `after_content` is called
    with the content before the server answers.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refusals: list[str | None] = []
        self.content_answers: list[str | None] = []
        self.hangs_up = False

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        """Take or refuse a recipient."""
        answer = self.refusals.pop(0) if self.refusals else None
        if answer is not None:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Take or refuse the content; or take it and hang up before the answer."""
        answer = self.content_answers.pop(0) if self.content_answers else None
        if answer is not None:
            return answer
        content = envelope.content
        assert isinstance(content, bytes)
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        self.recipients += envelope.rcpt_tos
        if self.hangs_up:
            cast("WriteTransport", server.transport).abort()
        return "250 taken"


@contextmanager
def mail_server() -> Iterator[tuple[Mailbox, int]]:
    """Run a server until the end of the block; return its mailbox and its port."""
    mailbox = Mailbox()
    port = free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield mailbox, port
    finally:
        controller.stop()
