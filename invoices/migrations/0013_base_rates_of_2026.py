from decimal import Decimal

from django.db import migrations

# Deutsche Bundesbank, base rate under sec. 247 BGB; announced on 30 June 2026 for the second one.
BASE_RATES = (("2026-01-01", "1.27"), ("2026-07-01", "1.52"))


def fill(apps, _schema_editor):
    """Add what the shop has not entered itself."""
    for valid_from, percent in BASE_RATES:
        apps.get_model("invoices", "BaseRate").objects.get_or_create(
            valid_from=valid_from, defaults={"percent": Decimal(percent)}
        )


class Migration(migrations.Migration):

    dependencies = [
        ('invoices', '0012_single'),
    ]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
