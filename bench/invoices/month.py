"""A month of invoices by the portal's services, in turn with nothing but WeasyPrint.

Ours: draft, XML, schema and rules, number, rows, PDF, archive with fsync. Beside it as many
processes render the same HTML again, tags included, and throw it away: that is the limit.
Both take turns of a hundred documents, so that both see the same machine; the bare loop, whose
figure is steady, takes every fifth.
"""

import sys
from typing import Final

from bench.invoices.pool import Spent, Workers

TURN: Final = 100
BARE_EVERY: Final = 5


def make_invoice(item_id: int) -> None:
    """Make one customer's invoice."""
    from invoices.services import invoice_run_item_process  # noqa: PLC0415 - after set-up

    invoice_run_item_process(item_id=item_id)


def render_bare(html: str) -> None:
    """Render one document and throw it away."""
    import weasyprint  # noqa: PLC0415 - after set-up

    from invoices.documents import pdf  # noqa: PLC0415 - after set-up

    fonts, css = pdf.typography()
    weasyprint.HTML(string=html).write_pdf(
        stylesheets=[css], font_config=fonts, pdf_variant=pdf.VARIANT, pdf_tags=True
    )


def tell(spent: Spent, total: int) -> None:
    """Print how far it is: a month takes minutes."""
    memory = ", ".join(str(sizes[-1]) for sizes in spent.memory.values())
    text = f"{spent.count} of {total}: {spent.per_minute} a minute, {spent.cpu_ms} ms, {memory} MB"
    print(text, file=sys.stderr, flush=True)


def invoice_month(month: str, customers: int, sessions: int, processes: int) -> tuple[Spent, Spent]:
    """Make a month of demo customers and invoice it; return what ours and the bare loop spent.

    Stops the benchmark where the archive is not whole afterwards.
    """
    from django.core.management import call_command  # noqa: PLC0415 - after set-up
    from django.db import connections  # noqa: PLC0415 - after set-up

    from invoices import services  # noqa: PLC0415 - after set-up
    from invoices.documents import pdf  # noqa: PLC0415 - after set-up
    from invoices.domain.period import Month  # noqa: PLC0415 - after set-up
    from invoices.models import Invoice  # noqa: PLC0415 - after set-up

    period = Month.parse(month)
    call_command("demo_data", month=period, customers=customers, sessions=sessions, verbosity=0)
    items = services.invoice_run_start(run=services.invoice_run_create(month=period), by=None)
    pdf.warm_up()
    connections.close_all()  # a connection must not be shared with a fork
    with Workers(processes, make_invoice) as ours, Workers(processes, render_bare) as bare:
        for start in range(0, len(items), TURN):
            turn = items[start : start + TURN]
            ours.do(turn)
            if start % (TURN * BARE_EVERY) == 0:
                made = Invoice.objects.filter(run_items__in=turn).order_by("pk")
                bare.do([pdf.invoice_html(invoice) for invoice in made])
            tell(ours.spent, len(items))
    return ours.spent, bare.spent
