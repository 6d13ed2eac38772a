"""Rules of the house, each a test with its reason."""
