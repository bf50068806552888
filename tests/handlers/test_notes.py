"""Learning notes as people type, press and send them."""

from datetime import timedelta

import pytest

from bot.blocks.ids import NoteId
from storage.notes import LearningNote
from tests.factories import rows
from tests.handlers.edge import LEARNING, NOW, Edge, Json
from tests.handlers.test_shortcuts import fields

TEXT = "the export button also takes a filter"


def kept(edge: Edge) -> list[tuple[str, str, str, bool]]:
    return [(row.text, row.link, row.channel_id, row.asks) for row in rows(edge.database, LearningNote)]


def buttons(answer: Json) -> dict[str, Json]:
    return {
        element["text"]["text"]: element
        for block in answer["blocks"]
        if block["type"] == "actions"
        for element in block["elements"]
    }


def press(edge: Edge, answer: Json, label: str) -> Json:
    element = buttons(answer)[label]
    edge.send(edge.click("U0AMARA", element["action_id"], element["value"]))
    (after,) = edge.answers()
    return after


@pytest.mark.parametrize("typed", [f"til {TEXT}", f"note \u201c{TEXT}\u201d", f"gelernt {TEXT}"])
def test_a_complete_note_is_kept_at_once(edge: Edge, typed: str) -> None:
    said = edge.say(edge.command("U0AMARA", "/learn", typed))

    assert said.startswith(f"*Saved, for you alone:* \u201c{TEXT}\u201d")
    assert kept(edge) == [(TEXT, "", "", True)]


def test_a_note_can_be_shared_here_left_alone_and_taken_back(edge: Edge) -> None:
    edge.send(edge.command("U0AMARA", "/learn", f"til {TEXT}"))
    (first,) = edge.answers()
    assert list(buttons(first)) == ["Share here", "Don't ask me", "Edit", "Undo"]

    quiet = press(edge, first, "Don't ask me")
    assert kept(edge) == [(TEXT, "", "", False)]
    assert "Ask me in 3 weeks" in buttons(quiet)
    shared = press(edge, quiet, "Share here")
    assert shared["text"].startswith(f"*Kept, and on its way to <#{LEARNING}>:*")
    assert kept(edge) == [(TEXT, "", LEARNING, False)]

    edge.clock.moment = NOW + timedelta(minutes=11)
    assert "The ten minutes for that are over." in press(edge, shared, "Undo")["text"]
    edge.clock.moment = NOW + timedelta(minutes=10)
    assert "*Deleted:*" in press(edge, shared, "Undo")["text"]
    assert kept(edge) == []


def test_without_words_and_with_too_many_the_form_opens(edge: Edge) -> None:
    for typed, note in (("til", ""), ("til hm", "A few more words"), (f"til {'x' * 301}", "That's 301 characters")):
        edge.send(edge.command("U0AMARA", "/learn", typed))
        (view,) = edge.answers()
        assert view["callback_id"] == NoteId.FORM
        assert fields(view)["text"].get("initial_value", "") == typed.partition(" ")[2]
        assert note in str(view["blocks"][0])
    assert kept(edge) == []


def test_where_no_form_opens_there_is_a_button_and_words_are_kept(edge: Edge) -> None:
    edge.send(edge.event(edge.direct_message("U0AMARA", "til")))
    (answer,) = edge.answers()
    assert "Note it" in buttons(answer)

    said = edge.say(edge.event(edge.direct_message("U0AMARA", "til hm")))

    assert "What you typed: hm" in said
    assert "Saved, for you alone" in edge.say(edge.event(edge.direct_message("U0AMARA", f"til {TEXT}")))


def test_a_form_with_an_error_stays_open_and_a_good_one_is_kept(edge: Edge) -> None:
    edge.send(edge.command("U0AMARA", "/learn", "til"))
    (view,) = edge.answers()

    refused = edge.send(edge.form("U0AMARA", view, text={"value": TEXT}, link={"value": "page 7"}))
    assert "I couldn't read that as an address" in str(refused.body)
    assert kept(edge) == []
    edge.send(
        edge.form(
            "U0AMARA",
            view,
            text={"value": TEXT},
            asks={"selected_options": []},
            where={"selected_option": {"value": LEARNING}},
        )
    )

    assert kept(edge) == [(TEXT, "", LEARNING, False)]


def test_a_note_of_a_message_has_its_words_and_its_address(edge: Edge) -> None:
    edge.send(edge.shortcut("U0AMARA", NoteId.SHORTCUT, {"text": f"{TEXT} &amp; more {'x' * 400}"}))

    (view,) = edge.answers()
    assert fields(view)["text"]["initial_value"].startswith(f"{TEXT} & more xxx")
    assert len(fields(view)["text"]["initial_value"]) == 300
    assert fields(view)["link"]["initial_value"] == "https://home.slack.com/archives/C0LEARNING/p1700000000000100"
    assert kept(edge) == []


def test_the_list_edits_and_deletes(edge: Edge) -> None:
    edge.send(edge.command("U0AMARA", "/learn", f"til {TEXT}"))
    edge.answers()
    edge.send(edge.command("U0AMARA", "/learn", "notes"))
    (listed,) = edge.answers()
    assert TEXT in listed["text"]
    (menu,) = [block["accessory"] for block in listed["blocks"] if "accessory" in block]
    edit, delete = (option["value"] for option in menu["options"])

    edge.send(edge.click("U0AMARA", menu["action_id"], edit))
    (view,) = edge.answers()
    edge.send(edge.form("U0AMARA", view, text={"value": "It takes two filters"}))
    (changed,) = edge.answers()
    assert changed["text"].startswith("*Changed:* \u201cIt takes two filters\u201d")
    # Nobody else's menu reaches it.
    assert "nothing changed" in edge.say(edge.click("U0LEE", menu["action_id"], delete))
    assert "*Deleted:* \u201cIt takes two filters\u201d" in edge.say(edge.click("U0AMARA", menu["action_id"], delete))
    assert kept(edge) == []


@pytest.mark.parametrize("value", ["", "1 2", "note.edit x", "delete 9999999999999", "delete \u0661"])
def test_a_payload_that_nobody_was_shown_changes_nothing(edge: Edge, value: str) -> None:
    edge.send(edge.command("U0AMARA", "/learn", f"til {TEXT}"))
    edge.answers()

    edge.say(edge.click("U0AMARA", NoteId.MORE, value))

    assert len(kept(edge)) == 1


def test_thanks_to_oneself_become_a_note(edge: Edge) -> None:
    edge.send(edge.command("U0AMARA", "/kudos", "<@U0AMARA> I ran the whole migration alone"))
    (answer,) = edge.answers()
    assert answer["text"].startswith("*Thanks are for others.*")

    view = press(edge, answer, "Keep as a learning note")

    assert fields(view)["text"]["initial_value"] == "I ran the whole migration alone"


def test_what_is_shown_of_a_note_can_mention_nobody(edge: Edge) -> None:
    said = edge.say(edge.command("U0AMARA", "/learn", "til &lt;!channel&gt; *bold* is loud"))

    assert "&lt;!channel&gt;" in said
    assert "<!channel>" not in said
