"""Prices as the agent's window shows them."""

from agent.protocol import messages
from company.domain.tariff import Terms


def said(terms: Terms) -> messages.Terms:
    """Return the terms as they go over the wire: gross prices only."""
    return messages.Terms(
        terms.block_seconds,
        terms.first_block_cents,
        terms.further_block_cents,
        terms.vat_percent,
        terms.minimum_blocks,
    )
