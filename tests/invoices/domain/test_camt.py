"""Account statements: both versions, every booking once, and nothing of a broken file."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoices.domain.camt import StatementError, Transaction, read_statement

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
    assert refused(b"<" + b" " * 11 * 2**20) == StatementError.TOO_LARGE


@pytest.mark.parametrize("amount", ["", "x", "17.001", "-1", "NaN", "Infinity", "1e400"])
def test_an_amount_that_is_none_is_refused(amount: str) -> None:
    assert refused(statement(entry(amount=amount))) == StatementError.BAD_ENTRY


def test_another_currency_is_refused() -> None:
    assert refused(statement(entry(currency="CHF"))) == StatementError.BAD_ENTRY


def test_entities_are_neither_fetched_nor_blown_up() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    outside = b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    content = statement(entry(text="&b;&f;")).replace(b"?>", b"?>" + bomb + outside, 1)
    (transaction,) = read_statement(content)
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
    (transaction,) = read_statement(statement(entry(name=name, status=status), version=version))
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
    assert read_statement(statement(entry(side="DBIT"), announced)) == []


def test_the_same_booking_in_another_file_is_known_again() -> None:
    (first,) = read_statement(statement(entry()))
    (again, other) = read_statement(statement(entry(), entry(reference="BANK-2"), version="08"))
    assert again.reference == first.reference
    assert other.reference != first.reference


def test_two_payments_that_are_alike_are_two() -> None:
    alike = entry(reference="NONREF")
    first, second = read_statement(statement(alike, alike))
    assert first.reference != second.reference
    assert [first, second] == read_statement(statement(alike, alike))


def test_a_collective_booking_is_taken_apart() -> None:
    detail = (
        "<TxDtls><Refs><AcctSvcrRef>P-{n}</AcctSvcrRef></Refs>"
        '<AmtDtls><TxAmt><Amt Ccy="EUR">{amount}</Amt></TxAmt></AmtDtls></TxDtls>'
    )
    details = detail.format(n=1, amount="8.50") + detail.format(n=2, amount="17.00")
    collective = (
        '<Ntry><Amt Ccy="EUR">25.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>'
        f"<BookgDt><Dt>2026-11-10</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>"
    )
    assert [found.cents for found in read_statement(statement(collective))] == [850, 1700]
