"""Number ranges: gapless, counted under a row lock."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from invoices.domain import numbering


def validate_pattern(pattern: str) -> None:
    """Refuse a pattern that cannot make numbers."""
    try:
        numbering.check_pattern(pattern)
    except ValueError as error:
        raise ValidationError(
            _("Write the pattern like {year}-{number:05d}, with letters, digits, dots, hyphens.")
        ) from error


class NumberRange(models.Model):
    """Gapless numbers of one kind of document; `last_number` is counted under a row lock."""

    INVOICES = "invoices"
    CANCELLATIONS = "cancellations"

    name = models.CharField(_("name"), max_length=20, default=INVOICES)
    # 0 where the numbers do not begin again with each year.
    year = models.PositiveSmallIntegerField(_("year"), default=0)
    pattern = models.CharField(
        _("pattern"),
        max_length=50,
        default=numbering.DEFAULT_PATTERN,
        validators=[validate_pattern],
        help_text=_("For example {year}-{number:05d}, which makes 2026-00042."),
    )
    last_number = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("number range")
        verbose_name_plural = _("number ranges")
        ordering = ("name", "-year")
        constraints = (
            models.UniqueConstraint(fields=["name", "year"], name="number_range_once_a_year"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.year or ''}".strip()
