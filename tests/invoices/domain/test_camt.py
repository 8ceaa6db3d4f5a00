"""Account statements: both versions, every booking once, and nothing of a broken file."""

import datetime as dt
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.camt import (
    MAX_BYTES,
    Reason,
    StatementError,
    Transaction,
    read_statement,
)

ACCOUNT = "DE02120300000000202051"
PAYER = "DE02500105170137075030"


def entry(  # noqa: PLR0913 - a booking has many parts
    *,
    amount: str = "17.00",
    reference: str = "BANK-1",
    text: str = "Rechnung 2026-00042",
    side: str = "CRDT",
    status: str = "<Sts>BOOK</Sts>",
    name: str = "<Dbtr><Nm>Anna Müller</Nm></Dbtr>",
    currency: str = "EUR",
) -> str:
    return (
        f'<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{status}'
        "<BookgDt><Dt>2026-11-10</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls><Refs>"
        "<EndToEndId>NOTPROVIDED</EndToEndId></Refs>"
        f"<RltdPties>{name}<DbtrAcct><Id><IBAN>{PAYER}</IBAN></Id></DbtrAcct></RltdPties>"
        f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def statement(*entries: str, version: str = "02") -> bytes:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt>'
        f"<Stmt><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id></Acct>{''.join(entries)}</Stmt>"
        "</BkToCstmrStmt></Document>"
    ).encode()


def refused(content: bytes) -> str:
    with pytest.raises(StatementError) as refusal:
        read_statement(content)
    return refusal.value.reason


def test_a_file_cut_in_half_is_refused_as_a_whole() -> None:
    content = statement(entry(), entry(reference="BANK-2"))
    assert refused(content[: len(content) // 2]) == StatementError.NOT_XML


def test_another_xml_is_refused() -> None:
    assert refused(b"<Document/>") == StatementError.NOT_CAMT
    assert refused(b"<html/>") == StatementError.NOT_CAMT


def test_a_file_that_is_too_large_is_refused() -> None:
    assert refused(b"<" + b" " * MAX_BYTES) == StatementError.TOO_LARGE


@pytest.mark.parametrize("amount", ["", "x", "17.001", "-1", "NaN", "Infinity", "1e400"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    assert refused(statement(entry(amount=amount))) == StatementError.BAD_ENTRY


def test_a_booking_without_amount_is_refused() -> None:
    content = statement(entry()).replace(b'<Amt Ccy="EUR">17.00</Amt>', b"")
    assert refused(content) == StatementError.BAD_ENTRY


def test_another_currency_is_left_out_and_named() -> None:
    found = read_statement(statement(entry(currency="CHF"), entry(reference="BANK-2")))
    assert len(found.transactions) == 1
    (other,) = found.left_out
    assert (other.reason, other.amount, other.name) == (
        Reason.FOREIGN,
        "17.00 CHF",
        "Anna Müller",
    )


@pytest.mark.parametrize(("side", "reason"), [("DBIT", Reason.RETURNED), ("CRDT", Reason.REVERSED)])
@pytest.mark.parametrize("flag", ["true", "1"])
def test_what_takes_a_booking_back_is_no_payment_and_is_named(
    side: str, reason: Reason, flag: str
) -> None:
    taken_back = entry(side=side, status=f"<RvslInd>{flag}</RvslInd><Sts>BOOK</Sts>")
    found = read_statement(statement(taken_back, entry(reference="BANK-2")))
    assert len(found.transactions) == 1
    (other,) = found.left_out
    assert (other.reason, other.amount) == (reason, "17.00 EUR")


def test_a_payment_from_abroad_counts_as_the_bank_booked_it() -> None:
    """The payer's amount is in francs; what arrived on the account is in euros."""
    content = statement(entry()).replace(
        b"<RltdPties>",
        b'<AmtDtls><TxAmt><Amt Ccy="CHF">16.10</Amt></TxAmt></AmtDtls><RltdPties>',
    )
    (transaction,) = read_statement(content).transactions
    assert transaction.cents == 1700


def test_what_is_on_another_account_is_left_out_where_only_one_counts() -> None:
    other = statement(entry(reference="BANK-2")).replace(ACCOUNT.encode(), PAYER.encode(), 1)
    middle = other[other.index(b"<Stmt>") : other.index(b"</BkToCstmrStmt>")]
    content = statement(entry()).replace(b"</BkToCstmrStmt>", middle + b"</BkToCstmrStmt>")
    found = read_statement(content)
    assert len(found.transactions) == 2
    assert found.accounts == frozenset({ACCOUNT, PAYER})
    own = found.of_account(ACCOUNT)
    assert [each.account for each in own.transactions] == [ACCOUNT]
    (elsewhere,) = own.left_out
    assert (elsewhere.reason, elsewhere.amount) == (Reason.ELSEWHERE, "17.00 EUR")


def test_entities_are_neither_fetched_nor_blown_up() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    outside = b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    content = statement(entry(text="&b;&f;")).replace(b"?>", b"?>" + bomb + outside, 1)
    (transaction,) = read_statement(content).transactions
    assert "aaaa" not in transaction.text
    assert "root" not in transaction.text


@given(st.binary(max_size=300))
def test_whatever_is_no_statement_is_refused_with_a_reason(content: bytes) -> None:
    assert refused(content) in {StatementError.NOT_XML, StatementError.NOT_CAMT}


@pytest.mark.parametrize(
    ("version", "name", "status"),
    [
        ("02", "<Dbtr><Nm>Anna Müller</Nm></Dbtr>", "<Sts>BOOK</Sts>"),
        ("08", "<Dbtr><Pty><Nm>Anna Müller</Nm></Pty></Dbtr>", "<Sts><Cd>BOOK</Cd></Sts>"),
    ],
)
def test_both_versions_are_read(version: str, name: str, status: str) -> None:
    content = statement(entry(name=name, status=status), version=version)
    (transaction,) = read_statement(content).transactions
    assert transaction == Transaction(
        account=ACCOUNT,
        reference=transaction.reference,
        booked_on=dt.date(2026, 11, 10),
        cents=1700,
        payer_name="Anna Müller",
        payer_iban=PAYER,
        text="Rechnung 2026-00042",
    )


def test_what_went_out_and_what_is_only_announced_is_left_out() -> None:
    announced = entry(status="<Sts>PDNG</Sts>")
    found = read_statement(statement(entry(side="DBIT"), announced))
    assert (found.transactions, found.left_out) == ([], [])


def test_the_same_booking_in_another_file_is_known_again() -> None:
    (first,) = read_statement(statement(entry())).transactions
    longer = statement(entry(), entry(reference="BANK-2"), version="08")
    (again, other) = read_statement(longer).transactions
    assert again.reference == first.reference
    assert other.reference != first.reference


def test_two_payments_that_are_alike_are_two() -> None:
    alike = entry(reference="NONREF")
    first, second = read_statement(statement(alike, alike)).transactions
    assert first.reference != second.reference
    assert [first, second] == read_statement(statement(alike, alike)).transactions


def collective(*details: str, amount: str = "25.50") -> bytes:
    return statement(
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        "<BookgDt><Dt>2026-11-10</Dt></BookgDt><AcctSvcrRef>ALL</AcctSvcrRef>"
        f"<NtryDtls><Btch><NbOfTxs>{len(details)}</NbOfTxs></Btch>{''.join(details)}</NtryDtls>"
        "</Ntry>"
    )


def detail(number: int, amount: str, *, currency: str = "EUR", side: str = "") -> str:
    return (
        f"<TxDtls><Refs><AcctSvcrRef>P-{number}</AcctSvcrRef></Refs>{side}"
        f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls>'
        f"<RmtInf><Ustrd>RE {number}</Ustrd></RmtInf></TxDtls>"
    )


def test_a_collective_booking_is_taken_apart() -> None:
    found = read_statement(collective(detail(1, "8.50"), detail(2, "17.00"))).transactions
    assert [(each.cents, each.text) for each in found] == [(850, "RE 1"), (1700, "RE 2")]
    assert len({each.reference for each in found}) == 2


def test_of_a_collective_booking_what_went_back_is_named() -> None:
    back = detail(3, "8.50", side="<CdtDbtInd>DBIT</CdtDbtInd>")
    found = read_statement(collective(detail(1, "17.00"), detail(2, "17.00"), back))
    assert [each.cents for each in found.transactions] == [1700, 1700]
    assert [(each.reason, each.amount) for each in found.left_out] == [
        (Reason.RETURNED, "8.50 EUR")
    ]


@pytest.mark.parametrize(
    "details",
    [
        (),
        (detail(1, "8.50"), detail(2, "8.50")),  # less than came in
        (detail(1, "8.50"), detail(2, "16.00", currency="CHF")),
        ("<TxDtls></TxDtls>", "<TxDtls></TxDtls>"),
    ],
)
def test_a_collective_booking_that_cannot_be_taken_apart_is_one_payment(
    details: tuple[str, ...],
) -> None:
    (transaction,) = read_statement(collective(*details)).transactions
    assert transaction.cents == 2550


def test_ten_thousand_bookings_are_read_in_their_order() -> None:
    count = 10_000
    entries = (entry(reference=f"B{number}", text="x" * 400) for number in range(count))
    content = statement(*entries)
    tracemalloc.start()
    found = read_statement(content).transactions
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len({each.reference for each in found}) == count
    assert peak < 2 * len(content)
