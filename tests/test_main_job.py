"""The main job: a no-show recorded by one department surfaces where a sibling is about to decide."""

from __future__ import annotations

from tests.conftest import Ask, Company, gid

INBOX = """
query Inbox($id: ID!) {
  application(id: $id) {
    candidate { displayName }
    reminders {
      kind
      message
      english: message(locale: EN)
      occurredAt
      relation
      similarPosition
      department { code name }
      noShow { position { title } reason state }
    }
  }
}
"""


async def missed_then_applied(company: Company) -> str:
    person = company.person()
    await company.at(days=103).no_show(await company.application("marketing", person), reason="private")
    company.at(days=1)
    return await company.application("technology", person)


async def test_a_sibling_is_reminded_of_the_no_show(ask: Ask, company: Company) -> None:
    application = gid("Application", await missed_then_applied(company))
    answer = await ask.whole(INBOX, company.user("technology"), id=application)
    reminder = answer.data["application"]["reminders"][0]
    assert reminder["message"] == "该候选人曾在2026年8月爽约市场部AI面试"
    assert reminder["english"] == "This candidate missed an AI interview with Marketing in August 2026"
    assert reminder["kind"] == "SIBLING_DEPARTMENT"
    assert reminder["relation"] == "SIBLING"
    assert reminder["department"] == {"code": "MARKETING", "name": "Marketing"}
    assert reminder["noShow"] == {"position": {"title": "Manager of marketing"}, "reason": None, "state": None}
    assert answer.statements == ["viewer", "application"]


async def test_the_application_is_absent_elsewhere(ask: Ask, company: Company) -> None:
    application = gid("Application", await missed_then_applied(company))
    for name in ("marketing", "subsidiary"):
        answer = await ask.whole(INBOX, company.user(name), id=application)
        assert answer.data == {"application": None}
        assert answer.statements == ["viewer", "application"]


async def test_the_reminder_comes_with_the_submission(ask: Ask, company: Company) -> None:
    person = company.person()
    await company.at(days=103).no_show(await company.application("marketing", person))
    made = await ask.do(
        "submitApplication",
        company.user("technology"),
        "reminders { kind department { code } }",
        position=gid("Position", company.positions["technology"]),
        candidate={"displayName": person.display_name, "email": person.email},
    )
    kinds = {(item["kind"], item["department"]["code"]) for item in made["reminders"]}
    assert kinds == {("SIBLING_DEPARTMENT", "MARKETING"), ("REPEAT_APPLICATION", "MARKETING")}


async def test_a_voided_finding_leaves_no_reminder(ask: Ask, company: Company) -> None:
    person = company.person()
    finding = await company.at(days=103).no_show(await company.application("marketing", person))
    company.at(days=1)
    application = gid("Application", await company.application("technology", person))
    assert len((await ask(INBOX, company.user("technology"), id=application))["application"]["reminders"]) == 2
    voided = await ask.do(
        "voidNoShow", company.user("marketing"), "state", finding=gid("Finding", finding), reason="mistaken identity"
    )
    assert voided["state"] == "VOID"
    left = (await ask(INBOX, company.user("technology"), id=application))["application"]["reminders"]
    assert [item["kind"] for item in left] == ["REPEAT_APPLICATION"]
