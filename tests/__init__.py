"""Promises, rules of the house, faults and benchmarks."""
