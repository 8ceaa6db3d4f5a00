"""A run of invoices can be paused."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("invoices", "0006_payments"),
    ]

    operations = [
        migrations.AddField(
            model_name="invoicerun",
            name="paused_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="paused"),
        ),
    ]
