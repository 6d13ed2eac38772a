"""What a candidate sees of the graph: by the link one application, with the code the whole of its own record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from graph.statements import Statement
from graph.visibility import Claim
from tests.conftest import NOW, Ask, Company, gid, uid


@dataclass(frozen=True, slots=True)
class Told:
    to: str


TOLD = Statement(
    "tests.told",
    "MATCH (message:Message {subject: $subject, template: 'RESPONSE_RECEIVED'})-[:TO]->(to) RETURN to.id AS to",
    row=Told,
)

RECORD = """
query Record($application: ID!, $candidate: ID!) {
  application(id: $application) {
    id position { title urgency } candidate { id displayName email }
    interviews { nodes { id department { name code } finding { id state reason decidedBy { id organizationRole } } } }
  }
  candidate(id: $candidate) { id displayName findings { nodes { id } } applications { totalCount nodes { id } } }
}
"""


@pytest.fixture
async def mine(ask: Ask, company: Company) -> tuple[Claim, str, str]:
    """A claim to the first of a person's two applications, to which an interview was missed; and the finding."""
    person = company.person()
    company.at(days=60)
    first = await company.application("marketing", person)
    finding = await company.hr.no_show(first)
    company.at(days=1)
    await company.application("technology", person)
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", first))
    return Claim(uid(found["application"]["candidate"]["id"]), first), first, finding


async def test_a_link_opens_one_application_and_nothing_of_the_person(ask: Ask, mine: tuple[Claim, str, str]) -> None:
    claim, application, _ = mine
    candidate = gid("Candidate", claim.candidate)
    seen = await ask(RECORD, claim, application=gid("Application", application), candidate=candidate)
    assert seen["application"]["position"] == {"title": "Manager of marketing", "urgency": None}
    assert seen["application"]["candidate"] == {"id": candidate, "displayName": None, "email": None}
    (interview,) = seen["application"]["interviews"]["nodes"]
    assert interview["finding"] is None
    assert interview["department"] == {"name": "Marketing", "code": None}
    assert seen["candidate"]["findings"]["nodes"] == []
    assert seen["candidate"]["applications"] == {"totalCount": 1, "nodes": [{"id": gid("Application", application)}]}


async def test_a_code_opens_the_whole_record(ask: Ask, mine: tuple[Claim, str, str]) -> None:
    claim, application, finding = mine
    verified = Claim(claim.candidate, application, verified=True)
    candidate = gid("Candidate", claim.candidate)
    seen = await ask(RECORD, verified, application=gid("Application", application), candidate=candidate)
    assert seen["application"]["candidate"]["displayName"] == "王芳"
    assert seen["application"]["candidate"]["email"].endswith("@example.com")
    (interview,) = seen["application"]["interviews"]["nodes"]
    assert interview["finding"]["id"] == gid("Finding", finding)
    assert interview["finding"]["state"] == "FINAL"
    assert interview["finding"]["decidedBy"]["organizationRole"] is None
    assert seen["candidate"]["applications"]["totalCount"] == 2


async def test_another_person_is_not_there(ask: Ask, company: Company, mine: tuple[Claim, str, str]) -> None:
    claim, application, finding = mine
    stranger = await company.application("marketing", company.person("李雷"))
    found = await ask(
        "query Other($id: ID!) { application(id: $id) { candidate { id } } }",
        "hr@" + company.tag,
        id=gid("Application", stranger),
    )
    other = Claim(uid(found["application"]["candidate"]["id"]), stranger, verified=True)
    seen = await ask(
        RECORD, other, application=gid("Application", application), candidate=gid("Candidate", claim.candidate)
    )
    assert seen == {"application": None, "candidate": None}
    assert (await ask("query F($id: ID!) { node(id: $id) { id } }", other, id=gid("Finding", finding)))["node"] is None


async def test_a_claim_to_what_was_never_filed_is_nobody(
    ask: Ask, company: Company, mine: tuple[Claim, str, str]
) -> None:
    claim, _, _ = mine
    stranger = await company.application("marketing", company.person("李雷"))
    answer = await ask.whole("{ organization { id } }", Claim(claim.candidate, stranger, verified=True))
    assert [error["extensions"]["code"] for error in answer.errors] == ["UNAUTHENTICATED"]


async def test_no_mutation_of_staff_is_open_to_a_candidate(ask: Ask, mine: tuple[Claim, str, str]) -> None:
    claim, application, finding = mine
    verified = Claim(claim.candidate, application, verified=True)
    refused = await ask.do("voidNoShow", verified, finding=gid("Finding", finding), reason="mine")
    assert refused["code"] == "NOT_ALLOWED"
    refused = await ask.do("withdrawApplication", verified, application=gid("Application", application))
    assert refused["code"] == "NOT_ALLOWED"


async def test_a_candidate_answers_a_suspicion(ask: Ask, company: Company) -> None:
    company.at(days=9)
    application = await company.application("marketing", company.person())
    interview = await company.hr.missed(application)
    suspected = await ask.do("reportNoShow", company.user("marketing"), interview=gid("Interview", interview))
    query = "query Whose($id: ID!) { application(id: $id) { candidate { id } } }"
    found = await ask(query, company.user("hr"), id=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application)
    answer = {"finding": suspected["id"], "channel": "MESSAGE", "text": "The link did not open."}
    assert (await ask.do("recordStatement", claim, **answer))["code"] == "NOT_VERIFIED"
    verified = Claim(claim.candidate, application, verified=True)
    said = await ask.do("recordStatement", verified, "statement basedOn { type }", **answer)
    assert said["statement"] == "The link did not open."
    event = await ask(
        "query Last($id: ID!) { interview(id: $id) { events(last: 1) { nodes { type actorKind actor { id } } } } }",
        company.user("marketing"),
        id=gid("Interview", interview),
    )
    assert event["interview"]["events"]["nodes"] == [
        {"type": "STATEMENT_RECORDED", "actorKind": "CANDIDATE", "actor": None}
    ]


INVITED = """
query Invited($application: ID!) {
  application(id: $application) { candidate { id } interviews { nodes { id response responseMessage joinUrl } } }
}
"""


async def test_a_candidate_answers_an_invitation_by_the_link_alone(ask: Ask, company: Company) -> None:
    company.at(days=1)
    person = company.person()
    application, other = await company.application("marketing", person), await company.application("technology", person)
    interviews = [
        gid("Interview", await company.hr.interview(each, starts_at=NOW + timedelta(days=3)))
        for each in (application, other)
    ]
    found = await ask(INVITED, company.user("hr"), application=gid("Application", application))
    claim = Claim(uid(found["application"]["candidate"]["id"]), application)
    answer = {"response": "DECLINED", "message": " I found another job. "}
    assert (await ask.do("recordResponse", claim, interview=interviews[1], **answer))["code"] == "NOT_FOUND"
    said = await ask.do("recordResponse", claim, "response responseMessage", interview=interviews[0], **answer)
    assert (said["response"], said["responseMessage"]) == ("DECLINED", "I found another job.")
    seen = {}
    for viewer in ("marketing", "integrator"):
        query = "query I($id: ID!) { interview(id: $id) { response responseMessage } }"
        seen[viewer] = (await ask(query, company.user(viewer), id=interviews[0]))["interview"]
    assert seen["marketing"] == {"response": "DECLINED", "responseMessage": "I found another job."}
    assert seen["integrator"] == {"response": "DECLINED", "responseMessage": None}
    told = await ask.graph.client.read(TOLD, subject=uid(interviews[0]))
    assert [message.to for message in told] == [company.departments["marketing"]]
    long = await ask.do("recordResponse", claim, interview=interviews[0], response="ACCEPTED", message="x" * 2001)
    assert (long["code"], long["field"]) == ("INVALID_VALUE", "message")
    ask.now += timedelta(days=4)
    late = await ask.do("recordResponse", claim, interview=interviews[0], response="ACCEPTED")
    assert late["code"] == "INTERVIEW_OVER"
