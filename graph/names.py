"""Names: how what people and employers are called is compared."""

from __future__ import annotations

import unicodedata


def normalised_name(name: str) -> str:
    """How names are compared and searched: compatibility forms folded, case folded, spaces single."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
