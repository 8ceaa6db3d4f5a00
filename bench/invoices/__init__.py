"""How many invoices a minute: the real services, beside nothing but WeasyPrint."""
