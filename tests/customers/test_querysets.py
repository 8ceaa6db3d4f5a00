"""Finding customers."""

from customers.models import Customer
from tests.shop import make_customer


def names(text: str) -> list[str]:
    return [customer.name for customer in Customer.objects.search(text).by_name()]


def test_every_word_must_occur_somewhere(db: None) -> None:
    make_customer("Mayer", first_name="Ulrike")
    make_customer("Mayer", first_name="Hans", city="Worms")
    assert names("mayer worms") == ["Hans Mayer"]
    assert names("mayer nirgends") == []
    assert len(names("")) == 2


def test_a_number_finds_the_customer_and_the_phone(db: None) -> None:
    by_number = make_customer("Mayer")
    make_customer("Sauer", phone=f"0{by_number.number}1")
    assert names(str(by_number.number)) == ["Mayer", "Sauer"]


def test_signs_of_patterns_mean_themselves(db: None) -> None:
    make_customer("Mayer")
    assert names("%") == []
    assert names("_") == []
    assert names("'; DROP TABLE") == []


def test_companies_and_persons_stand_in_one_order(db: None) -> None:
    make_customer("Zimmer")
    make_customer("Adam", company_name="Weingut Sauer")
    make_customer("becker")
    assert names("") == ["becker", "Weingut Sauer", "Zimmer"]


def test_who_lacks_an_address_is_found(db: None) -> None:
    make_customer("Ganz")
    make_customer("Halb", street="")
    lacking = Customer.objects.lacking_address()
    assert [customer.name for customer in lacking] == ["Halb"]
    assert lacking[0].missing_for_invoice == ["Straße und Hausnummer"]


def test_alike_are_same_name_and_same_postcode(db: None) -> None:
    mayer = make_customer("Mayer")
    make_customer("Mayer", postcode="67547", city="Worms")
    make_customer("Mayer", company_name="Mayer & Söhne")
    assert list(Customer.objects.alike(name="MAYER", postcode="67227")) == [mayer]
    assert not Customer.objects.alike(name="", postcode="67227")
    assert not Customer.objects.alike(name="Mayer", postcode="")
