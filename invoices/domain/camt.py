"""Account statements: CAMT.053 (ISO 20022), as every German bank offers them for download.

Read are the versions 001.02 and 001.08, which differ in where names stand. Only what was
booked and came in is of interest here. The file comes from outside: entities are not
resolved, nothing is fetched, and what is not well-formed is refused as a whole.
"""

import datetime as dt
import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lxml import etree

MAX_BYTES = 10 * 2**20
TEXT_MAX = 500
NAME_MAX = 140
# Whole cents; the schema would allow more places.
AMOUNT = re.compile(r"[0-9]{1,13}(?:\.[0-9]{1,2}0{0,3})?")


class StatementError(ValueError):
    """The file cannot be read; `reason` is one of the class's words, `detail` for people."""

    TOO_LARGE = "too-large"
    NOT_XML = "not-xml"
    NOT_CAMT = "not-camt"
    BAD_ENTRY = "bad-entry"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that came in. `reference` is unique: the same booking in two files has the same.

    `is_reversal` marks a credit that only takes back a debit (a returned direct debit).
    """

    account: str
    reference: str
    booked_on: dt.date
    cents: int
    payer_name: str
    payer_iban: str
    text: str
    is_reversal: bool = False


def read_statement(content: bytes) -> list[Transaction]:
    """Return the incoming bookings of all statements in a file, in their order.

    Raises StatementError, and then nothing of the file counts.
    """
    if len(content) > MAX_BYTES:
        raise StatementError(StatementError.TOO_LARGE)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise StatementError(StatementError.NOT_XML, str(error)) from error
    if _local(root) != "Document" or not root.xpath("*[local-name()='BkToCstmrStmt']"):
        raise StatementError(StatementError.NOT_CAMT)
    seen: Counter[str] = Counter()
    return [
        transaction
        for statement in _all(root, "BkToCstmrStmt", "Stmt")
        for transaction in _statement(statement, seen)
    ]


def _statement(statement: etree._Element, seen: Counter[str]) -> Iterator[Transaction]:
    account = _text(statement, "Acct", "Id", "IBAN")
    for entry in _all(statement, "Ntry"):
        status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
        if status != "BOOK" or _text(entry, "CdtDbtInd") != "CRDT":
            continue
        details = list(_all(entry, "NtryDtls", "TxDtls")) or [entry]
        for detail in details:
            yield _transaction(account, entry, detail, len(details) == 1, seen)


def _transaction(
    account: str,
    entry: etree._Element,
    detail: etree._Element,
    is_only: bool,  # noqa: FBT001 - whether the entry's own amount is the detail's
    seen: Counter[str],
) -> Transaction:
    amounts = [*_all(detail, "Amt"), *_all(detail, "AmtDtls", "TxAmt", "Amt")]
    amount = amounts[0] if amounts else next(_all(entry, "Amt"), None)
    if amount is None or (not amounts and not is_only):
        raise StatementError(StatementError.BAD_ENTRY, "a booking without amount")
    booked = _text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")[:10]
    name = _text(detail, "RltdPties", "Dbtr", "Pty", "Nm") or _text(
        detail, "RltdPties", "Dbtr", "Nm"
    )
    texts = [_content(part) for part in _all(detail, "RmtInf", "Ustrd")]
    texts += [_content(part) for part in _all(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")]
    end_to_end = _text(detail, "Refs", "EndToEndId")
    if end_to_end and end_to_end != "NOTPROVIDED":
        texts.append(end_to_end)
    transaction = Transaction(
        account=account,
        reference="",
        booked_on=_day(booked),
        cents=_cents(amount),
        payer_name=name[:NAME_MAX],
        payer_iban=_text(detail, "RltdPties", "DbtrAcct", "Id", "IBAN"),
        text=" ".join(texts)[:TEXT_MAX],
        is_reversal=_text(entry, "RvslInd") == "true",
    )
    return _numbered(transaction, _bank_reference(entry, detail), seen)


def _numbered(transaction: Transaction, bank_reference: str, seen: Counter[str]) -> Transaction:
    """Give a booking the reference by which it is known again in another file.

    The bank's own one where there is one; else a digest of what the booking says. Two that
    are alike in one file are two payments: they are counted.
    """
    own = bank_reference or repr(
        (transaction.booked_on, transaction.cents, transaction.payer_iban, transaction.text)
    )
    digest = hashlib.sha256(f"{transaction.account} {own}".encode()).hexdigest()[:40]
    seen[digest] += 1
    fields = {name: getattr(transaction, name) for name in Transaction.__slots__}
    return Transaction(**{**fields, "reference": f"{digest}-{seen[digest]}"})


def _bank_reference(entry: etree._Element, detail: etree._Element) -> str:
    own = _text(detail, "Refs", "AcctSvcrRef") or _text(entry, "AcctSvcrRef")
    return own if own not in {"", "NONREF"} else ""


def _cents(amount: etree._Element) -> int:
    if amount.get("Ccy") != "EUR":
        raise StatementError(StatementError.BAD_ENTRY, f"an amount in {amount.get('Ccy')}")
    text = _content(amount)
    if not AMOUNT.fullmatch(text):
        raise StatementError(StatementError.BAD_ENTRY, f"an amount like {text[:40]!r}")
    return int(Decimal(text) * 100)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise StatementError(StatementError.BAD_ENTRY, f"a day like {text!r}") from error


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def _all(element: etree._Element, *path: str) -> Iterator[etree._Element]:
    """Yield the elements at a path of names, whatever their namespace."""
    if not path:
        yield element
        return
    for child in element:
        if _local(child) == path[0]:
            yield from _all(child, *path[1:])


def _text(element: etree._Element, *path: str) -> str:
    return next((_content(found) for found in _all(element, *path)), "")


def _content(element: etree._Element) -> str:
    return " ".join((element.text or "").split())
