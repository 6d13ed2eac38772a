"""The two questions, in the language of each candidate, and the one form in which their answers are compared."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NARROW = """
query Narrow($id: ID!) {
  application(id: $id) {
    id
    stage
    appliedAt
    candidate { id displayName }
    position { id title department { id name } }
    reminders {
      kind
      message
      english: message(locale: EN)
      similarPosition
      occurredAt
      relation
      department { id name }
      noShow { id reason position { title } }
    }
  }
}
"""
WIDE = """
query Wide($code: String!) {
  department(code: $code) {
    id
    name
    positions(first: 10, orderBy: TITLE) {
      nodes {
        id
        title
        jobFamily
        status
        applications(first: 20, orderBy: APPLIED_AT_DESC) {
          nodes {
            id
            stage
            appliedAt
            source
            candidate {
              id
              displayName
              applications(first: 5, orderBy: APPLIED_AT_DESC) {
                nodes {
                  id
                  stage
                  appliedAt
                  position { title department { name } }
                  interviews(first: 2, orderBy: STARTS_AT_DESC) {
                    nodes { id mode startsAt response attendance }
                  }
                }
              }
              noShows(first: 3, orderBy: OCCURRED_AT_DESC) {
                nodes { id occurredAt relation reason department { name } position { title } }
              }
            }
          }
        }
      }
    }
  }
}
"""
PEER_NARROW = """
query Narrow($id: ID!) {
  applications(where: { id: { eq: $id } }) {
    id
    stage
    appliedAt
    candidate { id displayName }
    position { id title department { id name } }
    reminders {
      kind
      message
      english: message(locale: EN)
      similarPosition
      occurredAt
      relation
      departmentId
      department
      noShow
      position
      reason
    }
  }
}
"""
PEER_WIDE = """
query Wide($code: String!) {
  departments(where: { code: { eq: $code } }) {
    id
    name
    positions(limit: 10, sort: [{ title: ASC }, { id: ASC }]) {
      id
      title
      jobFamily
      status
      applications(limit: 20, sort: [{ appliedAt: DESC }, { id: ASC }]) {
        id
        stage
        appliedAt
        source
        candidate {
          id
          displayName
          applications(limit: 5, sort: [{ appliedAt: DESC }, { id: ASC }]) {
            id
            stage
            appliedAt
            position { title department { name } }
            interviews(limit: 2, sort: [{ startsAt: DESC }, { id: ASC }]) {
              id
              mode
              startsAt
              response
              attendance
            }
          }
          noShows(limit: 3) {
            id
            occurredAt
            relation
            reason
            department { name }
            position { title }
          }
        }
      }
    }
  }
}
"""

SINGLE = {"candidate", "position", "department"}
"""What the peer's library can only declare as a list, and of which there is one."""


def ours(answer: Any) -> Any:
    """Pages as lists, ids as they are stored, instants without their zone, which is always UTC."""
    match answer:
        case {"nodes": nodes}:
            return ours(nodes)
        case dict():
            return {key: _plain_id(value) if key == "id" else ours(value) for key, value in answer.items()}
        case list():
            return [ours(item) for item in answer]
        case str():
            return _plain_instant(answer)
        case _:
            return answer


def _plain_id(id: str) -> str:
    return b64decode(id).decode().partition(":")[2]


def _plain_instant(text: str) -> str:
    return text[:19] if text[10:11] == "T" and text[19:] in ("", "Z", "+00:00") else text


def narrow_of_peer(data: Any) -> Any:
    """The peer's reminders are rows of a statement, and therefore flat."""
    [application] = data["applications"] or [None]
    application = _single(application)
    for it in application["reminders"]:
        it["department"] = {"id": it.pop("departmentId"), "name": it["department"]}
        no_show = {"id": it.pop("noShow"), "reason": it.pop("reason"), "position": {"title": it.pop("position")}}
        it["noShow"] = no_show if no_show["id"] else None
    return {"application": application}


def wide_of_peer(data: Any) -> Any:
    [department] = data["departments"] or [None]
    return {"department": _single(department)}


def _single(value: Any) -> Any:
    match value:
        case dict():
            return {key: _one(item) if key in SINGLE else _single(item) for key, item in value.items()}
        case list():
            return [_single(item) for item in value]
        case _:
            return value


def _one(value: Any) -> Any:
    return _single(value[0] if isinstance(value, list) else value)


@dataclass(frozen=True, slots=True)
class Question:
    """A query with the values of its one variable, as they are stored; each asking takes the next."""

    name: str
    text: str
    peer_text: str
    variable: str
    values: list[str]
    global_type: str
    of_peer: Callable[[Any], Any]

    def variables(self, value: str) -> dict[str, str]:
        """The variable as this API and the DataLoaders take it."""
        return {self.variable: global_id(self.global_type, value) if self.global_type else value}

    def peer_variables(self, value: str) -> dict[str, str]:
        return {self.variable: value}


def questions(narrow: list[str], wide: list[str]) -> list[Question]:
    return [
        Question("narrow", NARROW, PEER_NARROW, "id", narrow, "Application", narrow_of_peer),
        Question("wide", WIDE, PEER_WIDE, "code", wide, "", wide_of_peer),
    ]


def global_id(type: str, id: str) -> str:
    return b64encode(f"{type}:{id}".encode()).decode()


def written_anew(text: str, number: int) -> str:
    """The same shape in a text that was never sent: other aliases, another variable, another name."""
    renamed = text.replace("$id", f"$v{number}").replace("query Narrow", f"query Narrow{number}")
    for field in ("stage", "appliedAt", "candidate", "position", "reminders"):
        renamed = renamed.replace(f"    {field}", f"    {field}{number}: {field}", 1)
    return renamed


LEAVES = {
    "application": ("stage", "stageLabel", "appliedAt", "source"),
    "candidate": ("displayName", "status", "statusLabel", "locale", "timeZone"),
    "position": ("title", "jobFamily", "status", "statusLabel", "urgency", "openedAt"),
    "reminders": ("kind", "message", "similarPosition", "occurredAt", "relation"),
}


def new_shape(number: int) -> str:
    """A query whose statement the database never planned: the bits of `number` choose the fields."""
    chosen: dict[str, str] = {}
    for name, leaves in LEAVES.items():
        fields = [leaf for place, leaf in enumerate(leaves) if number >> place & 1]
        number >>= len(leaves)
        chosen[name] = " ".join(["__typename", *fields])
    return (
        f"query Shape($id: ID!) {{ application(id: $id) {{ {chosen['application']} "
        f"candidate {{ {chosen['candidate']} }} position {{ {chosen['position']} }} "
        f"reminders {{ {chosen['reminders']} }} }} }}"
    )
