"""A workspace in which one person has one of everything that buttons and forms are about."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select
from sqlmodel import SQLModel

from bot.domain.communities import SetUp
from bot.domain.goals import GoalForm, Visibility
from bot.domain.identity import Profile
from bot.domain.kudos import Thanks
from bot.domain.notes import NoteForm
from bot.domain.offers import TopicForm, TopicKind
from bot.domain.schedule import DueKind
from storage import due
from tests.blocks.every import CHANNEL, LONGEST_ID, SHOWN
from tests.handlers.edge import LEARNING, Edge, Json

OWNER, WITNESS, ASKED = "U0TOMASZ", "U0MEI", "U0ANA"
MEMBERS = (OWNER, "U0JONAS", WITNESS, ASKED)
DEED = "walked me through the migration twice"


def live_in(edge: Edge) -> None:
    """Let everything of a community's first weeks happen, so that the first of each kind is the owner's.

    The owner looks after the channel, is in a round, has a goal with a witness and an open check-in and one that is
    reached, a learning note and the question whether it was used, a want, thanks given and kept, a request to be
    introduced, somebody on the private list, and an erasure that begins in a moment.
    """
    services, names = edge.services, {who: Profile(who, "Europe/Berlin") for who in MEMBERS}
    owner = names[OWNER]
    for who in MEMBERS:
        services.members.join(edge.actor(who), LEARNING, names[who], edge.clock.now())
    setup = SetUp("Getting better at planning, together", facilitators=(OWNER, "U0AMARA"))
    amara = Profile("U0AMARA", "Europe/Berlin")
    services.communities.set_up(edge.actor("U0AMARA"), LEARNING, setup, amara, (owner,), edge.clock.now())
    goal = GoalForm(
        "Run a retro on my own",
        "I show it",
        edge.clock.now().date() + timedelta(days=60),
        visibility=Visibility.WITNESS,
        witness=WITNESS,
    )
    services.goals.set(edge.actor(OWNER), goal, owner, edge.clock.now() - timedelta(days=14), names[WITNESS])
    over = replace(goal, title="Run a retro with Mei", visibility=Visibility.ME, witness="")
    reached = services.goals.set(edge.actor(OWNER), over, owner, edge.clock.now())
    services.goals.done(edge.actor(OWNER), reached.goal_id, edge.clock.now())
    for who, kind, topic in ((OWNER, TopicKind.WANT, "Pivot tables"), (ASKED, TopicKind.OFFER, "Pivot tables")):
        form = TopicForm(kind, topic, 15 if kind is TopicKind.OFFER else None, findable=True)
        services.offers.save(edge.actor(who), form, names[who], edge.clock.now())
    noted_at = edge.clock.now() - timedelta(days=22)
    services.notes.keep(edge.actor(OWNER), NoteForm("It takes a filter", channel_id=LEARNING), owner, noted_at)
    services.requests.ask(edge.actor(OWNER), 2, owner, edge.clock.now())
    _until(edge, DueKind.PROMPT)
    _until(edge, DueKind.ROUND)
    _until(edge, DueKind.USE_CHECK)
    _until(edge, DueKind.GOAL_CHECK)
    now = edge.clock.now()
    services.kudos.give(edge.actor(OWNER), LEARNING, Thanks((ASKED,), DEED), [names[ASKED]], now)
    services.kudos.keep(edge.actor(OWNER), Thanks((ASKED,), f"{DEED} again"), now)
    services.settings.block(edge.actor(OWNER), "U0SAM", now)
    services.privacy.plan_erasure(edge.actor(OWNER), now)


def rows(edge: Edge) -> dict[str, set[str]]:
    """Every row of every table, as text."""
    with edge.database.read() as session:
        connection = session.connection()
        return {
            table.name: {str(dict(row)) for row in connection.execute(select(table)).mappings()}
            for table in SQLModel.metadata.sorted_tables
        }


def as_it_happened(text: str, edge: Edge) -> str:
    """What a sample's button or form carries, about the first of its kind instead of the sample's."""
    about = text.replace(CHANNEL, LEARNING).replace(LONGEST_ID, OWNER)
    about = re.sub(r"\d{4}-\d\d-\d\d(?!T)", edge.clock.now().date().isoformat(), about)
    # Numbers of rows, which are long in the samples; days and lengths of pauses are shorter.
    return re.sub(r"(?<![\w-])\d{5,}(?![\w-])", "1", about)


def pressed(part: object) -> Iterator[tuple[str, str]]:
    """Every button, menu entry and calendar in something shown: the action's id and what it carries."""
    if isinstance(part, dict):
        if "action_id" in part:
            options = part.get("options") or ({"value": part.get("value", "")},)
            yield from ((str(part["action_id"]), str(option.get("value", ""))) for option in options)
        for inner in part.values():
            yield from pressed(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from pressed(inner)


def payloads() -> dict[str, set[tuple[str, str]]]:
    """What can be pressed anywhere, by the action's id without its variant."""
    found: dict[str, set[tuple[str, str]]] = {}
    for shown in SHOWN.values():
        for action_id, value in pressed([block for block in shown["blocks"] if block["type"] != "input"]):
            found.setdefault(action_id.partition(":")[0], set()).add((action_id, value))
    return found


def forms() -> dict[str, list[Json]]:
    """Every form as it can look, by its callback id."""
    found: dict[str, list[Json]] = {}
    for shown in SHOWN.values():
        if shown.get("callback_id"):
            found.setdefault(str(shown["callback_id"]), []).append(shown)
    return found


def entries(view: Json) -> dict[str, Json]:
    """What makes the sample's entries ones that can be taken, as far as they are not."""
    fields = {block["block_id"]: block["element"]["type"] for block in view["blocks"] if block["type"] == "input"}
    can_be_taken: dict[str, Json] = {
        "plain_text_input": {"value": "Run a retro on my own, twice"},
        "datepicker": {"selected_date": "2026-12-20"},
        "multi_users_select": {"selected_users": ["U0SAM"]},
        "users_select": {"selected_user": "U0SAM"},
    }
    odd: dict[str, Json] = {
        "facilitators": {"selected_users": [OWNER, "U0AMARA"]},
        "link": {"value": ""},
        "tag": {"value": ""},
        "values": {"value": "patience"},
        "witness": {},
    }
    chosen = {name: odd[name] if name in odd else can_be_taken.get(kind) for name, kind in fields.items()}
    return {name: entry for name, entry in chosen.items() if entry is not None}


def _until(edge: Edge, kind: DueKind) -> None:
    """Go to when the first thing of a kind is due, and let it happen."""
    with edge.database.read() as session:
        waiting = [row for row in session.scalars(select(due.Due)) if row.kind == kind]
    row = min(waiting, key=lambda one: one.due_at)
    edge.clock.moment = max(edge.clock.moment, row.due_at)
    handle = {
        DueKind.PROMPT: edge.services.prompts.post,
        DueKind.ROUND: edge.services.rounds.start,
        DueKind.USE_CHECK: edge.services.uses.ask,
        DueKind.GOAL_CHECK: edge.services.goal_checks.ask,
    }
    handle[kind](row, row.due_at)
