"""How allauth treats accounts here."""

import logging
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from technicians.wording import ERRORS

logger = logging.getLogger(__name__)


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # untyped library
    """Nobody signs up: accounts are made by the owner. Errors speak the portal's language."""

    error_messages: ClassVar[dict[str, Any]] = {**DefaultAccountAdapter.error_messages, **ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Refuse every sign-up."""
        return False

    def format_email_subject(self, subject: str) -> str:
        """Leave out the host in brackets that allauth puts in front."""
        return subject

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; a mail server that fails goes into the log, not to the reader.

        The pages say 'if this address has an account' and what to do if nothing comes: an
        error here would tell strangers which addresses have one.
        """
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            logger.exception("The mail %s could not be sent.", template_prefix)
