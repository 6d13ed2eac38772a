"""The page that tells how costs are reckoned, made of the rates themselves: docs/costs.md."""

from __future__ import annotations

from graph.costs import AI_SHARE, Range, Rates, loss
from graph.interviews import Mode


def _range(of: Range) -> str:
    return f"{of.low:,.10g} to {of.high:,.10g}"


def page(rates: Rates) -> str:
    """The defaults, whence each comes, and what becomes of the source's two cases with them."""
    case, month = loss(rates, {Mode.AI_ASYNC: 20}), loss(rates, {Mode.AI_ASYNC: 100})
    each = loss(rates, {Mode.AI_ASYNC: 1})
    resume = rates.minutes.times(rates.recruiter_hour / 60)
    return f"""# What a missed interview costs

Made of the code by `make pages`. The figures are a vendor's claims, taken as defaults to be configured: `setCosts`
puts an Organization's own in force, as a new version, and every answer names the version that it was reckoned with.

| default | value | whence |
|---|---|---|
| CVs drawn again for a missed interview | {_range(rates.resumes)} | the case: 15 to 20 for 20 missed |
| working days until a place is filled again | {_range(rates.days)} | the case; places are filled side by side |
| an AI interview | {rates.currency} {rates.ai_live:,.10g} | {AI_SHARE:.0%} of one on site is the case's; the sum ours |
| an interview on site | {rates.currency} {rates.onsite:,.10g} | ours |
| an interview by video | {rates.currency} {rates.video:,.10g} | ours: it takes an interviewer as long as one on site |
| an hour of a recruiter | {rates.currency} {rates.recruiter_hour:,.10g} | ours |
| minutes for each CV | {_range(rates.minutes)} | what is left of the case's monthly sum, see below |

The source's two cases, with these:

| case | the source | reckoned |
|---|---|---|
| 100 invited to AI interviews, 20 missed: CVs drawn again | 15 to 20 | {_range(case.resumes)} |
| the same: working days | 3 to 5 | {_range(case.days)} |
| 1,000 AI interviews a month, 10 % missed: CNY | 5,000 to 8,000 | {_range(month.total)} |

The monthly sum gives {_range(each.total)} for one missed interview. The interview itself is
{rates.ai_async:,.10g} of that; the rest is {_range(each.recruiting)} for {_range(each.resumes)} CVs, so that one CV is
{_range(resume)}. The source splits its sum nowhere: any other split that adds up to it would reproduce it as well.

## Formulas

- missed: invitations that were accepted, for interviews that were then not attended
- hours = missed × CVs × minutes / 60
- total = sum over modes of missed × price of one + hours × price of an hour; least with least, most with most
- extra days: the median of days from a position's opening to its first hire, of positions with a no-show before it
  (FINAL, the candidate's own, neither disputed nor restricted, and not expired by then), less the median of the others,
  among which are those where the platform or the employer was at fault; one closed without a hire was not filled. One
  that expires later still counts for a position that was filled before; retention erases findings, so that a period of
  long ago may be told with fewer of them. Measured, never reckoned
- return: avoided = (rate before - rate after) × interviews after; hours and money as for so many, in the mix of modes
  that were missed before, or after where more were missed then. The interval of the difference of the rates is
  Newcombe's
- deadlines: of a finding, about an interview or a résumé, its `decideBy`, and `disputeDueAt` of its dispute, as the
  rules in force then promised them; `dueAt` of a request about one's rights; `owedBy` of another time that is owed to a
  candidate. Each belongs to the period in which it began, and is kept where somebody did it before then; what the
  system ended because it fell due was not
- rates have Wilson's interval of 95 % (`graph/intervals.py` names the papers)
"""
