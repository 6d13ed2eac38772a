"""What a link alone opens: the invitation and its answer, a calendar file, another time, and the check of a device."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from starlette.responses import Response

from api.candidate_visits import HEADERS, Form, Pages, Stopped, Visit, global_id
from graph import calendars
from graph.calendars import Entry, Method, Person
from graph.interviews import NOT_AWAITED
from graph.refusals import Locale
from schema.ids import to_global

HOME = """
query CandidateHome($application: ID!, $locale: Locale!) {
  organization { name nameZh timeZone }
  application(id: $application) {
    noticeAnswerBy noticeTimeZone
    position { title department { name nameZh } }
    interviews(first: 50, orderBy: STARTS_AT_DESC) {
      nodes {
        id mode modeLabel(locale: $locale) startsAt endsAt timeZone graceMinutes joinUrl
        response responseLabel(locale: $locale) responseMessage attendance attendanceLabel(locale: $locale)
        department { name nameZh conduct { absences lateCancellations unanswered } } openSlots { id }
        rescheduleRequests { id state stateLabel(locale: $locale) inTime reason answer owedBy overdueAt }
      }
    }
  }
}
"""
RESPOND = """
mutation CandidateResponds($input: RecordResponseInput!, $locale: Locale!) {
  recordResponse(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""
CALENDAR = """
query CandidateCalendar($interview: ID!, $locale: Locale!) {
  organization { name nameZh }
  interview(id: $interview) {
    icsUid icsSequence startsAt endsAt timeZone mode modeLabel(locale: $locale) response attendance joinUrl
    position { title } department { name nameZh }
  }
}
"""
TIME = """
query CandidateTime($interview: ID!, $locale: Locale!) {
  organization { attendancePolicy { rescheduleNoticeHours } }
  interview(id: $interview) {
    id mode modeLabel(locale: $locale) startsAt endsAt timeZone department { name nameZh }
    openSlots { id startsAt endsAt timeZone } rescheduleRequests { state }
  }
}
"""
ASK_TIME = """
mutation CandidateAsksForAnotherTime($input: RequestRescheduleInput!, $locale: Locale!) {
  requestReschedule(input: $input) {
    __typename ... on RescheduleRequest { state } ... on Refused { code field message(locale: $locale) }
  }
}
"""
CHECK = """
mutation CandidateChecks($input: RecordTelemetryInput!, $locale: Locale!) {
  recordTelemetry(input: $input) { __typename ... on Refused { code field message(locale: $locale) } }
}
"""


NONE_SUITS = "NONE_SUITS"
"""What the form says where no time that is open suits."""


async def home(visit: Visit) -> Response:
    """The invitation, what was answered, and what may be done."""
    id = to_global("Application", visit.link.application)
    data = await visit.ask(HOME, application=id, locale=visit.locale.value)
    interviews = data["application"]["interviews"]["nodes"]
    ahead = [each for each in interviews if each["attendance"] == "PENDING" and _until(each) > visit.now]
    owed = [each for each in interviews if _is_owed(each)]
    past = [each for each in interviews if each not in ahead and each not in owed]
    begun = {each["id"] for each in ahead if _missed_at(each) <= visit.now}
    return visit.show("home.html", data=data, ahead=ahead[::-1], owed=owed, past=past, begun=begun)


def _is_owed(interview: Mapping[str, Any]) -> bool:
    """Whether HR owes another time in its place."""
    return any(asked["state"] == "OWED" for asked in interview["rescheduleRequests"])


def _interview(visit: Visit) -> str:
    """Which interview a page is about: that of its address, or of the form that is shown again."""
    return visit.form.get("interview") or visit.request.query_params.get("interview", "")


def _until(interview: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(interview["endsAt"])


def _missed_at(interview: Mapping[str, Any]) -> datetime:
    """From when on it can be declined no more."""
    return datetime.fromisoformat(interview["endsAt" if interview["mode"] == "AI_ASYNC" else "startsAt"])


async def answer(visit: Visit) -> Response:
    response = visit.form.get("response", "")
    if response not in ("ACCEPTED", "DECLINED"):
        return await visit.again(ANSWER, "response")
    given = {"interview": global_id(visit, "interview", "Interview"), "response": response}
    return await visit.settle(await visit.do(RESPOND, **given, message=visit.form.get("message")), ANSWER, "", response)


async def calendar(visit: Visit) -> Response:
    """The interview as a calendar takes it; of the person it tells nothing, as the link alone is enough for it."""
    id = to_global("Interview", visit.request.path_params["interview"].removesuffix(".ics"))
    data = await visit.ask(CALENDAR, interview=id, locale=visit.locale.value)
    found, zh = data["interview"], visit.locale is Locale.ZH_CN
    if found is None:
        raise Stopped(404, "not_there")
    employer, department = (each["nameZh"] if zh and each["nameZh"] else each["name"] for each in _held(data))
    gone = found["attendance"] in NOT_AWAITED
    method = Method.CANCEL if gone else Method.PUBLISH
    entry = Entry(
        uid=found["icsUid"],
        sequence=found["icsSequence"],
        stamp=visit.now,
        starts_at=datetime.fromisoformat(found["startsAt"]),
        ends_at=datetime.fromisoformat(found["endsAt"]),
        time_zone=found["timeZone"],
        title=f"{found['modeLabel']} · {employer}",
        text=f"{found['position']['title']} · {department}",
        url=found["joinUrl"],
        organizer=Person(employer, None),
        attendee=Person("", None),
        response=found["response"],
        alarm_at_end=found["mode"] == "AI_ASYNC",
    )
    media = f"text/calendar; charset=utf-8; method={method.value}"
    attached = {"Content-Disposition": 'attachment; filename="interview.ics"'}
    return Response(calendars.calendar(entry, method), 200, HEADERS | attached, media)


def _held(data: Mapping[str, Any]) -> tuple[Any, Any]:
    return data["organization"], data["interview"]["department"]


async def time(visit: Visit) -> Response:
    """The times that may be chosen instead, and the form that asks for one of them, or for any other."""
    data = await visit.ask(TIME, interview=_interview(visit), locale=visit.locale.value)
    if data["interview"] is None:
        raise Stopped(404, "not_there")
    asked, policy = data["interview"], data["organization"]["attendancePolicy"]
    late = _missed_at(asked) - visit.now < timedelta(hours=policy["rescheduleNoticeHours"])
    return visit.show("time.html", each=asked, owed=_is_owed(asked), late=late)


async def ask_time(visit: Visit) -> Response:
    given = {"interview": global_id(visit, "interview", "Interview"), "reason": visit.form.get("reason", "").strip()}
    if not given["reason"]:
        return await visit.again(ANOTHER_TIME, "reason")
    chosen = visit.form.get("slot", "")
    slot = global_id(visit, "slot", "Slot") if chosen not in ("", NONE_SUITS) else None
    outcome = await visit.do(ASK_TIME, **given, slot=slot, noneSuits=chosen == NONE_SUITS)
    said = "TIME_GIVEN" if outcome.get("state") == "GRANTED" else "TIME_ASKED"
    return await visit.settle(outcome, ANOTHER_TIME, "", said)


async def check(visit: Visit) -> Response:
    """The device is tried by a script where there is one; without it the candidate says what came of it."""
    return visit.show("check.html", interview=_interview(visit))


async def keep_check(visit: Visit) -> Response:
    result = visit.form.get("result", "")
    if result not in ("PASSED", "FAILED"):
        return await visit.again(DEVICE, "result")
    given = {"interview": global_id(visit, "interview", "Interview"), "occurredAt": visit.now.isoformat()}
    seen = {"kind": f"DEVICE_CHECK_{result}", "source": "urn:turnout:candidate", "key": str(uuid4())}
    return await visit.settle(await visit.do(CHECK, **given, **seen), DEVICE, "", "CHECK_KEPT")


ANSWER = Form("answer", home, ("message", "response"), "interview")
ANOTHER_TIME = Form("time", time, ("slot", "reason"), "interview")
DEVICE = Form("check", check, ("result",), "interview")
PAGES = Pages(
    shown={"": home, "calendar/{interview}": calendar, "time": time, "check": check},
    acts={"answer": answer, "time": ask_time, "check": keep_check},
    tabs=(("", "interview"),),
)
