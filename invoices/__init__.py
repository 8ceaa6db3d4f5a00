"""From ended sessions to archived invoices."""
