"""Writing customers."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from customers.models import Customer, NumberCounter
from customers.services import customer_create, customer_update
from customers.validation import check_postcode, normal_vat_id
from tests.shop import make_customer


def test_a_customer_without_any_name_is_refused_and_costs_no_number(db: None) -> None:
    first = make_customer("Mayer")
    with pytest.raises(ValidationError) as refusal:
        customer_create(fields={"first_name": "Anna"})
    assert "last_name" in refusal.value.message_dict
    assert make_customer("Sauer").number == first.number + 1


@pytest.mark.parametrize("postcode", ["6722", "672277", "ABCDE", "67 227", "٦٧٢٢٧"])
def test_what_is_no_german_postcode_is_refused(db: None, postcode: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        make_customer(postcode=postcode)
    assert refusal.value.message_dict["postcode"] == [
        "Eine deutsche Postleitzahl hat fünf Ziffern, zum Beispiel 67227."
    ]


def test_other_countries_write_postcodes_otherwise(db: None) -> None:
    assert make_customer(postcode="SW1A 1AA", country="GB").postcode == "SW1A 1AA"


@given(st.from_regex(r"[0-9]{5}", fullmatch=True))
def test_five_digits_are_a_german_postcode(postcode: str) -> None:
    check_postcode(postcode, "DE")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("DE136695975", "vertippt"),
        ("136695976", "EU-Landes"),
        ("DE12", "neun Ziffern"),
        ("XX1234567", "EU-Landes"),
        ("DE 13669597A", "neun Ziffern"),
    ],
)
def test_a_wrong_vat_id_is_refused_with_the_reason(db: None, typed: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        normal_vat_id(typed)
    assert sentence in refusal.value.messages[0]


def test_a_vat_id_is_stored_without_spaces(db: None) -> None:
    assert make_customer(vat_id="de 136 695 976").vat_id == "DE136695976"


@pytest.mark.parametrize("phone", ["ruf an", "06233-326103 <b>", "++49"])
def test_what_cannot_be_dialled_is_no_phone_number(db: None, phone: str) -> None:
    with pytest.raises(ValidationError):
        make_customer(phone=phone)


@pytest.mark.parametrize("phone", ["06233-326103", "+49 6233 326103", "(06233) 32 61 03", "110"])
def test_people_write_phone_numbers_in_many_ways(db: None, phone: str) -> None:
    assert make_customer(phone=phone).phone == phone


def test_numbers_count_up_and_are_never_given_twice(db: None) -> None:
    first, second = make_customer("A"), make_customer("B")
    assert (first.number, second.number) == (10001, 10002)
    second.delete()
    assert make_customer("C").number == 10003


def test_numbers_written_past_the_counter_are_left_out(db: None) -> None:
    Customer.objects.create(number=20500, last_name="Import")
    assert make_customer("Neu").number == 20501


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_each_their_own_number() -> None:
    def create(name: str) -> None:
        try:
            make_customer(name)
        finally:
            connection.close()

    threads = [threading.Thread(target=create, args=[f"K{number}"]) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    numbers = sorted(Customer.objects.values_list("number", flat=True))
    assert numbers == list(range(10001, 10013))
    assert NumberCounter.objects.get().last == 10012


def test_a_change_over_somebody_elses_change_is_refused(db: None) -> None:
    customer = make_customer()
    seen = customer.version
    customer_update(customer=customer, fields={"city": "Worms"}, seen=seen)
    with pytest.raises(ValidationError) as refusal:
        customer_update(customer=customer, fields={"city": "Speyer"}, seen=seen)
    assert refusal.value.code == "changed"
    customer.refresh_from_db()
    assert customer.city == "Worms"


def test_a_refused_change_changes_nothing(db: None) -> None:
    customer = make_customer()
    with pytest.raises(ValidationError):
        customer_update(customer=customer, fields={"city": "Worms", "postcode": "1"})
    customer.refresh_from_db()
    assert customer.city == "Frankenthal"


def test_a_change_is_saved(db: None) -> None:
    customer = make_customer()
    changed = customer_update(customer=customer, fields={"city": "Worms"}, seen=customer.version)
    assert changed.city == "Worms"
    assert changed.version != customer.version
