"""Account statements: CAMT.053 (ISO 20022), as every German bank offers them for download.

Read are the versions 001.02 and 001.08, which differ in where names stand. Only what was
booked and came in is of interest here, and what takes such a booking back. The file comes
from outside: entities are not resolved, nothing is fetched, and what is not well-formed is
refused as a whole.
"""

import datetime as dt
import hashlib
import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from lxml import etree

# Ten thousand bookings with long texts.
MAX_BYTES = 32 * 2**20
EURO = "EUR"
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
    OTHER_ACCOUNT = "other-account"

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money that came in. `reference` is unique: the same booking in two files has the same."""

    account: str
    reference: str
    booked_on: dt.date
    cents: int
    payer_name: str
    payer_iban: str
    text: str


class Reason(Enum):
    """Why a booking is no payment of a customer."""

    FOREIGN = "foreign"  # not in euros
    RETURNED = "returned"  # an earlier payment went back to the customer
    REVERSED = "reversed"  # one of the shop's own debits came back
    ELSEWHERE = "elsewhere"  # on an account that is not the shop's


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A booking that a person should hear of; `amount` with its currency, as the file has it."""

    reason: Reason
    booked_on: dt.date
    amount: str
    name: str


@dataclass(frozen=True, slots=True)
class Statement:
    """What a file holds: whose accounts, what came in, and what is worth a word besides."""

    accounts: frozenset[str]
    transactions: list[Transaction]
    left_out: list[LeftOut]

    def of_account(self, account: str) -> "Statement":
        """Return what is on one account; what came in elsewhere is left out."""
        others = [each for each in self.transactions if each.account not in {account, ""}]
        elsewhere = [
            LeftOut(
                Reason.ELSEWHERE,
                each.booked_on,
                f"{each.cents // 100}.{each.cents % 100:02d} {EURO}",
                each.payer_name,
            )
            for each in others
        ]
        own = [each for each in self.transactions if each.account in {account, ""}]
        return Statement(self.accounts, own, self.left_out + elsewhere)


def read_statement(content: bytes) -> Statement:
    """Return the incoming bookings of all statements in a file, in their order.

    Raises StatementError, and then nothing of the file counts.
    """
    if len(content) > MAX_BYTES:
        raise StatementError(StatementError.TOO_LARGE)
    reader = _Reader()
    try:
        reader.read(content)
    except etree.XMLSyntaxError as error:
        # What is no XML from its first element on is another kind of file, or a broken one.
        raise StatementError(StatementError.NOT_XML, str(error)) from error
    if not reader.is_camt:
        raise StatementError(StatementError.NOT_CAMT)
    return Statement(frozenset(reader.accounts), reader.transactions, reader.left_out)


class _Reader:
    """Takes a file apart entry by entry, so that a long one needs little memory."""

    def __init__(self) -> None:
        self.is_camt = False
        self.accounts: set[str] = set()
        self.transactions: list[Transaction] = []
        self.left_out: list[LeftOut] = []
        self._account = ""
        self._seen: Counter[str] = Counter()

    def read(self, content: bytes) -> None:
        """Read it all. Raises StatementError and lxml's XMLSyntaxError."""
        elements = etree.iterparse(
            io.BytesIO(content),
            events=("end",),
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
        )
        for _event, element in elements:
            parent = element.getparent()
            name = _local(element)
            if parent is None:
                continue
            if name == "BkToCstmrStmt":
                self.is_camt = _local(parent) == "Document" and parent.getparent() is None
            elif _local(parent) == "Stmt" and name == "Acct":
                self._account = _text(element, "Id", "IBAN")
                if self._account:
                    self.accounts.add(self._account)
            elif _local(parent) == "Stmt" and name == "Ntry":
                self._entry(element)
                element.clear()
                while element.getprevious() is not None:
                    del parent[0]

    def _entry(self, entry: etree._Element) -> None:
        status = _text(entry, "Sts", "Cd") or _text(entry, "Sts")
        if status != "BOOK":
            return
        came_in = _text(entry, "CdtDbtInd") == "CRDT"
        takes_back = _text(entry, "RvslInd") in {"true", "1"}
        if takes_back:
            self._leave_out(Reason.REVERSED if came_in else Reason.RETURNED, entry, entry)
        elif came_in and _amount(entry).get("Ccy") != EURO:
            self._leave_out(Reason.FOREIGN, entry, entry)
        elif came_in:
            self._payments(entry)

    def _payments(self, entry: etree._Element) -> None:
        """Take the payments of an entry: those that it lists, or the entry as one."""
        details = list(_all(entry, "NtryDtls", "TxDtls"))
        amounts = [_own_amount(detail) for detail in details]
        known = [amount for amount in amounts if amount is not None]
        total = _cents(_amount(entry))
        # A list that does not say each amount in euros, or says less than came in, would lose
        # money: then the entry counts as it was booked.
        is_whole = len(known) == len(details) > 1 and sum(map(_cents, known)) >= total
        if not is_whole:
            self._take(entry, details or [entry], total)
            return
        for detail, amount in zip(details, known, strict=True):
            if _text(detail, "CdtDbtInd") == "DBIT":
                self._leave_out(Reason.RETURNED, entry, detail)
            else:
                self._take(entry, [detail], _cents(amount))

    def _take(self, entry: etree._Element, details: list[etree._Element], cents: int) -> None:
        if not cents:
            return
        texts = [text for detail in details for text in _texts(detail)]
        only = details[0] if len(details) == 1 else None
        transaction = Transaction(
            account=self._account,
            reference="",
            booked_on=_booked_on(entry),
            cents=cents,
            payer_name=_payer(only)[:NAME_MAX] if only is not None else "",
            payer_iban=_text(only, "RltdPties", "DbtrAcct", "Id", "IBAN")
            if only is not None
            else "",
            text=" ".join(texts)[:TEXT_MAX],
        )
        reference = _bank_reference(entry, only if only is not None else entry)
        self.transactions.append(_numbered(transaction, reference, self._seen))

    def _leave_out(self, reason: Reason, entry: etree._Element, detail: etree._Element) -> None:
        own = _own_amount(detail) if detail is not entry else None
        amount = own if own is not None else _amount(entry)
        only = next(_all(detail, "NtryDtls", "TxDtls"), detail)
        said = f"{_content(amount)} {amount.get('Ccy', '')}".strip()
        name = _payer(only) or _text(only, "RltdPties", "Cdtr", "Nm")
        self.left_out.append(LeftOut(reason, _booked_on(entry), said[:40], name[:NAME_MAX]))


def _amount(entry: etree._Element) -> etree._Element:
    """Return an entry's amount. Raises StatementError where it has none."""
    found = next(_all(entry, "Amt"), None)
    if found is None:
        raise StatementError(StatementError.BAD_ENTRY, "a booking without amount")
    return found


def _own_amount(detail: etree._Element) -> etree._Element | None:
    """Return what one of several payments of an entry says it is worth in euros, or None."""
    found = [*_all(detail, "Amt"), *_all(detail, "AmtDtls", "TxAmt", "Amt")]
    return next((amount for amount in found if amount.get("Ccy") == EURO), None)


def _booked_on(entry: etree._Element) -> dt.date:
    return _day(_text(entry, "BookgDt", "Dt") or _text(entry, "BookgDt", "DtTm")[:10])


def _payer(detail: etree._Element) -> str:
    name = _text(detail, "RltdPties", "Dbtr", "Pty", "Nm")
    return name or _text(detail, "RltdPties", "Dbtr", "Nm")


def _texts(detail: etree._Element) -> list[str]:
    texts = [_content(part) for part in _all(detail, "RmtInf", "Ustrd")]
    texts += [_content(part) for part in _all(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")]
    end_to_end = _text(detail, "Refs", "EndToEndId")
    if end_to_end and end_to_end != "NOTPROVIDED":
        texts.append(end_to_end)
    return texts


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
