"""DIBUC's data as the ones shipped: any other shop changes them in the portal."""

import datetime as dt
from decimal import Decimal

from django.db import migrations


def add_dibuc(apps, schema_editor):
    apps.get_model("company", "Company").objects.create(
        pk=1,
        name="DIBUC",
        owner="Dipl.-Ing. B. Unkel",
        claim="Computertechnik, Netzwerke, Telekommunikation",
        street="Meergartenweg 1",
        postcode="67227",
        city="Frankenthal",
        country="DE",
        phone="06233-326103",
    )
    apps.get_model("company", "Tariff").objects.create(
        name="Fernwartung",
        valid_from=dt.date(2008, 9, 25),
        block_seconds=600,
        first_block_cents=850,
        further_block_cents=850,
        first_block_net_cents=714,
        further_block_net_cents=714,
        vat_percent=Decimal(19),
    )


class Migration(migrations.Migration):
    dependencies = [("company", "0001_initial")]
    operations = [migrations.RunPython(add_dibuc, migrations.RunPython.noop)]
