"""Suites that others wrote, run against a served Turnout by `make conformance`."""
