"""allauth's own texts that the portal says in other words.

allauth's German says 'du' to some readers. These are its messages, listed so that they
come into the portal's catalogue, whose translations win over those of a library.
"""

from django.utils.translation import gettext_lazy as _

ERRORS = {
    "account_inactive": _("This account is switched off. Ask the owner."),
    "email_password_mismatch": _("Mail address or password is not right."),
    "enter_current_password": _("This is not your current password."),
    "incorrect_password": _("The password is not right."),
    "invalid_login": _("The log-in did not work. Please try again."),
    "invalid_password_reset": _("This link does not work any more. Have a new one sent to you."),
    "same_as_current": _("Please choose another one than now."),
    "rate_limited": _("That was too often in a short time. Please wait some minutes."),
    "too_many_login_attempts": _("Too many wrong tries. Please wait some minutes."),
}

# Raised in allauth's forms and said in its messages, word for word.
SAID_BY_ALLAUTH = (
    _("Incorrect code."),
    _("You must type the same password each time."),
    _("Successfully signed in as %(name)s."),
    _("You have signed out."),
    _("Password successfully changed."),
    _("Current Password"),
    _("New Password"),
    _("New Password (again)"),
    _("Authenticator code"),
    _("Passwordless"),
    _(
        "Enabling passwordless operation allows you to sign in using just this key, but "
        "imposes additional requirements such as biometrics or PIN protection."
    ),
    _("Use your password"),
    _("Use authenticator app or code"),
    _("Use a security key"),
    _("Master key"),
    _("Backup key"),
    _("Key nr. {number}"),
    _("A new set of recovery codes has been generated."),
    _("Email"),
)
