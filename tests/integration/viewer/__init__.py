"""The technician's page in a real browser, before a scripted agent and the real relay."""
