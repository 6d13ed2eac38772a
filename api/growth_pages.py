"""The candidate's page about what is known of them: each line, how it heals and when it fades; courses; and the short
self-assessment, which stays theirs unless they share it."""

from __future__ import annotations

from starlette.responses import Response

from api.candidate_visits import Form, Pages, Visit
from graph.questionnaire import STATEMENTS
from graph.refusals import Locale

GROWTH = """
query CandidateGrowth($locale: Locale!) {
  organization { name nameZh timeZone }
  myRecord {
    score {
      status points bandLabel(locale: $locale) validUntil text(locale: $locale) advice(locale: $locale)
      factors {
        dimensionLabel(locale: $locale) points text(locale: $locale) evidence { fadesOn text(locale: $locale) }
      }
      counterfactuals { text(locale: $locale) }
    }
    labels { nameLabel(locale: $locale) expiresOn text(locale: $locale) grounds { expiresOn text(locale: $locale) } }
    profile {
      dimensions {
        dimensionLabel(locale: $locale) text(locale: $locale) evidence { weight fadesOn text(locale: $locale) }
      }
    }
    courseSuggestions { dimensionLabel(locale: $locale) title(locale: $locale) url text(locale: $locale) }
    selfAssessment {
      takenAt sharedAt
      results { dimensionLabel(locale: $locale) value leaningLabel(locale: $locale) text(locale: $locale) }
    }
  }
}
"""
TAKE = """
mutation CandidateTakesSelfAssessment($input: TakeSelfAssessmentInput!, $locale: Locale!) {
  takeSelfAssessment(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""
SHARE = """
mutation CandidateSharesSelfAssessment($input: ShareSelfAssessmentInput!, $locale: Locale!) {
  shareSelfAssessment(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""


async def growth(visit: Visit) -> Response:
    """Profile and score as recruiters see them, with what heals each line, and what is the candidate's alone."""
    if not visit.is_verified:
        return visit.go("code?to=growth")
    data = await visit.ask(GROWTH, locale=visit.locale.value)
    return visit.show("growth.html", data=data, person=data["myRecord"])


async def assess(visit: Visit) -> Response:
    """The statements, each to be agreed with or not."""
    if not visit.is_verified:
        return visit.go("code?to=growth")
    place = 0 if visit.locale is Locale.ZH_CN else 1
    return visit.show("assess.html", statements=[each.text[place] for each in STATEMENTS])


async def take(visit: Visit) -> Response:
    given = {f"s{number}": visit.form.get(f"s{number}", "") for number in range(len(STATEMENTS))}
    for name, answer in given.items():
        if answer not in ("1", "2", "3", "4", "5"):
            return await visit.again(ANSWERS, name)
    outcome = await visit.do(TAKE, answers=[int(answer) for answer in given.values()])
    return visit.go("growth", outcome["code"] or "SELF_TAKEN")


async def share(visit: Visit) -> Response:
    shared = visit.form.get("shared") == "true"
    return visit.go("growth", (await visit.do(SHARE, shared=shared))["code"] or ("SHARED" if shared else "HIDDEN"))


ANSWERS = Form("assess", assess, ())
PAGES = Pages(
    shown={"growth": growth, "assess": assess},
    acts={"assess": take, "assess/share": share},
    tabs=(("growth", "growth"),),
)
