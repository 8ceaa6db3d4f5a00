"""What an invoice looks like on paper."""
