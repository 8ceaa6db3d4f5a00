"""Invoices and dunning letters as mails, and handing them over to a mail server (RFC 5321).

The transaction is taken in two steps, because only the second one may not be repeated blindly:
`greet` connects and asks whether the recipient is taken; `hand_over` sends the content.
"""

import contextlib
import smtplib
from dataclasses import dataclass
from email.utils import formatdate
from types import TracebackType

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address
from django.utils import translation
from django.utils.translation import gettext as _

from invoices.domain.money import format_euros
from invoices.models import Delivery, Invoice, Reminder
from invoices.texts import month_name

PERMANENT = 500


class NotNowError(Exception):
    """The mail server cannot be reached, or asks to come back later. Nothing was taken."""


class RefusedError(Exception):
    """The mail server refuses for good: a wrong address, a forbidden sender, a wrong log-in."""


class UnclearError(Exception):
    """The line broke while the content was handed over: it may have been taken."""


def mail_is_set_up() -> bool:
    """Whether there is a mail server to send with."""
    return bool(settings.EMAIL_HOST)


def message_of(delivery: Delivery, pdf: bytes, link: str) -> EmailMessage:
    """Return the mail with the one file; `link` leads to the customer's page of the invoice."""
    document = delivery.document
    with translation.override(document.language):
        words = (
            _words_of_letter(document, link)
            if isinstance(document, Reminder)
            else _words_of_invoice(document, link)
        )
    seller = document.seller_party
    message = EmailMessage(
        subject=words.subject,
        body="\n".join(
            [
                *words.lines,
                "",
                seller.name,
                *[line for line in (seller.phone, seller.email, seller.website) if line],
            ]
        ),
        to=[delivery.address],
        reply_to=[seller.email] if seller.email else None,
        headers={"Message-ID": delivery.message_id, "Date": formatdate(localtime=False)},
    )
    message.attach(document.file_name, pdf, "application/pdf")
    return message


@dataclass(frozen=True, slots=True)
class _Words:
    """Subject and lines of a mail, up to the signature."""

    subject: str
    lines: list[str]


def _words_of_invoice(invoice: Invoice, link: str) -> _Words:
    values = {
        "number": invoice.number,
        "month": month_name(invoice.month),
        "amount": format_euros(invoice.gross_cents, invoice.language),
        "shop": invoice.seller_party.name,
    }
    subject = _("Your invoice %(number)s of %(shop)s") % values
    if invoice.is_cancellation:
        subject = _("Your cancellation invoice %(number)s of %(shop)s") % values
    lines = [
        invoice.texts["greeting"],
        "",
        _("attached you find %(number)s for %(month)s over %(amount)s as a PDF.") % values,
        invoice.texts["payment"],
        "",
        _("You find the document here as well, for 90 days:"),
        link,
        "",
        invoice.texts["closing"],
    ]
    return _Words(subject, lines)


def _words_of_letter(reminder: Reminder, link: str) -> _Words:
    texts = reminder.texts
    values = {
        "subject": texts["title"],
        "shop": reminder.seller_party.name,
        "amount": format_euros(reminder.total_cents, reminder.language),
    }
    lines = [
        texts["greeting"],
        "",
        texts["intro"],
        _("The attached letter says how the amount of %(amount)s comes about.") % values,
        texts["payment"],
        *([texts["warning"]] if texts["warning"] else []),
        "",
        _("You find the invoice here, for 90 days:"),
        link,
        "",
        texts["closing"],
    ]
    return _Words(_("%(subject)s, %(shop)s") % values, lines)


class Handover:
    """One connection to the mail server, for one mail: `with Handover(message) as handover:`."""

    def __init__(self, message: EmailMessage) -> None:
        self._message = message
        self._backend = EmailBackend()

    def __enter__(self) -> "Handover":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # The answer to the mail itself is what counts.
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._backend.close()

    def greet(self) -> None:
        """Connect and name sender and recipient. Raises NotNowError or RefusedError."""
        try:
            self._backend.open()
            server = self._server()
            encoding = self._message.encoding or "utf-8"
            sender = sanitize_address(self._message.from_email, encoding)
            (recipient,) = (sanitize_address(to, encoding) for to in self._message.to)
            server.ehlo_or_helo_if_needed()
            _accepted(server.mail(_bare(sender)))
            _accepted(server.rcpt(_bare(recipient)))
        except smtplib.SMTPAuthenticationError as error:
            # Our own settings are wrong: that is no fault of this one mail.
            raise NotNowError(f"{error.smtp_code} {_said(error.smtp_error)}") from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotNowError(str(error)) from error

    def hand_over(self) -> None:
        """Send the content. Raises NotNowError, RefusedError or UnclearError."""
        try:
            _accepted(self._server().data(self._message.message().as_bytes(linesep="\r\n")))
        except smtplib.SMTPResponseException as error:
            raise _judged(error) from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnclearError(str(error)) from error

    def _server(self) -> smtplib.SMTP:
        server = self._backend.connection
        if server is None:
            raise NotNowError("no connection")
        return server


def _accepted(answer: tuple[int, bytes]) -> None:
    code, text = answer
    if not 200 <= code < 300:  # noqa: PLR2004 - RFC 5321 section 4.2.1
        raise smtplib.SMTPResponseException(code, text)


def _judged(error: smtplib.SMTPResponseException) -> NotNowError | RefusedError:
    what = f"{error.smtp_code} {_said(error.smtp_error)}"
    return RefusedError(what) if error.smtp_code >= PERMANENT else NotNowError(what)


def _said(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _bare(address: str) -> str:
    """Return the address without a name, as the envelope wants it."""
    return address.rpartition("<")[2].rstrip("> ")
