"""Company data and tariffs: one row, and prices that were promised stay."""

import datetime as dt

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.utils import timezone

from company.models import Company, Tariff

pytestmark = pytest.mark.django_db


def tomorrow() -> dt.date:
    return timezone.localdate() + dt.timedelta(days=1)


def tariff(**fields: object) -> Tariff:
    usual: dict[str, object] = {
        "name": "Neu",
        "valid_from": tomorrow(),
        "first_block_cents": 850,
        "further_block_cents": 750,
        "first_block_net_cents": 714,
        "further_block_net_cents": 630,
    }
    return Tariff(**(usual | fields))


def test_there_is_no_second_company() -> None:
    with pytest.raises(IntegrityError):
        Company.objects.create(pk=2, name="X", street="Y", postcode="1", city="Z", phone="2")


def test_a_wrong_iban_is_refused_and_a_right_one_stored_without_spaces() -> None:
    company = Company.objects.current()
    company.iban = "DE88 3704 0044 0532 0130 00"
    with pytest.raises(ValidationError, match="IBAN"):
        company.full_clean()
    company.iban = "de89 3704 0044 0532 0130 00"
    company.full_clean()
    assert company.iban == "DE89370400440532013000"


def test_a_tariff_that_begins_today_is_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        tariff(valid_from=timezone.localdate()).full_clean()
    assert set(caught.value.message_dict) == {"valid_from"}


def test_two_tariffs_cannot_begin_on_one_day() -> None:
    tariff().save()
    with pytest.raises(ValidationError) as caught:
        tariff().full_clean()
    assert set(caught.value.message_dict) == {"valid_from"}


def test_net_and_gross_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValidationError) as caught:
        tariff(first_block_net_cents=850).full_clean()
    assert set(caught.value.message_dict) == {"first_block_net_cents"}


def test_a_sound_tariff_of_tomorrow_is_accepted() -> None:
    tariff().full_clean()


def test_before_the_first_tariff_there_is_none() -> None:
    with pytest.raises(Tariff.DoesNotExist):
        Tariff.objects.valid_on(dt.date(2000, 1, 1))


def test_the_new_tariff_counts_from_midnight_in_the_shop() -> None:
    old = Tariff.objects.current()
    new = tariff(valid_from=dt.date(2031, 1, 1))
    new.save()
    # 23:30 in Frankenthal is still the old year, though UTC agrees only by chance.
    with time_machine.travel(dt.datetime(2030, 12, 31, 22, 30, tzinfo=dt.UTC), tick=False):
        assert Tariff.objects.current() == old
    with time_machine.travel(dt.datetime(2030, 12, 31, 23, 0, tzinfo=dt.UTC), tick=False):
        assert Tariff.objects.current() == new


def test_the_shipped_company_and_tariff_are_dibucs() -> None:
    company, terms = Company.objects.current(), Tariff.objects.current().terms
    assert (company.name, company.city) == ("DIBUC", "Frankenthal")
    assert (terms.block_seconds, terms.first_block_cents) == (600, 850)
    assert terms.vat_percent == 19
