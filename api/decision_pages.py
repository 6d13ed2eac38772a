"""The candidate's page about decisions: what was decided, by whom and why, a copy of what was on the screen, and what
may be done before it takes effect."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response

from api.candidate_visits import Pages, Visit

DECISIONS = """
query CandidateDecisions($locale: Locale!) {
  organization { name nameZh timeZone }
  myRecord {
    applications(first: 20) {
      nodes {
        position { title department { name nameZh } }
        decisions {
          id verdictLabel(locale: $locale) verdict state stateLabel(locale: $locale) reason decidedAt effectiveAt
          decidedBy { externalId displayName } seen seenHash seenUntil
          considered { id occurredAt state stateLabel(locale: $locale) department { name nameZh } }
        }
      }
    }
  }
}
"""


async def decisions(visit: Visit) -> Response:
    """Rejections that are announced first, as there is time to answer them; then the newest."""
    if not visit.is_verified:
        return visit.go("code?to=decisions")
    data = await visit.ask(DECISIONS, locale=visit.locale.value)
    found = [
        {
            **decision,
            "position": application["position"],
            "screen": (screen := _read(decision["seen"])),
            "written": _written(screen),
        }
        for application in data["myRecord"]["applications"]["nodes"]
        for decision in application["decisions"]
    ]
    found.sort(key=lambda each: (each["state"] == "ANNOUNCED", each["decidedAt"]), reverse=True)
    return visit.show("decisions.html", data=data, decisions=found)


def _read(seen: str | None) -> dict[str, Any] | None:
    """What was on the screen, if it is what our own screens hold."""
    screen: Any = json.loads(seen) if seen else None
    return screen if isinstance(screen, dict) and screen.get("application") else None


def _written(screen: dict[str, Any] | None) -> str:
    """The same as people read JSON: a line each, and letters as letters."""
    return json.dumps(screen, ensure_ascii=False, indent=2)


PAGES = Pages(shown={"decisions": decisions}, tabs=(("decisions", "decisions"),))
