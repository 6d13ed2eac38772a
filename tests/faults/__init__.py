"""Faults on purpose: what is promised holds while connections are cut, processes die and callers are hostile."""
