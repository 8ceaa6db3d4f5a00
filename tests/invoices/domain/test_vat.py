"""VAT out of promised gross prices: every sum that a month can have, exact to the cent."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.vat import VatSplit, share_net, split_gross

NINETEEN, SEVEN = Decimal(19), Decimal(7)
RATES = st.sampled_from([NINETEEN, SEVEN, Decimal(0), Decimal("5.5"), Decimal(16), Decimal(20)])


def tax_of_net(net: int, percent: Decimal) -> int:
    """Return the tax as EN 16931 has it (BR-CO-17), by an independent way: Decimal."""
    return int((Decimal(net) * percent / 100).quantize(Decimal(1), ROUND_HALF_UP))


def tax_of_gross(gross: int, percent: Decimal) -> int:
    exact = Decimal(gross) * percent / (100 + percent)
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def assert_lawful(split: VatSplit, gross: int, percent: Decimal) -> None:
    assert split.gross_cents == gross  # what was promised is due
    assert split.vat_cents == tax_of_net(split.net_cents, percent)
    assert split.net_cents + split.vat_cents + split.rounding_cents == gross
    assert split.rounding_cents in {-1, 0, 1}


@pytest.mark.parametrize("percent", ["-1", "100", "19.001", "1000"])
def test_what_is_no_rate_is_refused(percent: str) -> None:
    with pytest.raises(ValueError, match="not a rate"):
        split_gross(850, Decimal(percent))


def test_lines_that_are_not_the_parts_of_the_sum_are_refused() -> None:
    split = split_gross(1700, NINETEEN)
    with pytest.raises(ValueError, match="not the parts"):
        share_net(split, [850, 849])


@given(st.integers(1, 10**9), RATES)
def test_a_negative_sum_is_the_positive_one_with_the_sign_turned(gross: int, rate: Decimal) -> None:
    plus, minus = split_gross(gross, rate), split_gross(-gross, rate)
    assert minus.gross_cents == -gross
    assert (minus.net_cents, minus.vat_cents) == (-plus.net_cents, -plus.vat_cents)
    assert minus.rounding_cents == -plus.rounding_cents


def test_one_block_is_the_letters_own_example() -> None:
    assert split_gross(850, NINETEEN) == VatSplit(NINETEEN, 714, 136, 850)


def test_two_blocks_cannot_be_reached_and_show_a_cent_of_rounding() -> None:
    split = split_gross(1700, NINETEEN)
    assert split.rounding_cents != 0
    assert_lawful(split, 1700, NINETEEN)


@pytest.mark.parametrize("percent", [NINETEEN, SEVEN])
def test_every_number_of_blocks_up_to_a_thousand(percent: Decimal) -> None:
    for blocks in range(1, 1001):
        assert_lawful(split_gross(850 * blocks, percent), 850 * blocks, percent)


def test_only_two_remainders_of_seven_need_rounding_at_the_letters_price() -> None:
    rounded = {n % 7 for n in range(1, 1001) if split_gross(850 * n, NINETEEN).rounding_cents}
    assert rounded == {2, 5}


@pytest.mark.parametrize("percent", [NINETEEN, SEVEN])
def test_every_sum_from_a_cent_to_three_thousand_euros(percent: Decimal) -> None:
    for gross in range(1, 300_001):
        split = split_gross(gross, percent)
        assert split.gross_cents == gross
        assert split.net_cents + split.vat_cents + split.rounding_cents == gross
        assert -1 <= split.rounding_cents <= 1
        # BR-CO-17 on integers: |100 x tax - net x rate| is at most half a cent.
        assert -50 < 100 * split.vat_cents - split.net_cents * int(percent) <= 50
        if split.rounding_cents:
            assert split.vat_cents == tax_of_gross(gross, percent)


@given(st.integers(0, 10**9), st.decimals("0", "99.99", places=2))
def test_any_sum_at_any_rate(gross: int, percent: Decimal) -> None:
    assert_lawful(split_gross(gross, percent), gross, percent)


@given(st.integers(0, 10**7))
def test_without_vat_the_net_is_the_gross(gross: int) -> None:
    assert split_gross(gross, Decimal(0)) == VatSplit(Decimal(0), gross, 0, gross)


@given(st.lists(st.integers(-200_000, 200_000), min_size=1, max_size=400), RATES)
def test_the_nets_of_the_lines_are_the_net_of_the_sum(grosses: list[int], rate: Decimal) -> None:
    split = split_gross(sum(grosses), rate)
    nets = share_net(split, grosses)
    assert sum(nets) == split.net_cents
    for net, gross in zip(nets, grosses, strict=True):
        exact = Decimal(gross) * 100 / (100 + rate)
        assert abs(net - exact) <= 2  # a single line may take the cent of the rounding, too
        assert gross or not net


def test_the_largest_remainder_gets_the_cent_and_ties_go_to_the_earlier_line() -> None:
    split = split_gross(3 * 850, NINETEEN)  # 7.14285... each, 21.43 in all
    assert split.net_cents == 2143
    assert share_net(split, [850, 850, 850]) == [715, 714, 714]


def test_a_line_of_nothing_stays_at_nothing() -> None:
    split = split_gross(1700, NINETEEN)
    nets = share_net(split, [0, 1700, 0])
    assert nets == [0, split.net_cents, 0]
    assert share_net(split_gross(0, NINETEEN), [0, 0]) == [0, 0]
