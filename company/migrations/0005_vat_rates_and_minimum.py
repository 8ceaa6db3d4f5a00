"""VAT rates by date, and the switches for a minimum and for small businesses."""

import datetime as dt
from decimal import Decimal

import django.core.validators
from django.db import migrations, models


def add_german_rates(apps, schema_editor):
    """Sec. 12 (1) and (2) UStG; the lowered rates of 2020 are history before this portal."""
    rates = apps.get_model("company", "VatRate").objects
    rates.create(kind="standard", valid_from=dt.date(2021, 1, 1), percent=Decimal(19))
    rates.create(kind="reduced", valid_from=dt.date(2021, 1, 1), percent=Decimal(7))


class Migration(migrations.Migration):

    dependencies = [
        ('company', '0004_audit_append_only'),
    ]

    operations = [
        migrations.AddField(
            model_name='company',
            name='is_small_business',
            field=models.BooleanField(default=False, help_text='Sec. 19 UStG: invoices show no VAT and ask the promised price.', verbose_name='small business without VAT'),
        ),
        migrations.AddField(
            model_name='tariff',
            name='minimum_blocks',
            field=models.PositiveSmallIntegerField(default=1, validators=[django.core.validators.MinValueValidator(1)], verbose_name='blocks charged at least'),
        ),
        migrations.CreateModel(
            name='VatRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('standard', 'standard rate'), ('reduced', 'reduced rate'), ('zero', 'no VAT')], max_length=10, verbose_name='kind')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('percent', models.DecimalField(decimal_places=2, max_digits=4, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(Decimal('99.99'))], verbose_name='VAT in percent')),
                ('reason', models.CharField(blank=True, help_text="Printed on the invoice, for example 'exempt by sec. 4 no. 21 UStG'.", max_length=200, verbose_name='reason for no VAT')),
            ],
            options={
                'verbose_name': 'VAT rate',
                'verbose_name_plural': 'VAT rates',
                'ordering': ('kind', '-valid_from'),
                'constraints': [models.UniqueConstraint(fields=('kind', 'valid_from'), name='vat_rate_once_a_day')],
            },
        ),
        migrations.RunPython(add_german_rates, migrations.RunPython.noop),
    ]
