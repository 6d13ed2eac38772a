"""How a graph is first filled: makers, the demo company, and the importer."""
