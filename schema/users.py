"""User, as clients see it, and what changes users."""

from __future__ import annotations

import strawberry
from strawberry import UNSET

from graph import users
from graph.visibility import DepartmentRole, OrganizationRole
from schema.fields import Node, field, labelled
from schema.ids import id_of
from schema.links import DepartmentRef, OrganizationRef
from schema.mutations import IdempotentInput, mutation


@strawberry.type(description="Somebody who may ask and write; the subject of a token.")
class User(Node):
    external_id: str = field("The subject of the user's tokens.")
    display_name: str | None = field("What people call them.")
    email: str | None = field("Where messages to them go; your own, or for HR_ADMIN.")
    organization_role: OrganizationRole | None = field("The role in the Organization; your own, or for HR_ADMIN.")
    organization_role_label: str | None = labelled("The role in words; your own, or for HR_ADMIN.")
    organization: OrganizationRef | None = field("The Organization; your own, or for HR_ADMIN.")
    recruits_for: list[DepartmentRef] = field("Departments the user recruits for.")
    interviews_for: list[DepartmentRef] = field("Departments the user holds interviews for.")


@strawberry.input(description="A role in one department.")
class DepartmentRoleInput:
    department: strawberry.ID = field("The department.")
    role: DepartmentRole = field("The role in it.")


@strawberry.input(description="Adds a user, or replaces all roles of one.")
class SetUserInput(IdempotentInput):
    external_id: str = field("The subject of the user's tokens.")
    organization_role: OrganizationRole = strawberry.field(
        default=OrganizationRole.MEMBER, description="The role in the Organization."
    )
    department_roles: list[DepartmentRoleInput] = strawberry.field(
        default_factory=list, description="The roles in departments; those not named here are taken away."
    )
    display_name: str | None = strawberry.field(
        default=UNSET,
        description="What people call them, up to 200 characters; it stays where it is not given, and null takes it "
        "away.",
    )
    email: str | None = strawberry.field(
        default=UNSET,
        description="Where messages to them go; it stays where it is not given, and null takes it away. Where there is "
        "none they go to an external id that is a mail address.",
    )


@strawberry.input(description="Takes all roles from a user.")
class RemoveUserInput(IdempotentInput):
    user: strawberry.ID = field("The user.")


def _set_user(input: SetUserInput) -> users.SetUser:
    works = tuple(
        users.DepartmentWork(id_of("Department", work.department), work.role) for work in input.department_roles
    )
    name, email = (users.ABSENT if value is UNSET else value for value in (input.display_name, input.email))
    return users.SetUser(input.external_id, input.organization_role, works, name, email)


MUTATIONS = (
    mutation(
        "setUser",
        SetUserInput,
        "User",
        lambda graph, act, input: users.set_user(graph, act, _set_user(input)),
        "Adds a user or replaces its roles. HR_ADMIN. Codes: INVALID_VALUE, NOT_FOUND, USER_ELSEWHERE, LAST_ADMIN.",
        structural=True,
    ),
    mutation(
        "removeUser",
        RemoveUserInput,
        "Organization",
        lambda graph, act, input: users.remove_user(graph, act, id_of("User", input.user)),
        "Takes all roles from another user; what was done stays on record. HR_ADMIN. "
        "Codes: NOT_FOUND, LAST_ADMIN, YOURSELF.",
        structural=True,
    ),
)
