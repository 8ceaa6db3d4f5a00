"""Start-up of the project: registers the system checks."""

from django.apps import AppConfig


class DibucConfig(AppConfig):
    """The project itself as an app, for its system checks and commands."""

    name = "dibuc"

    def ready(self) -> None:
        """Register the checks of dibuc.checks."""
        from dibuc import checks  # noqa: F401, PLC0415
