"""Every request is answered: unmatched, failing, refused, repeated."""

import logging
import re
from collections.abc import Callable

import pytest
from sqlmodel import select

from bot.blocks import communities, goals, kudos
from bot.blocks.ids import CheckInId, CommunityId, GoalId, HubId, MemberId, PromptId, RoundId
from bot.domain.goals import GoalForm
from bot.domain.identity import Profile
from bot.domain.kudos import Places, Thanks
from bot.domain.schedule import DueKind
from storage import due
from storage.database import Database
from storage.outbox import outbox
from storage.outbox.outbox import OutboxState
from storage.seen import Seen
from tests.handlers.edge import BOT, DESIGN, GENERAL, GONE, GUEST, LEARNING, NOW, Edge, Json, WritingSlack

TYPED = "the merger with Zebra"
GOAL = {
    "title": {"value": "Run a retro on my own"},
    "evidence": {"value": "I show it to someone"},
    "due_on": {"selected_date": "2026-12-20"},
}


def titles(edge: Edge, who: str) -> list[str]:
    return [goal.title for goal in edge.services.goals.open(edge.actor(who))]


def set_goal(edge: Edge, who: str, title: str) -> int:
    profile = Profile(who, "Europe/Berlin")
    form = GoalForm(title, "I show it", NOW.date().replace(day=30))
    return edge.services.goals.set(edge.actor(who), form, profile, NOW).goal_id


def shown_buttons(message: Json) -> list[Json]:
    return [one for block in message["blocks"] if block["type"] == "actions" for one in block["elements"]]


def queued(edge: Edge) -> list[str]:
    with edge.database.read() as session:
        return sorted(row.key for row in session.exec(select(outbox.OutboxMessage)))


def introduce(edge: Edge) -> int:
    """Let four people in and start a round; return the id of Tomasz's group."""
    for who in ("U0TOMASZ", "U0JONAS", "U0MEI", "U0ANA"):
        edge.services.members.join(edge.actor(who), LEARNING, Profile(who, "Europe/Berlin"), NOW)
    with edge.database.read() as session:
        row = due.find_due(session, edge.tenant.key, DueKind.ROUND, "1")
    assert row is not None
    edge.clock.moment = row.due_at
    edge.services.rounds.start(row, row.due_at)
    group_id = edge.services.rounds.current(edge.actor("U0TOMASZ"), edge.clock.moment).group_id
    assert group_id is not None
    with edge.database.write() as session:
        introduction = outbox.find_message(session, edge.tenant.key, f"intro:{group_id}")
        assert introduction is not None
        introduction.state = OutboxState.SENT
    return group_id


UNMATCHED: dict[str, Callable[[Edge], Json]] = {
    "an event nobody listens to": lambda e: e.event({"type": "reaction_added", "user": "U0LEE"}),
    "an edited message": lambda e: e.event(
        {"type": "message", "subtype": "message_changed", "channel_type": "im", "channel": "D1", "ts": "1.1"}
    ),
    "a message of another bot": lambda e: e.event(e.direct_message("U0X", "hi", bot_id="B1")),
    "a button of an older version": lambda e: e.click("U0LEE", "gone.away", "1"),
    "a form of an older version": lambda e: e.form("U0LEE", {"type": "modal", "callback_id": "old", "blocks": []}),
    "a closed form": lambda _edge: {
        "type": "view_closed",
        "user": {"id": "U0LEE", "team_id": "T0HOME"},
        "team": {"id": "T0HOME"},
        "view": {"id": "V1", "type": "modal", "callback_id": "goal.form", "blocks": [], "state": {"values": {}}},
    },
}


@pytest.mark.parametrize("name", UNMATCHED)
def test_what_nobody_listens_to_is_acknowledged_in_silence(edge: Edge, name: str) -> None:
    response = edge.send(UNMATCHED[name](edge))

    assert response.status == 200
    assert edge.answers() == []


def test_a_command_under_a_name_that_is_not_configured_gets_the_help(edge: Edge) -> None:
    assert edge.say(edge.command("U0LEE", "/teach", "pivot tables")).startswith("*I help colleagues learn")


NUMBER = re.compile(r"this number: ([0-9a-f]{6})\.")

FAILING: dict[str, Callable[[Edge], Json]] = {
    "a command": lambda e: e.command("U0LEE", "/learn", f"pause {TYPED}"),
    "a click": lambda e: e.click("U0LEE", MemberId.PAUSE, "2w"),
    "a direct message": lambda e: e.event(e.direct_message("U0LEE", f"pause {TYPED}")),
}


@pytest.mark.parametrize("name", FAILING)
def test_a_failure_after_the_acknowledgement_is_owned_up_to_with_a_number_that_is_in_the_log(
    edge: Edge, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    edge.people.broken = RuntimeError(f"cannot digest {TYPED}")

    with caplog.at_level(logging.DEBUG):
        response = edge.send(FAILING[name](edge))

    assert response.status == 200
    (answer,) = edge.answers()
    found = NUMBER.search(answer["text"])
    assert found is not None
    assert f"reference {found[1]}" in caplog.text
    assert "RuntimeError" in caplog.text
    assert "RuntimeError" not in answer["text"]
    assert "cannot digest" not in answer["text"]
    ours = [
        record.getMessage() + str(record.exc_text) for record in caplog.records if record.name.startswith("handlers")
    ]
    assert TYPED not in " ".join(ours)


def test_the_apology_gives_back_what_was_typed(edge: Edge) -> None:
    edge.people.broken = RuntimeError("no")

    text = edge.say(edge.command("U0LEE", "/learn", f"pause {TYPED} &amp; &lt;b&gt; <@U0ANA|ana>"))

    assert text.endswith(f"What you typed: pause {TYPED} &amp; &lt;b&gt; @ana")


@pytest.mark.parametrize(
    ("view", "values"),
    [
        (goals.goal_form(GoalForm("", "", NOW.date())), GOAL),
        (communities.set_up_form(DESIGN, None, "U0LEE"), {"purpose": {"value": "Getting better at writing"}}),
        (
            kudos.kudos_form(Places(LEARNING), kudos.Pending(Thanks((), ""), asked=True)),
            {"people": {"selected_users": ["U0ANA"]}, "deed": {"value": "walked me through the migration"}},
        ),
    ],
)
def test_a_form_whose_work_fails_stays_open_with_an_apology(
    edge: Edge, view: Json, values: dict[str, Json], caplog: pytest.LogCaptureFixture
) -> None:
    edge.people.broken = RuntimeError(TYPED)

    response = edge.send(edge.form("U0LEE", view, **values))

    assert response.status == 200
    answer = response.body
    assert '"response_action": "errors"' in answer
    assert "it's on my side" in answer
    assert TYPED not in answer
    assert TYPED not in caplog.text
    assert edge.answers() == []


def test_a_failure_while_an_event_is_handled_is_logged_and_told_to_nobody(
    edge: Edge, caplog: pytest.LogCaptureFixture
) -> None:
    edge.send(edge.event({"type": "user_change", "user": {"id": "U0LEE", "deleted": "?", "tz": 7, "team_id": []}}))
    edge.send(edge.event({"type": "member_joined_channel", "user": "U0LEE"}))

    assert edge.answers() == []
    assert "reference" in caplog.text


def twice(edge: Edge, body: Json) -> list[Json]:
    assert edge.send(body).status == 200
    assert edge.send(body).status == 200
    return edge.answers()


def test_a_command_delivered_twice_ends_one_goal(edge: Edge) -> None:
    for title in ("Run a retro on my own", "Read a balance sheet", "Explain our pricing"):
        set_goal(edge, "U0MEI", title)

    answers = twice(edge, edge.command("U0MEI", "/learn", "done 1"))

    assert titles(edge, "U0MEI") == ["Read a balance sheet", "Explain our pricing"]
    assert len(answers) == 1


def test_thanks_typed_once_and_delivered_twice_are_posted_once(edge: Edge) -> None:
    body = edge.command("U0LEE", "/kudos", "<@U0ANA|ana> walked me through the migration twice")

    (preview,) = twice(edge, body)
    for pressed in shown_buttons(preview)[:2]:
        twice(edge, edge.click("U0LEE", pressed["action_id"], pressed["value"]))

    assert [key for key in queued(edge) if key.startswith("kudos")] == ["kudos:1"]


def test_thanks_in_a_direct_message_are_posted_once_however_the_event_arrives(edge: Edge) -> None:
    edge.services.members.join(edge.actor("U0LEE"), LEARNING, Profile("U0LEE", "Europe/Berlin"), NOW)
    message = edge.direct_message("U0LEE", "kudos <@U0ANA> walked me through the migration twice")

    edge.send(edge.event(message, "Ev-a"))
    edge.send(edge.event(message, "Ev-a"))
    edge.send(edge.event(message, "Ev-b"))

    (preview,) = edge.answers()
    pressed = shown_buttons(preview)[0]
    for _ in range(2):
        edge.send(edge.click("U0LEE", pressed["action_id"], pressed["value"]))
    assert [key for key in queued(edge) if key.startswith("kudos")] == ["kudos:1"]


def test_a_form_delivered_twice_sets_one_goal(edge: Edge) -> None:
    twice(edge, edge.form("U0LEE", goals.goal_form(GoalForm("", "", NOW.date())), **GOAL))

    assert titles(edge, "U0LEE") == ["Run a retro on my own"]


def test_a_click_delivered_twice_counts_once(edge: Edge) -> None:
    group_id = introduce(edge)

    twice(edge, edge.click("U0TOMASZ", RoundId.CANNOT, str(group_id)))

    assert sum(key.startswith("partner-out") for key in queued(edge)) == 1


def test_a_goal_that_is_done_cannot_be_dropped_afterwards(edge: Edge) -> None:
    goal_id = set_goal(edge, "U0MEI", "Run a retro on my own")
    assert edge.say(edge.click("U0MEI", f"{GoalId.DONE}:1", str(goal_id))).startswith("*Done:")

    assert edge.say(edge.click("U0MEI", f"{GoalId.DROP}:1", str(goal_id))).startswith("I find no open goal")


FOREIGN: dict[str, Callable[[object], tuple[str, str]]] = {
    "booked": (lambda g: (RoundId.BOOKED, f"{g}")),
    "guide": (lambda g: (RoundId.GUIDE, f"{g}")),
    "cannot": (lambda g: (RoundId.CANNOT, f"{g}")),
    "swap": (lambda g: (RoundId.SWAP, f"{g}")),
    "menu": (lambda g: (RoundId.MORE, f"{RoundId.SWAP}:{g}")),
    "met": (lambda g: (f"{CheckInId.MET}:yes", f"{g}:yes")),
    "worth": (lambda g: (f"{CheckInId.WORTH}:use", f"{g}:use")),
    "first time": (lambda g: (f"{CheckInId.FIRST_TIME}:yes", f"{g}:yes")),
    "would help": (lambda g: (f"{CheckInId.WOULD_HELP}:pause", f"{g}:pause")),
    "takeaway": (lambda g: (CheckInId.TAKEAWAY, f"{g}")),
}


@pytest.mark.parametrize("name", FOREIGN)
@pytest.mark.parametrize(
    ("group", "said"),
    [
        (None, "That belongs to somebody else, so I left it as it is."),
        ("777", "That is over already, so nothing changed. `/learn` shows what is current."),
        ("-1; drop", "That is over already, so nothing changed. `/learn` shows what is current."),
    ],
)
def test_somebody_elses_introduction_cannot_be_touched(edge: Edge, name: str, group: str | None, said: str) -> None:
    group_id = introduce(edge)
    before = queued(edge), edge.services.rounds.current(edge.actor("U0TOMASZ"), edge.clock.moment)
    action_id, value = FOREIGN[name](group or group_id)

    assert edge.say(edge.click("U0LEE", action_id, value)) == said

    assert (queued(edge), edge.services.rounds.current(edge.actor("U0TOMASZ"), edge.clock.moment)) == before


@pytest.mark.parametrize("action", [GoalId.DONE, GoalId.DROP])
@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("1", "I find no open goal like that among yours. `/learn goals` lists them with their numbers."),
        ("99", "I find no open goal like that among yours. `/learn goals` lists them with their numbers."),
        ("x", "That is over already, so nothing changed. `/learn` shows what is current."),
        ("", "That is over already, so nothing changed. `/learn` shows what is current."),
    ],
)
def test_somebody_elses_goal_cannot_be_ended(edge: Edge, action: str, value: str, said: str) -> None:
    set_goal(edge, "U0MEI", "Run a retro on my own")

    text = edge.say(edge.click("U0LEE", action, value))

    assert text == said
    assert titles(edge, "U0MEI") == ["Run a retro on my own"]


FORGED = {
    "a prompt that is none": (PromptId.TAP, "99:did", "That is over already"),
    "a tap that is none": (PromptId.TAP, "1:applause", "That is over already"),
    "a word that is none": (HubId.RUN, "explode C0LEARNING", "That is over already"),
    "a channel that is none": (CommunityId.JOIN, "C0NOWHERE", "This channel isn't a learning community yet."),
    "no channel": (CommunityId.JOIN, "", "I don't know which community you mean."),
    "setting up somebody else's": (CommunityId.SET_UP, LEARNING, "Only those who look after"),
    "setting up where the bot is not": (CommunityId.SET_UP, GENERAL, "I'm not in <#C0GENERAL>."),
    "a pause that is none": (MemberId.PAUSE, "forever", "I couldn't read *forever* as a day."),
    "a pause without a day": (MemberId.PAUSE, "", "*How long shall I be quiet?*"),
    "leaving what one is not in": (MemberId.LEAVE, DESIGN, "You weren't in these introductions"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_click_is_answered_and_changes_nothing(edge: Edge, name: str) -> None:
    action_id, value, said = FORGED[name]
    before = queued(edge)

    assert edge.say(edge.click("U0LEE", action_id, value)).startswith(said)

    assert queued(edge) == before


@pytest.mark.parametrize("day", [None, "2026-11-01", "2999-01-01"])
def test_the_day_of_a_meeting_has_to_be_one_that_can_come(edge: Edge, day: str | None) -> None:
    group_id = introduce(edge)

    text = edge.say(edge.click("U0TOMASZ", f"{CheckInId.MEETS_ON}:{group_id}", selected_date=day))

    assert text.startswith(("By when?", "That day is gone.", "That's too far away."))
    assert not any(key.startswith("met-later") for key in queued(edge))


def test_a_person_of_another_workspace_who_clicks_is_told_that_nothing_changed(edge: Edge) -> None:
    body = edge.click("U0STRANGER", CommunityId.JOIN, LEARNING)
    body["user"]["team_id"] = "T0AWAY"

    assert edge.say(body).startswith("This is for members of this workspace")

    body["team"] = {"id": "T0AWAY"}
    assert edge.say(body) == "I work in another workspace, so nothing changed here."
    with edge.database.read() as session:
        assert not session.exec(select(Seen).where(Seen.workspace != edge.tenant.key)).all()


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        ([BOT], "One of them can't take part: guests, apps and deactivated accounts don't."),
        ([GUEST], "One of them can't take part: guests, apps and deactivated accounts don't."),
        ([GONE], "One of them can't take part: guests, apps and deactivated accounts don't."),
        (["U0NOBODY"], "I couldn't find one of them as a person here. Pick them from the list."),
    ],
)
def test_only_people_who_take_part_can_look_after_a_community(edge: Edge, chosen: list[str], said: str) -> None:
    view = communities.set_up_form(DESIGN, None, "U0LEE")

    response = edge.send(
        edge.form(
            "U0LEE",
            view,
            purpose={"value": "Getting better at writing"},
            facilitators={"selected_users": ["U0LEE", *chosen]},
        )
    )

    assert f'"facilitators": "{said}"' in response.body
    assert edge.services.communities.channels(edge.tenant) == (LEARNING,)


@pytest.mark.parametrize(
    ("who", "channel", "said"),
    [
        (GUEST, DESIGN, "This is for members of this workspace; guests and bots take no part."),
        ("U0LEE", LEARNING, "Only those who look after this channel change it."),
        ("U0LEE", GENERAL, "I'm not in that channel any more. Invite me with /invite, then press again."),
    ],
)
def test_who_may_not_set_up_a_channel_is_told_in_the_form_without_markup(
    edge: Edge, who: str, channel: str, said: str
) -> None:
    view = communities.set_up_form(channel, None, who)

    response = edge.send(edge.form(who, view, purpose={"value": "Getting better at writing"}))

    assert f'"purpose": "{said}"' in response.body


@pytest.mark.parametrize("name", ["directmessage", "mpdm-lee--ana--peerloop-1"])
def test_a_conversation_is_no_channel_that_could_become_a_community(edge: Edge, name: str) -> None:
    body = edge.command("U0LEE", "/learn", "setup", "D1" if name == "directmessage" else "C0GROUP")
    body["channel_name"] = name

    assert edge.say(body).startswith("That works in a channel")

    body = edge.command("U0LEE", "/learn", "join", body["channel_id"]) | {"channel_name": name}
    assert edge.say(body).startswith("*You're in.")


def test_a_user_group_is_nobody_to_thank_and_the_words_stay(edge: Edge) -> None:
    edge.send(edge.command("U0LEE", "/kudos", "<!subteam^S012|@design> made the redesign such a calm project"))

    (view,) = edge.answers()
    assert view["blocks"][0]["text"]["text"] == "Thanks to a group thanks nobody. Name up to five people."
    assert view["blocks"][2]["element"]["initial_value"] == "made the redesign such a calm project"


@pytest.mark.parametrize("more", [{"subtype": "file_share"}, {"subtype": "thread_broadcast"}, {"thread_ts": "5.5"}])
def test_whatever_a_person_writes_to_the_bot_is_answered_where_it_was_written(edge: Edge, more: dict[str, str]) -> None:
    edge.send(edge.event(edge.direct_message("U0LEE", "", **more)))

    (answer,) = edge.answers()
    assert answer["text"].startswith("*I help colleagues learn")
    assert answer.get("thread_ts") == more.get("thread_ts")


@pytest.mark.parametrize(
    ("typed", "label", "said"),
    [
        ("puase 2w", "Pause", "*Quiet until Friday 4 December.*"),
        ("joinn", "Join", "*You're in."),
        ("aboot", "About", "*<#C0LEARNING>:"),
        ("mett", "Show my introduction", "You're in no introduction"),
        ("drpo 1", "Show my goals", "*No goal is open.*"),
    ],
)
def test_the_button_for_a_mistyped_word_does_what_was_meant_with_what_followed(
    edge: Edge, typed: str, label: str, said: str
) -> None:
    edge.send(edge.command("U0LEE", "/learn", typed))
    (answer,) = edge.answers()
    pressed = answer["blocks"][-1]["elements"][0]
    assert pressed["text"]["text"] == label

    assert edge.say(edge.click("U0LEE", pressed["action_id"], pressed["value"])).startswith(said)


def test_thanks_typed_elsewhere_can_be_said_in_the_community_with_one_press(edge: Edge) -> None:
    edge.send(edge.command("U0LEE", "/kudos", "<@U0ANA> walked me through\nthe migration #patience", DESIGN))
    (answer,) = edge.answers()
    assert "The channel is <#C0LEARNING>." in answer["text"]
    pressed = shown_buttons(answer)[0]
    assert pressed["text"]["text"] == "Post in the channel"

    said = edge.say(edge.click("U0LEE", pressed["action_id"], pressed["value"]))

    assert said.startswith("*Thank you for thanking.* <@U0ANA> can read it in <#C0LEARNING> in a moment.")
    assert "kudos:1" in queued(edge)


def test_the_button_that_starts_a_community_names_the_channel_it_was_asked_in(edge: Edge) -> None:
    edge.send(edge.command("U0LEE", "/learn", "join", DESIGN))
    (answer,) = edge.answers()
    use, start = answer["blocks"][-1]["elements"]

    assert use["value"] == LEARNING
    assert edge.say(edge.click("U0LEE", use["action_id"], use["value"])).startswith("*You're in.")
    edge.send(edge.click("U0LEE", start["action_id"], start["value"]))
    (view,) = edge.answers()
    assert view["private_metadata"] == DESIGN


def test_while_the_database_is_away_the_log_says_so_once_and_of_each_act_only_that_it_failed(
    writing_slack: WritingSlack, caplog: pytest.LogCaptureFixture
) -> None:
    lonely = Edge(Database("postgresql+psycopg://peerloop:very-secret@127.0.0.1:1/x"), writing_slack)
    lonely.begin_again()
    numbers = []

    with caplog.at_level(logging.INFO):
        for body in FAILING.values():
            lonely.send(body(lonely))
            numbers += [NUMBER.findall(answer["text"]) for answer in lonely.answers()]
        response = lonely.send(lonely.form("U0LEE", goals.goal_form(GoalForm("", "", NOW.date())), **GOAL))
        numbers.append(NUMBER.findall(str(response.body)))
        lonely.send(lonely.event({"type": "app_home_opened", "user": "U0LEE", "tab": "home"}))
    lonely.close()

    loud = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(loud) == 1
    assert "the connection was refused" in loud[0]
    failed = [record.__dict__["ids"] for record in caplog.records if record.getMessage() == "act failed"]
    assert [[ids["act"]] for ids in failed[: len(numbers)]] == numbers
    assert len({ids["act"] for ids in failed}) == len(failed) == len(FAILING) + 2
    assert {ids["cause"] for ids in failed} == {"connection_refused"}
    assert 'File "' not in caplog.text
