"""The shop itself: company data, tariffs and the audit log."""
