"""The wire protocol, without IO: what docs/protocol.md says, in Python.

Its twin for the technician's page is sessions/static/sessions/viewer/core/. Both are held
together by tests/vectors. It imports nothing of the rest of the agent, so that the relay
may use it too.
"""
