"""Thanks at the edge: shown first, given once, taken back, changed, kept for tomorrow."""

import json
from datetime import timedelta

import pytest

from bot.blocks import kudos as blocks
from bot.blocks.ids import KudosId
from bot.domain.identity import LARGEST_ID
from bot.domain.kudos import PRIVATELY, Thanks
from storage import communities
from storage.kudos import Kudos
from tests.factories import rows
from tests.handlers.edge import LEARNING, NOW, Edge, Json

DEED = "walked me through the migration twice"
# What a preview says of each thing that its button does not carry.
EMPTY: Json = {
    **dict.fromkeys(("deed", "effect", "link", "here", "place", "act"), ""),
    "people": [],
    "tag": None,
    "asked": False,
    "draft_id": 0,
}


def buttons(message: Json) -> dict[str, Json]:
    """The buttons of a message by what is on them."""
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    return {one["text"]["text"]: one for row in rows for one in row["elements"]}


def press(edge: Edge, message: Json, label: str, who: str = "U0LEE") -> Json:
    """Press a button of a message and return the one answer."""
    pressed = buttons(message)[label]
    edge.send(edge.click(who, pressed["action_id"], pressed.get("value", "")))
    (answer,) = edge.answers()
    return answer


def type_thanks(edge: Edge, words: str = f"<@U0ANA|ana> {DEED} #patience") -> Json:
    edge.send(edge.command("U0LEE", "/kudos", words))
    (answer,) = edge.answers()
    return answer


def thank(edge: Edge, times: int = 1) -> None:
    for number in range(times):
        profile = edge.people.find_profile("U0ANA")
        assert profile is not None
        edge.services.kudos.give(edge.actor("U0LEE"), LEARNING, Thanks(("U0ANA",), f"{DEED} {number}"), [profile], NOW)


def filled(view: Json, **more: Json) -> dict[str, Json]:
    """What somebody sends who fills in a form as it is, with some entries of their own."""
    entries: dict[str, Json] = {}
    for block in view["blocks"]:
        element = block.get("element", {})
        if "initial_users" in element:
            entries[block["block_id"]] = {"selected_users": element["initial_users"]}
        elif "initial_option" in element:
            entries[block["block_id"]] = {"selected_option": element["initial_option"]}
        elif "initial_value" in element:
            entries[block["block_id"]] = {"value": element["initial_value"]}
    return entries | more


def response(edge: Edge, view: Json, **more: Json) -> str:
    return str(edge.send(edge.form("U0LEE", view, **filled(view, **more))).body)


def test_typed_thanks_are_shown_first_and_nothing_is_sent(edge: Edge) -> None:
    preview = type_thanks(edge)

    assert preview["text"].startswith("*This is how it reads:*\n*<@U0LEE> thanks <@U0ANA> \u00b7 #patience*")
    assert "Precise in 1 of 3 ways." in preview["text"]
    assert list(buttons(preview)) == ["Post here", "Send privately", "Change it"]
    assert edge.services.kudos.oldest_draft(edge.actor("U0LEE")) is None


def test_a_preview_is_posted_or_sent_privately_with_one_tap(edge: Edge) -> None:
    posted = press(edge, type_thanks(edge), "Post here")
    private = press(edge, type_thanks(edge), "Send privately")

    assert "<@U0ANA> can read it in <#C0LEARNING> in a moment." in posted["text"]
    assert "<@U0ANA> reads it in a direct message." in private["text"]
    assert posted["replace_original"] is True


def test_the_preview_leads_into_the_form_with_everything_in_it(edge: Edge) -> None:
    view = press(edge, type_thanks(edge), "Change it")

    entries = filled(view)
    assert entries["people"] == {"selected_users": ["U0ANA"]}
    assert entries["deed"] == {"value": DEED}
    assert entries["tag"] == {"value": "patience"}
    assert entries["where"]["selected_option"]["value"] == LEARNING


def test_thanks_are_undone_and_said_differently(edge: Edge) -> None:
    given = press(edge, type_thanks(edge), "Post here")

    undone = press(edge, given, "Undo")
    view = press(edge, undone, "Say it differently")

    assert undone["text"] == "*Taken back.* Nobody reads it any more."
    assert filled(view)["deed"] == {"value": DEED}


def test_after_ten_minutes_thanks_stay_as_they_are(edge: Edge) -> None:
    given = press(edge, type_thanks(edge), "Post here")
    edge.clock.moment = NOW + timedelta(minutes=11)

    assert press(edge, given, "Undo")["text"].startswith("Ten minutes are over")
    assert press(edge, given, "Edit")["text"].startswith("Ten minutes are over")


def test_the_words_are_changed_through_the_form(edge: Edge) -> None:
    given = press(edge, type_thanks(edge), "Post here")
    view = press(edge, given, "Edit")

    response(edge, view, effect={"value": "I could do the second one alone"})

    (answer,) = edge.answers()
    assert answer["text"].startswith("*Changed.*")
    thanks, _ = edge.services.kudos.just_given(edge.actor("U0LEE"), 1, NOW)
    assert (thanks.deed, thanks.effect) == (DEED, "I could do the second one alone")


def test_an_empty_effect_is_asked_for_once_and_never_again(edge: Edge) -> None:
    edge.send(edge.command("U0LEE", "/kudos", "<@U0ANA>"))
    (view,) = edge.answers()

    asked = edge.send(edge.form("U0LEE", view, **filled(view, deed={"value": DEED})))
    assert '"response_action": "update"' in str(asked.body)
    assert "One half-sentence on the effect makes it twice as good." in str(asked.body)
    again = blocks.effect_form(
        edge.services.kudos.places(edge.actor("U0LEE"), LEARNING),
        blocks.Pending(Thanks(("U0ANA",), DEED), LEARNING, LEARNING),
    )
    assert response(edge, again) == ""
    assert edge.answers()[0]["text"].startswith("*Thank you for thanking.*")


def test_the_form_sends_privately_where_there_is_no_community(edge: Edge) -> None:
    edge.services.communities.fall_asleep(edge.tenant, LEARNING, NOW)
    edge.send(edge.command("U0LEE", "/kudos", "<@U0ANA>"))
    (view,) = edge.answers()
    assert "where" not in filled(view)

    response(edge, view, deed={"value": DEED}, effect={"value": "I can do it alone"})

    assert "reads it in a direct message" in edge.answers()[0]["text"]


@pytest.mark.parametrize(
    ("entries", "field", "said"),
    [
        ({"people": {"selected_users": ["U0LEE"]}}, "people", "Thanks are for others."),
        ({"people": {"selected_users": [f"U{n}" for n in range(6)]}}, "people", "Thanks to a crowd thanks nobody."),
        ({"deed": {"value": "Thanks!"}}, "deed", "What exactly did they do? One detail is enough."),
        ({"deed": {"value": "x" * 301}}, "deed", "301 characters"),
        ({"effect": {"value": "x" * 201}}, "effect", "201 characters"),
        ({"link": {"value": "a.b/c"}}, "link", "read that as an address"),
        ({"tag": {"value": "speed"}}, "tag", "none of the values here"),
    ],
)
def test_a_field_that_cannot_be_taken_says_what_to_change(
    edge: Edge, entries: dict[str, Json], field: str, said: str
) -> None:
    with edge.database.write() as session:
        communities.list_communities(session, edge.tenant.key)[0].value_tags = ("patience",)
    edge.send(edge.command("U0LEE", "/kudos", f"<@U0ANA> {'y' * 10}"))
    (view,) = edge.answers()

    refused = response(edge, view, **{"deed": {"value": DEED}, "effect": {"value": "so"}, **entries})

    assert '"response_action": "errors"' in refused
    assert f'"{field}"' in refused
    assert said in refused


def test_the_sixth_thanks_of_a_day_are_kept_for_tomorrow(edge: Edge) -> None:
    thank(edge, 5)

    offer = type_thanks(edge)
    assert offer["text"].startswith("That's 5 thanks today")
    kept = press(edge, offer, "Save as a draft")
    assert kept["text"].startswith("*Kept.*")
    edge.clock.moment = NOW + timedelta(days=1)
    brought_back = type_thanks(edge, "")
    view = press(edge, brought_back, "Open it")
    response(edge, view, effect={"value": "I can do it alone"})

    assert brought_back["text"].startswith("*You kept thanks on 20 November 2026.*")
    assert edge.answers()[0]["text"].startswith("*Thank you for thanking.*")
    assert edge.services.kudos.oldest_draft(edge.actor("U0LEE")) is None


def test_the_sixth_thanks_through_the_form_are_kept_too(edge: Edge) -> None:
    edge.send(edge.command("U0LEE", "/kudos", "<@U0ANA>"))
    (view,) = edge.answers()
    thank(edge, 5)

    asked = response(edge, view, deed={"value": DEED}, effect={"value": "I can do it alone"})
    keep = blocks.keep_form(blocks.Pending(Thanks(("U0ANA",), DEED), LEARNING, LEARNING))
    response(edge, keep)

    assert '"response_action": "update"' in asked
    assert "Save it as a draft for tomorrow?" in asked
    draft = edge.services.kudos.oldest_draft(edge.actor("U0LEE"))
    assert draft is not None
    assert (draft.thanks.people, draft.thanks.deed) == (("U0ANA",), DEED)


def test_a_draft_is_discarded(edge: Edge) -> None:
    edge.services.kudos.keep(edge.actor("U0LEE"), Thanks(("U0ANA",), DEED), NOW)

    assert press(edge, type_thanks(edge, ""), "Discard it")["text"].startswith("*Discarded.*")
    assert edge.services.kudos.oldest_draft(edge.actor("U0LEE")) is None


def test_saying_me_too_is_confirmed_and_can_be_taken_back(edge: Edge) -> None:
    thank(edge)

    said = edge.click("U0SAM", f"{KudosId.ME_TOO}:1", "1")
    edge.send(said)
    (answer,) = edge.answers()
    assert answer["text"].startswith("*Said.*")
    assert edge.say(edge.click("U0SAM", f"{KudosId.ME_TOO}:1", "1")) == "You said so already."
    assert press(edge, answer, "Take it back", "U0SAM")["text"].startswith("*Taken back.*")
    assert edge.say(edge.click("U0ANA", f"{KudosId.ME_TOO}:1", "1")).startswith("These thanks are yours already")


def test_only_those_concerned_take_thanks_down(edge: Edge) -> None:
    thank(edge)
    body = {"action_id": f"{KudosId.TAKE_DOWN}:1", "value": "1"}

    assert edge.say(edge.click("U0SAM", **body)).startswith("That belongs to somebody else")
    assert edge.say(edge.click("U0ANA", **body)).startswith("*Taken down.*")
    assert edge.say(edge.click("U0ANA", **body)).startswith("That is over already")


@pytest.mark.parametrize("value", ["", "C1 U1 U2", f"{LEARNING} U0ANA\nwords", "7"])
def test_the_button_of_an_older_message_opens_an_empty_form(edge: Edge, value: str) -> None:
    edge.send(edge.click("U0LEE", KudosId.GIVE, value))

    (view,) = edge.answers()
    assert view["callback_id"] == KudosId.FORM
    assert "people" not in filled(view)


def test_thanks_far_too_long_for_a_button_keep_what_fits() -> None:
    thanks = Thanks(tuple(f"U{n}" for n in range(9)), '"\n' * 4_000, "&" * 4_000, "x" * 4_000, "y" * 4_000)

    packed = blocks.encode(blocks.Pending(thanks, LEARNING, PRIVATELY, "act"))

    assert len(packed) <= 2_000
    assert blocks.decode(packed).here == LEARNING


def test_a_preview_of_another_version_is_read_as_far_as_it_goes() -> None:
    whole = blocks.Pending(
        Thanks(("U1",), DEED, "It saved a day", "care", "https://a.example/b"),
        LEARNING,
        PRIVATELY,
        "act",
        asked=True,
        draft_id=4,
    )
    told = json.loads(blocks.encode(whole))

    for name in told:
        less = blocks.decode(json.dumps({one: said for one, said in told.items() if one != name}))
        assert json.loads(blocks.encode(less)) == told | {name: EMPTY[name]}
        for odd in (None, 7.5, {"a": 1}, [None], "words" if name in {"people", "asked", "draft_id"} else -1):
            read = blocks.decode(json.dumps(told | {name: odd, "colour": "red"}))
            assert json.loads(blocks.encode(read)) == told | {name: EMPTY[name]}, (name, odd)
    for number in (0, -1, LARGEST_ID + 1, True):
        assert blocks.decode(json.dumps(told | {"draft_id": number})).draft_id == 0
    for nothing in ("", "{", "[]", "7", "null", '"words"'):
        assert blocks.decode(nothing) == blocks.Pending(Thanks((), ""))


def test_two_people_can_send_previews_that_do_not_say_which_act_they_are(edge: Edge) -> None:
    for who, whom in (("U0LEE", "U0ANA"), ("U0SAM", "U0ANA")):
        older = json.dumps({"people": [whom], "deed": DEED, "effect": "It saved a day", "place": LEARNING})
        assert edge.say(edge.click(who, f"{KudosId.POST}:channel", older)).startswith("*")

    assert len(rows(edge.database, Kudos)) == 2
