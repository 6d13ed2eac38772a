"""Candidates' pages in a real browser: `make browser`."""
