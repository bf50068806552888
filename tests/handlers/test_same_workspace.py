"""A workspace stays the same one whatever a payload says of an organization, and is the one that Bolt authorized."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlmodel import SQLModel, select

from bot.blocks import goals
from bot.blocks.ids import GoalId, KudosId, MemberId
from bot.domain.goals import GoalForm
from bot.domain.identity import Profile
from bot.domain.messages import MessageKind
from storage.goals import Goal
from storage.members import Membership, Person
from storage.outbox.outbox import OutboxMessage
from tests.factories import contents
from tests.handlers.edge import BOT, LEARNING, NOW, TEAM, Edge, Json

LEE = Profile("U0LEE", "Europe/Berlin")
ORGANIZATION, SISTER, ELSEWHERE = "E0ORG", "T0SISTER", "T0AWAY"
NOT_FOR_THEM = "This is for members of this workspace; guests and bots take no part."
RENAMED = "Run two retros on my own"


def live_before(edge: Edge) -> None:
    """Let Lee in, with three goals, before anything of an organization was heard."""
    edge.services.members.join(edge.actor("U0LEE"), LEARNING, LEE, NOW)
    for number in range(3):
        form = GoalForm(f"Run a retro on my own, part {number}", "I show it", NOW.date().replace(day=30))
        edge.services.goals.set(edge.actor("U0LEE"), form, LEE, NOW)


def changed_goal(edge: Edge) -> Json:
    form = GoalForm(RENAMED, "I show it", NOW.date().replace(day=30))
    return edge.form("U0LEE", goals.goal_form(form, goal_id=1))


def from_home(edge: Edge) -> Json:
    """A click in App Home, which has no channel."""
    body = edge.click("U0LEE", MemberId.LEAVE, LEARNING)
    del body["channel"]
    return body | {"view": {"type": "home", "id": "V1"}, "container": {"type": "view", "view_id": "V1"}}


def one(edge: Edge, table: type[Any], **wanted: object) -> Any:  # noqa: ANN401 - a row of that table
    with edge.database.read() as session:
        return session.exec(select(table).filter_by(**wanted)).one()


def has_left(edge: Edge) -> bool:
    return bool(one(edge, Membership, user_id="U0LEE").part == "out")


def is_renamed(edge: Edge) -> bool:
    return bool(one(edge, Goal, id=1).title == RENAMED)


def has_three_goals(edge: Edge) -> bool:
    return "three goals open" in edge.answers()[0]["text"]


def sees_the_channel(edge: Edge) -> bool:
    (view,) = edge.answers()
    return LEARNING in json.dumps(view)


def has_moved(edge: Edge) -> bool:
    return bool(one(edge, Person, user_id="U0LEE").zone == "Asia/Tokyo")


def shows_goals(edge: Edge) -> bool:
    (home,) = edge.homes()
    return "part 2" in json.dumps(home)


# Every kind of payload, with how one sees that it was about the workspace that knows Lee.
KINDS: dict[str, tuple[Callable[[Edge], Json], Callable[[Edge], bool]]] = {
    "command": (lambda e: e.command("U0LEE", "/learn", "leave"), has_left),
    "click": (lambda e: e.click("U0LEE", MemberId.LEAVE, LEARNING), has_left),
    "click in App Home": (from_home, has_left),
    "form": (changed_goal, is_renamed),
    "shortcut": (lambda e: e.shortcut("U0LEE", GoalId.SHORTCUT), has_three_goals),
    "shortcut of a message": (lambda e: e.shortcut("U0LEE", KudosId.SHORTCUT, {}), sees_the_channel),
    "mention": (lambda e: e.event(e.mention("U0LEE", f"<@{BOT}> leave")), has_left),
    "direct message": (lambda e: e.event(e.direct_message("U0LEE", "leave")), has_left),
    "event of a channel": (
        lambda e: e.event({"type": "member_left_channel", "user": "U0LEE", "channel": LEARNING}),
        has_left,
    ),
    "event of an account": (
        lambda e: e.event({"type": "user_change", "user": {"id": "U0LEE", "tz": "Asia/Tokyo", "team_id": TEAM}}),
        has_moved,
    ),
    "event of App Home": (
        lambda e: e.event({"type": "app_home_opened", "user": "U0LEE", "tab": "home"}),
        shows_goals,
    ),
}


def told(body: Json, organization: str | None) -> Json:
    """Say in every place that Slack has for it which organization the workspace belongs to; None is none."""
    if "command" in body:
        return body | {"enterprise_id": organization, "enterprise_name": organization, "is_enterprise_install": "false"}
    if "event" in body:
        return body | {
            "enterprise_id": organization,
            "context_team_id": TEAM,
            "context_enterprise_id": organization,
            "authorizations": [
                {"team_id": TEAM, "enterprise_id": organization, "is_enterprise_install": False, "is_bot": True}
            ],
        }
    own = {"enterprise_id": organization, "enterprise_name": organization}
    body |= {
        "enterprise": {"id": organization, "name": organization} if organization else None,
        "team": {**body["team"], **own},
        "is_enterprise_install": False,
    }
    if body["type"] == "view_submission":
        body["view"] = {**body["view"], "app_installed_team_id": TEAM}
    return body


def silent(body: Json) -> Json:
    """Leave out everything that Slack may leave out."""
    return {**body, "authorizations": []} if "event" in body else body


SAID: dict[str, Callable[[Json], Json]] = {
    "missing": silent,
    "null": lambda body: told(body, None),
    "present": lambda body: told(body, ORGANIZATION),
}


def workspaces(edge: Edge) -> set[str]:
    """Every workspace that any row carries."""
    with edge.database.read() as session:
        return {
            workspace
            for table in SQLModel.metadata.sorted_tables
            if "workspace" in table.columns
            for workspace in session.connection().execute(select(table.columns["workspace"])).scalars()
        }


@pytest.mark.parametrize(
    "said", [pytest.param(said, marks=pytest.mark.slow if place > 1 else ()) for place, said in enumerate(SAID)]
)
@pytest.mark.parametrize("kind", KINDS)
def test_every_payload_is_about_the_same_workspace(edge: Edge, kind: str, said: str) -> None:
    build, is_about_it = KINDS[kind]
    live_before(edge)
    edge.slack.calls.clear()

    assert edge.send(SAID[said](build(edge))).status == 200

    assert is_about_it(edge)
    assert workspaces(edge) == {TEAM}


# A company that moves to Enterprise Grid: the next payload names an organization, the one before it did not.
@pytest.mark.parametrize("kind", KINDS)
def test_what_was_said_with_an_organization_is_known_without_it(edge: Edge, kind: str) -> None:
    build, is_about_it = KINDS[kind]
    edge.send(told(edge.command("U0LEE", "/learn", "join"), ORGANIZATION))
    edge.send(silent(edge.command("U0LEE", "/learn", "want reading a balance sheet")))
    for number in range(3):
        form = GoalForm(f"Run a retro on my own, part {number}", "I show it", NOW.date().replace(day=30))
        edge.send(told(edge.form("U0LEE", goals.goal_form(form)), ORGANIZATION if number % 2 else None))
    edge.slack.calls.clear()

    edge.send(build(edge))

    assert is_about_it(edge)
    assert workspaces(edge) == {TEAM}


def is_known(edge: Edge, who: str) -> bool:
    """Tell whether a person is named anywhere in the database."""
    return who in str(contents(edge.database))


def of_others(body: Json, home: str) -> Json:
    """Name another workspace as the home of the person who acts."""
    return {**body, "user": {**body["user"], "team_id": home}}


def pause_by_name(edge: Edge, who: str, **home: str) -> Json:
    return edge.event(edge.mention(who, f"<@{BOT}> pause 2w", **home))


FOREIGN: dict[str, Callable[[Edge, str], Json]] = {
    "click": lambda e, who: of_others(e.click(who, MemberId.PAUSE, "2w"), ELSEWHERE),
    "shortcut": lambda e, who: of_others(e.shortcut(who, GoalId.SHORTCUT), ELSEWHERE),
    "mention by user_team": lambda e, who: pause_by_name(e, who, user_team=ELSEWHERE),
    "mention by source_team": lambda e, who: pause_by_name(e, who, source_team=ELSEWHERE),
    "mention by team": lambda e, who: pause_by_name(e, who, team=ELSEWHERE),
    "mention from an organization": lambda e, who: pause_by_name(e, who, user_team="E0OTHERS"),
    "direct message": lambda e, who: e.event(e.direct_message(who, "pause 2w", team=ELSEWHERE)),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_a_person_of_another_company_takes_no_part(edge: Edge, kind: str) -> None:
    edge.send(FOREIGN[kind](edge, "U0STRANGER"))

    assert [one["text"] for one in edge.answers()] == [NOT_FOR_THEM]
    assert not is_known(edge, "U0STRANGER")


def test_a_form_that_is_sent_from_another_workspace_stores_nothing(edge: Edge) -> None:
    body = edge.form("U0STRANGER", goals.goal_form(GoalForm("Run a retro", "I show it", NOW.date().replace(day=30))))
    body |= {"user": {"id": "U0STRANGER", "team_id": ELSEWHERE}, "team": {"id": ELSEWHERE, "domain": "away"}}
    body["view"]["app_installed_team_id"] = TEAM

    answer = json.loads(edge.send(body).body)

    assert NOT_FOR_THEM in answer["errors"].values()
    assert workspaces(edge) == {TEAM}
    assert not is_known(edge, "U0STRANGER")


def test_a_form_of_a_colleague_at_home_elsewhere_is_stored_in_the_workspace_of_the_app(edge: Edge) -> None:
    body = edge.form("U0LEE", goals.goal_form(GoalForm("Run a retro", "I show it", NOW.date().replace(day=30))))
    body |= {"user": {"id": "U0LEE", "team_id": SISTER}, "team": {"id": SISTER, "domain": "sister"}}
    body["view"]["app_installed_team_id"] = TEAM

    edge.send(body)

    assert one(edge, Goal).workspace == TEAM
    assert workspaces(edge) == {TEAM}


# In an organization an account has one home, and may be in more of its workspaces.
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_colleague_whose_home_is_another_workspace_takes_part(edge: Edge, kind: str) -> None:
    edge.send(FOREIGN[kind](edge, "U0LEE"))

    assert NOT_FOR_THEM not in json.dumps(edge.answers())
    assert is_known(edge, "U0LEE") or kind == "shortcut"


def comes(edge: Edge, user_id: str, **more: object) -> Json:
    return edge.event(
        {"type": "member_joined_channel", "user": user_id, "channel": LEARNING, "channel_type": "C", **more}
    )


def shown_to(edge: Edge) -> list[str]:
    """Return who is shown what a community's channel is."""
    with edge.database.read() as session:
        query = select(OutboxMessage.reader).where(OutboxMessage.kind == MessageKind.COMMUNITY_INTRO_FOR_ONE)
        return list(session.exec(query))


def test_nothing_is_stored_of_somebody_of_another_company_who_joins_a_shared_channel(edge: Edge) -> None:
    before = contents(edge.database)

    edge.send(comes(edge, "U0STRANGER", team=ELSEWHERE))

    assert contents(edge.database) == before


@pytest.mark.parametrize("more", [{"team": TEAM}, {"team": SISTER}, {"team": None}, {}])
def test_a_colleague_who_joins_is_shown_what_the_channel_is_wherever_their_home(edge: Edge, more: Json) -> None:
    edge.send(comes(edge, "U0LEE", **more))

    assert shown_to(edge) == ["U0LEE"]


def test_an_app_of_another_company_that_names_the_bot_gets_no_answer(edge: Edge) -> None:
    edge.send(edge.event(edge.mention("U0STRANGER", f"<@{BOT}> join", bot_id="B1", user_team=ELSEWHERE)))

    assert edge.answers() == []


def test_a_shortcut_that_names_no_workspace_has_no_address_of_the_message(edge: Edge) -> None:
    body = edge.shortcut("U0AMARA", KudosId.SHORTCUT, {"user": "U0LEE"})
    body |= {"team": None, "enterprise": {"id": ORGANIZATION}, "is_enterprise_install": True}

    edge.send(body)

    (view,) = edge.answers()
    fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    assert fields["people"]["initial_users"] == ["U0LEE"]
    assert not fields["link"].get("initial_value")
