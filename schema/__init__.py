"""The language clients speak: thin GraphQL types, and the execution that answers them."""
