"""Bank account numbers: a wrong digit must not reach an invoice."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.domain.iban import iban_is_valid

# The examples of the registry of ISO 13616.
EXAMPLES = ["DE89370400440532013000", "AT611904300234573201", "GB29NWBK60161331926819"]


@pytest.mark.parametrize("iban", ["", "DE", "DE8937040044053201300", "de89370400440532013000"])
def test_what_has_not_the_shape_is_refused(iban: str) -> None:
    assert not iban_is_valid(iban)


@given(st.sampled_from(EXAMPLES), st.data())
def test_every_single_wrong_digit_is_found(iban: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(2, len(iban) - 1).filter(lambda at: iban[at].isdigit()))
    digit = data.draw(st.sampled_from([one for one in "0123456789" if one != iban[place]]))
    assert not iban_is_valid(iban[:place] + digit + iban[place + 1 :])


@pytest.mark.parametrize("iban", EXAMPLES)
def test_the_registrys_examples_are_right(iban: str) -> None:
    assert iban_is_valid(iban)
