"""Every committed file that is made of the code; `make pages` writes them all, and test_papers.py compares each."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from graphql import print_schema

from graph import causes_page, costs_page, credit, credit_page, lifecycle_page, questionnaire_page
from graph.costs import DEFAULTS as COSTS
from schema.exports import record_schema
from schema.root import core_schema
from tests.faults import keeping

ROOT = Path(__file__).parents[2]
PAGES: dict[str, Callable[[], str]] = {
    "schema/schema.graphql": lambda: print_schema(core_schema()) + "\n",
    "docs/causes.md": causes_page.page,
    "docs/costs.md": lambda: costs_page.page(COSTS),
    "docs/credit.md": lambda: credit_page.page(credit.DEFAULTS),
    "docs/faults.md": keeping.page,
    "docs/lifecycle.md": lifecycle_page.page,
    "docs/record.schema.json": lambda: json.dumps(record_schema(core_schema()), indent=2, ensure_ascii=False) + "\n",
    "docs/self-assessment.md": questionnaire_page.page,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (ROOT / name).write_text(page())
