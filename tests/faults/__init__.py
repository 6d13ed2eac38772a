"""What may go wrong, made to go wrong: promises with a figure each, asked for by name."""
