"""Support sessions: relay, ledger, viewer and agent download."""
