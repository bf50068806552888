"""What people are shown fits Slack, is harmless, complete as plain text, brief and calm."""

import re

import pytest

from bot.blocks.block_kit import Message, context, given_back, message, quote, section
from bot.blocks.names import CommandNames
from playground.block_kit import review_blocks, review_view
from tests.blocks.every import HOSTILE, MESSAGES, SHOWN, full, replies, sent_unasked, views
from tests.blocks.limits import texts, troubles
from tests.loops import for_each

NAMES = CommandNames()
UNASKED = sent_unasked(NAMES)
REPLIES = replies(NAMES)
# They are read on purpose, in one piece: the whole of what is stored, all words, everything that concerns one.
LONG_ON_PURPOSE = {"privacy", "messages", "help", "card", "hub, full", "hub, new", "goals", "left", "left nothing"} | {
    "topics"
}
# One section for each community, or each person found or thanked, however many there are.
LISTS = {
    *("which to join", "which to show", "which to leave", "kudos, together", "kudos, privately together"),
    *("found", "offer saved", "want saved", "topics of others"),
    *("goal check, which channel", "notes"),
}
# A message that has not been sent, with what its sender had better know before.
SHOWN_BEFORE = {"kudos preview, here", "kudos preview, elsewhere", "kudos preview, nowhere"}
# What the forms accept in full makes these longer: five people, 300 characters of deed, 200 of effect.
PEOPLES_OWN_WORDS = {
    *(
        "channel introduction",
        "channel introduction for one",
        "kudos",
        "kudos, privately",
        "which goal is done",
        "which goal is dropped",
    ),
    *("goal set", "goal set, witness", "goal set, community", "goal open again", "witness agreed"),
    *("goal check done", "weekly note, a goal"),
    *(f"goal {what} {number}" for what in ("done", "dropped", "ended") for number in range(4)),
}


@for_each("name", SHOWN)
def test_it_fits_slacks_limits_with_the_longest_that_forms_accept(name: str) -> None:
    assert troubles(SHOWN[name]) == []


@for_each("name", SHOWN)
def test_the_local_workspace_takes_it_as_slack_does(name: str) -> None:
    shown = SHOWN[name]
    findings = review_view(shown) if "type" in shown else review_blocks(shown["blocks"], "message")

    assert findings == []


@for_each("name", SHOWN)
def test_it_calls_no_channel_and_opens_no_markup_with_what_people_typed(name: str) -> None:
    shown = SHOWN[name]
    marked = [str(shown.get("text", ""))]
    for block in shown["blocks"]:
        marked += [block["text"]["text"]] if block["type"] == "section" else []
        marked += [one["text"] for one in block["elements"]] if block["type"] == "context" else []

    for text in marked:
        assert not re.search(r"<!(channel|here|everyone|subteam)", text)
        # A link is an address that somebody typed as one, behind the bot's own words.
        unlinked = re.sub(r"<https://[^\s<>|]+\|What it was about>", "", text)
        without = re.sub(r"<(@[UW][A-Z0-9]+|#[CG][A-Z0-9]+|!date\^[0-9]+\^[^|<>]+\|[^<>]+)>", "", unlinked)
        assert "<" not in without
        # A call of people's own that is shown as text is no call.
        assert not re.search(r"&(?!amp;|lt;|gt;)", without)


@for_each("name", MESSAGES)
def test_its_plain_text_says_all_that_its_blocks_say(name: str) -> None:
    one = MESSAGES[name]
    said = [text for block in one.blocks if block["type"] in {"section", "context", "header"} for text in _own(block)]

    assert one.text == "\n".join(said)
    assert one.text.strip()


def _own(block: dict[str, object]) -> list[str]:
    return list(texts(block["text"])) if "text" in block else list(texts(block["elements"]))


def _readable(text: str) -> str:
    """The text as it is read: a mention, a date, a link and an escaped character as what stands for them."""
    text = re.sub(r"<!date\^[^|<>]*\|([^<>]*)>", r"\1", text)
    text = re.sub(r"<[@#][A-Z0-9]+>", "@somebody", text)
    text = re.sub(r"<https://[^\s<>|]+\|([^<>|]*)>", r"\1", text)
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@for_each("name", sorted({*UNASKED, *REPLIES} - LONG_ON_PURPOSE - LISTS))
def test_its_plain_text_is_brief(name: str) -> None:
    limit = 700 if name in PEOPLES_OWN_WORDS or name.startswith("introduction") else 600
    # Two or three topics of 60 characters are people's own words too.
    limit += 180 if re.match("introduction . (swap|ring)", name) else 0
    limit += 230 if name in SHOWN_BEFORE else 0

    assert len(_readable(MESSAGES[name].text)) <= limit


def words_before_buttons(one: Message) -> int:
    """Count the words before the first button; a message without one has none to count."""
    if not any(block["type"] == "actions" or "accessory" in block for block in one.blocks):
        return 0
    words = 0
    for block in one.blocks:
        if block["type"] == "actions" or "accessory" in block:
            break
        words += sum(_count_words(text) for text in _own(block))
    return words


def _count_words(text: str) -> int:
    """Count the bot's own words: not what is in quotation marks, and a moment as a day and a time."""
    text = re.sub(r"<!date[^<>]*>", "today 10:00", re.sub("[\u201c\u201e][^\u201c\u201d]*[\u201c\u201d]", "", text))
    return len(re.findall(r"[^\W_]+(?:['\u2019:-][^\W_]+)*", _readable(text)))


# These list what concerns one person, or all that can be typed.
QUOTING = {"card", "hub, full", "help", "goals", "which goal is done", "which goal is dropped", "topics", "preview"}


@for_each("name", sorted({*UNASKED, *REPLIES} - QUOTING))
def test_at_most_sixty_words_stand_before_the_first_button(name: str) -> None:
    assert words_before_buttons(MESSAGES[name]) <= 60


@for_each("name", SHOWN)
def test_it_shouts_nowhere(name: str) -> None:
    for text in texts(SHOWN[name]["blocks"]):
        assert "!" not in re.sub(r"(?:&lt;|<)!", "", text)


@for_each("name", views(NAMES))
def test_every_view_is_a_modal_with_a_way_out_or_a_home(name: str) -> None:
    view = SHOWN[name]

    assert view["type"] == "home" or view["close"]["text"] in {"Cancel", "Close"}


def test_people_mentioned_in_a_quote_stay_mentioned_and_nothing_else_does() -> None:
    assert quote("<@U1> \n <!here> <b>") == "\u201c<@U1> &lt;!here&gt; &lt;b&gt;\u201d"


@pytest.mark.parametrize("text", [full(3_000), "&" * 3_000, "<@U0ABCDEFGHIJ>" * 300, HOSTILE])
def test_a_block_is_never_cut_in_the_middle_of_a_character_or_a_mention(text: str) -> None:
    for block in (section(quote(text)), context(quote(text))):
        (shown,) = _own(block)
        assert len(shown) <= 3_000
        assert re.fullmatch(r"(?:&(?:amp|lt|gt);|<@U0ABCDEFGHIJ>|[^&<>])*", shown)


@pytest.mark.parametrize("text", [full(3_000), "x" * 3_000, "word " * 599 + "words"])
def test_words_given_back_are_given_back_whole(text: str) -> None:
    blocks = given_back("What you typed: {words}", text)

    shown = "".join(one for block in blocks for one in _own(block))
    assert _readable(shown) == f"What you typed: {' '.join(text.split())}"
    assert troubles(message(*blocks).payload()) == []
