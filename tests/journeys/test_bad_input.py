"""Whatever somebody types where, they get an answer that keeps their words and says what to do."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from playground.client import Json, RunningWorkspace
from tests.blocks.limits import texts
from tests.databases import new_database
from tests.journeys.stage import Stage, ThreadStage

LEARNING, NO_COMMUNITY, NO_BOT = "C0LEARNING", "C0DESIGN", "C0GENERAL"
DIRECT = "a direct message to the bot"
LEE, MEI, ANA, GUEST, TOMASZ = "U0LEE", "U0MEI", "U0ANA", "U0VERA", "U0TOMASZ"
JOIN_FIRST = "You're in no introduction at the moment. `/learn join` in a community puts you in."
DEED = "walked me through the migration twice"
LONG = "x & " * 749 + "end."
NO_COMMUNITY_YET = (
    "This channel isn't a learning community yet. I can be useful in <#C0LEARNING>, or you can start one here."
)
# At the end of what is said: lines follow that this is not about.
AND_MORE = " [...]"
PREVIEW = "*This is how it reads:*\n*<@U0LEE> thanks <@U0AMARA>*"
RIGHT_TO_LEFT = "مرحبا بالعالم كيف الحال"


@pytest.fixture(scope="module")
def stage(
    request: pytest.FixtureRequest,
    database_kind: str,
    workspace_process: RunningWorkspace,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    """#learning is on with four people introduced; #design has the bot but no community; #general has neither.

    Mei has one goal open, Ana three, Lee none and is in nothing, Vera is a guest.
    """
    folder = tmp_path_factory.mktemp("stage")
    with new_database(request, database_kind, folder) as url:
        one = ThreadStage(workspace_process, folder, datetime(2026, 11, 20, 9, 0, tzinfo=UTC), url)
        try:
            set_up(one)
            yield one
        finally:
            one.close()


def set_up(one: Stage) -> None:
    client = one.client
    for channel in (LEARNING, NO_COMMUNITY):
        client.invite("U0AMARA", channel)
        client.wait_for_message("U0AMARA", channel, "quiet until")
    for channel in (LEARNING, NO_COMMUNITY):
        client.invite("U0AMARA", channel, GUEST)
    client.command("U0AMARA", LEARNING, "/learn", "setup")
    wait_for_form(one, "U0AMARA")
    assert client.submit("U0AMARA", {"purpose": {"value": "Getting better at planning, together"}})["closed"]
    one.settle()
    for who in (TOMASZ, "U0JONAS", MEI, ANA):
        one.type(who, LEARNING, "/learn", "join")
    for who, titles in ((MEI, ("first",)), (ANA, ("first", "second", "third"))):
        for title in titles:
            client.command(who, LEARNING, "/goal", f"Run the {title} retro alone")
            wait_for_form(one, who)
            assert client.submit(who, {"evidence": {"value": "I show it to someone"}})["closed"]
    one.go_to(datetime(2026, 11, 23, 11, 0, tzinfo=UTC))
    one.settle()


def wait_for_form(stage: Stage, who: str) -> Json:
    return stage.client.wait_for(lambda: stage.client.views(who))[-1]


def answer(stage: Stage, who: str, where: str, command: str, text: str) -> Json:
    """Type something and return the message or the form that answers it."""
    client = stage.client
    channel = client.dm(who, "U0BOT") if where == DIRECT else where
    before = {message["ts"] for message in client.messages(who, channel)}
    open_before = {view["id"] for view in client.views(who)}
    if command:
        client.command(who, channel, command, text)
    else:
        client.say(who, channel, text)

    def seen() -> list[Json]:
        told = [
            message
            for message in client.messages(who, channel)
            if message["ts"] not in before and (message["ephemeral"] or message["bot"])
        ]
        return told or [view for view in client.views(who) if view["id"] not in open_before]

    return client.wait_for(seen)[0]


def check_harmless(stage: Stage, shown: Json) -> None:
    text = str(shown)
    assert not re.search(r"<!(channel|here|everyone)", text)
    assert "Traceback" not in text
    assert "on my side" not in text
    assert "reference" not in stage.log()


SAID = [
    # /learn and its words
    (LEE, LEARNING, "/learn", "", "*I help colleagues learn from each other.*\nIntroductions happen in <#C0LEARNING>."),
    (LEE, LEARNING, "/learn", "joinn", "I don't know *joinn*. Did you mean *join*?"),
    (
        LEE,
        LEARNING,
        "/learn",
        "gaol run a retro",
        "I don't know *gaol*. Did you mean *goal*?\nWhat you typed is kept: gaol run a retro",
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        f"kudso @amara {DEED}",
        f"I don't know *kudso*. Did you mean *kudos*?\nWhat you typed is kept: kudso @amara {DEED}",
    ),
    (LEE, LEARNING, "/learn", "🎉", f"I don't know “🎉”. `/learn help` shows what I understand.{AND_MORE}"),
    (LEE, LEARNING, "/learn", "@channel", f"I don't know “@channel”. `/learn help` shows what I understand.{AND_MORE}"),
    (LEE, LEARNING, "/learn", "&<>", f"I don't know “&amp;&lt;&gt;”. `/learn help` shows what I understand.{AND_MORE}"),
    (
        LEE,
        LEARNING,
        "/learn",
        "<script>alert(1)</script>",
        f"*I can use this as a goal:* &lt;script&gt;alert(1)&lt;/script&gt;{AND_MORE}",
    ),
    (LEE, LEARNING, "/learn", RIGHT_TO_LEFT, f"*I can use this as a goal:* {RIGHT_TO_LEFT}{AND_MORE}"),
    (LEE, NO_BOT, "/learn", "help", f"*I help colleagues learn from each other.*\n`/learn join`{AND_MORE}"),
    (LEE, DIRECT, "/learn", "privacy @nobody", f"*What I store about you:*{AND_MORE}"),
    # join
    (
        LEE,
        NO_COMMUNITY,
        "/learn",
        "join",
        NO_COMMUNITY_YET,
    ),
    (
        LEE,
        NO_BOT,
        "/learn",
        "join",
        NO_COMMUNITY_YET,
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "join #design",
        (f"{NO_COMMUNITY_YET}\nWhat you typed: join #design"),
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "join #nowhere",
        (
            "I couldn't find *#nowhere* as a channel. Pick it from the list that Slack shows after #.\n"
            "What you typed: join #nowhere"
        ),
    ),
    (GUEST, LEARNING, "/learn", "join", "This is for members of this workspace; guests and bots take no part."),
    # leave
    (LEE, LEARNING, "/learn", "leave", "You weren't in these introductions, so nothing changed."),
    (LEE, LEARNING, "/learn", "leave all", "You weren't in these introductions, so nothing changed."),
    (LEE, DIRECT, "/learn", "leave", "You weren't in these introductions, so nothing changed."),
    (
        MEI,
        LEARNING,
        "/learn",
        "leave #design",
        "You weren't in these introductions, so nothing changed. You're in those of <#C0LEARNING>.",
    ),
    (
        MEI,
        LEARNING,
        "/learn",
        "leave #nowhere",
        (
            "I couldn't find *#nowhere* as a channel. Pick it from the list that Slack shows after #.\n"
            "What you typed: leave #nowhere"
        ),
    ),
    # pause and resume
    (
        LEE,
        LEARNING,
        "/learn",
        "pause",
        "*How long shall I be quiet?* No introductions and no messages from me meanwhile.",
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "pause until",
        "*How long shall I be quiet?* No introductions and no messages from me meanwhile.",
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "pause until 31/11",
        "I read *until 31/11* as a date but November ends on the 30th. Which day?\nWhat you typed: until 31/11",
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "pause 5/6",
        "*5/6* can be 5 June 2027 or 6 May 2027. Which day?\nWhat you typed: 5/6",
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "pause 2026-11-01",
        "That day is gone. The next one is Tuesday 24 November.\nWhat you typed: 2026-11-01",
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "pause 90w",
        "That's too far away. The last day I can take is 24 May 2027.\nWhat you typed: 90w",
    ),
    *(
        (
            LEE,
            LEARNING,
            "/learn",
            f"pause {typed}",
            f"I couldn't read *{shown}* as a day. Try `until Friday`, `2w` or `2026-12-14`.\nWhat you typed: {shown}",
        )
        for typed, shown in (
            ("🎉", "🎉"),
            ("@channel", "@channel"),
            ("@nobody", "@nobody"),
            ("0d or so", "0d or so"),
            (RIGHT_TO_LEFT, RIGHT_TO_LEFT),
            ("<b> & co", "&lt;b&gt; &amp; co"),
        )
    ),
    (LEE, LEARNING, "/learn", "resume", "You weren't paused, so nothing changed."),
    # about and setup
    (
        LEE,
        NO_COMMUNITY,
        "/learn",
        "about",
        NO_COMMUNITY_YET,
    ),
    (
        LEE,
        LEARNING,
        "/learn",
        "about #nowhere",
        (
            "I couldn't find *#nowhere* as a channel. Pick it from the list that Slack shows after #.\n"
            "What you typed: about #nowhere"
        ),
    ),
    (LEE, NO_BOT, "/learn", "setup", "I'm not in <#C0GENERAL>. Invite me with `/invite`, then try again."),
    (
        LEE,
        LEARNING,
        "/learn",
        "setup",
        "Only those who look after <#C0LEARNING> change it: <@U0AMARA>. Shall I pass on what you suggest?",
    ),
    *(
        (
            LEE,
            DIRECT,
            command,
            "setup",
            "That works in a channel, where I can see which community you mean. Type it there.",
        )
        for command in ("/learn", "")
    ),
    # the introduction
    *(
        (
            LEE,
            LEARNING,
            "/learn",
            word,
            JOIN_FIRST,
        )
        for word in ("buddy", "booked", "met", "skip", "swap")
    ),
    (
        LEE,
        NO_BOT,
        "/learn",
        "skip @nobody please",
        (f"{JOIN_FIRST}\nWhat you typed: skip @nobody please"),
    ),
    # goals
    (
        LEE,
        LEARNING,
        "/learn",
        "goals",
        "*No goal is open.* For example: `/goal run a retro on my own by end of January`",
    ),
    *((LEE, LEARNING, "/learn", word, "No goal of yours is open. `/goal` sets one.") for word in ("done", "drop")),
    *(
        (
            MEI,
            LEARNING,
            "/learn",
            f"{word} {typed}",
            (
                "I find no open goal like that among yours. `/learn goals` lists them with their numbers.\n"
                f"What you typed: {typed}"
            ),
        )
        for word in ("done", "drop")
        for typed in ("9", "0", "-1", "🎉", "@nobody", "@channel")
    ),
    (
        ANA,
        LEARNING,
        "/learn",
        "done",
        "*Which goal?*\n1. Run the first retro alone\n2. Run the second retro alone\n3. Run the third retro alone",
    ),
    (
        ANA,
        LEARNING,
        "/goal",
        "read <b> & @channel",
        "You have three goals open. Finish or drop one first?\nWhat you typed: read &lt;b&gt; &amp; @channel",
    ),
    # thanks outside a community
    (
        LEE,
        NO_COMMUNITY,
        "/kudos",
        f"@amara {DEED}",
        f"{PREVIEW}{AND_MORE}",
    ),
    (
        LEE,
        DIRECT,
        "/kudos",
        f"@amara {DEED}",
        f"{PREVIEW}{AND_MORE}",
    ),
    (
        LEE,
        DIRECT,
        "",
        f"kudos @amara {DEED}",
        f"{PREVIEW}{AND_MORE}",
    ),
    # direct messages
    (LEE, DIRECT, "", "hi", "*I help colleagues learn from each other.*\nIntroductions happen in <#C0LEARNING>."),
    (LEE, DIRECT, "", "@channel &<> <b>", f"*I can use this as a goal:* @channel &amp;&lt;&gt; &lt;b&gt;{AND_MORE}"),
    (LEE, DIRECT, "", "goal read a book", "*A goal needs a short form.* What you typed is in it already."),
    (LEE, DIRECT, "", "done 9", "No goal of yours is open. `/goal` sets one."),
    (MEI, DIRECT, "", f"kudos @nobody {DEED}", "I couldn't find *@nobody* as a person here. Pick them from the list."),
    (
        MEI,
        DIRECT,
        "",
        f"kudos @mei {DEED}",
        f"*Thanks are for others.* Keep it for yourself as a learning note?\n\u201c{DEED}\u201d",
    ),
    (MEI, DIRECT, "", "kudos", "*Thanks need a short form.*"),
    (
        LEE,
        DIRECT,
        "",
        "pause 31/11",
        "I read *31/11* as a date but November ends on the 30th. Which day?\nWhat you typed: 31/11",
    ),
]


@pytest.mark.parametrize(("who", "where", "command", "text", "said"), SAID)
def test_it_is_answered_in_these_words(stage: Stage, who: str, where: str, command: str, text: str, said: str) -> None:
    shown = answer(stage, who, where, command, text)

    assert "text" in shown, shown
    if said.endswith(AND_MORE):
        assert shown["text"].startswith(said.removesuffix(AND_MORE))
    else:
        assert shown["text"] == said
    check_harmless(stage, shown)


@pytest.mark.parametrize(
    ("where", "command", "word", "typed"),
    [
        (LEARNING, "/learn", "", LONG),
        (LEARNING, "/learn", "pause ", LONG[:2994]),
        (NO_COMMUNITY, "/learn", "", f"join #design {LONG[:2960]}"),
        (DIRECT, "/learn", "", LONG),
    ],
)
def test_three_thousand_characters_are_given_back_to_the_last(
    stage: Stage, where: str, command: str, word: str, typed: str
) -> None:
    shown = answer(stage, LEE, where, command, word + typed)

    readable = shown["text"].replace("\n", "").replace("&amp;", "&")
    assert " ".join(typed.split()) in readable
    check_harmless(stage, shown)


@pytest.mark.parametrize(
    "text",
    [
        f"pause a{'!' * 12_000}a",
        f"pause a{'!' * 39_000}a",
        f"a{' ' * 39_000}b",
        "a" + "\u200b" * 39_000 + "b",
        f"find {'a new word ' * 3_000}",
        f"want {'ing' * 9_000}",
    ],
    ids=lambda text: f"{text[:9]} {len(text)}",
)
def test_more_is_not_read_and_the_answer_says_so(stage: Stage, text: str) -> None:
    for where, command in ((DIRECT, ""), (LEARNING, "/learn")):
        shown = answer(stage, LEE, where, command, text)

        sentence, typed = shown["text"].split("\n", 1)
        assert sentence.startswith(f"That's {len(text.strip())} characters, and I read up to 3000 at a time")
        assert typed.startswith(f"What you typed: {text[:6].strip()}")
        check_harmless(stage, shown)


PERSON_NOTE = "can't take part: guests, apps and deactivated accounts don't."
CROWD = "@amara @tomasz @jonas @mei @ana @sam"
TOO_LONG = "That's {} characters; it works best under {}. Shorten it a little?"
FORMS = [
    ("/goal", "", None, {"title": None}),
    ("/goal", "🎉", None, {"title": "🎉"}),
    ("/goal", "@channel <b> & 'co'", None, {"title": "@channel <b> & 'co'"}),
    ("/goal", RIGHT_TO_LEFT, None, {"title": RIGHT_TO_LEFT}),
    ("/goal", "y" * 412, TOO_LONG.format(412, 140), {"title": "y" * 412}),
    ("/goal", LONG, TOO_LONG.format(len(LONG), 140), {"title": LONG}),
    ("/learn", f"goal {'y' * 412}", TOO_LONG.format(412, 140), {"title": "y" * 412}),
    ("/kudos", "", None, {"people": None, "deed": None}),
    ("/kudos", DEED, None, {"people": None, "deed": DEED}),
    ("/kudos", "@amara", None, {"people": ["U0AMARA"], "deed": None}),
    (
        "/kudos",
        f"@nobody {DEED}",
        "I couldn't find *@nobody* as a person here. Pick them from the list.",
        {"people": None, "deed": DEED},
    ),
    (
        "/kudos",
        f"@amara and @nobody {DEED}",
        "I couldn't find *@nobody* as a person here. Pick them from the list.",
        {"people": ["U0AMARA"], "deed": DEED},
    ),
    ("/kudos", f"@peerloop {DEED}", f"<@U0BOT> {PERSON_NOTE}", {"people": None, "deed": DEED}),
    ("/kudos", f"@old-ben {DEED}", f"<@U0OLDBEN> {PERSON_NOTE}", {"people": None, "deed": DEED}),
    ("/kudos", f"@vera {DEED}", f"<@U0VERA> {PERSON_NOTE}", {"people": None, "deed": DEED}),
    (
        "/kudos",
        f"@lee @amara {DEED}",
        "Thanks are for others. To keep something for yourself, there is `/learn til`.",
        {"people": ["U0AMARA"], "deed": DEED},
    ),
    (
        "/kudos",
        f"{CROWD} {DEED}",
        "Thanks to a crowd thanks nobody. Choose up to five, or write in the channel.",
        {"people": ["U0AMARA", "U0TOMASZ", "U0JONAS", "U0MEI", "U0ANA", "U0SAM"], "deed": DEED},
    ),
    (
        "/kudos",
        f"@channel {DEED}",
        "Thanks to a group thanks nobody. Name up to five people.",
        {"people": None, "deed": DEED},
    ),
    (
        "/kudos",
        "@amara ok",
        "What exactly did they do? One detail is enough.",
        {"people": ["U0AMARA"], "deed": "ok"},
    ),
    (
        "/kudos",
        "@amara 🎉",
        "What exactly did they do? One detail is enough.",
        {"people": ["U0AMARA"], "deed": "🎉"},
    ),
    (
        "/kudos",
        f"@amara {LONG[:2900].strip()}",
        TOO_LONG.format(len(LONG[:2900].strip()), 300),
        {"people": ["U0AMARA"], "deed": LONG[:2900].strip()},
    ),
    (
        "/learn",
        f"kudos @nobody <script> {DEED} #patience",
        "I couldn't find *@nobody* as a person here. Pick them from the list.",
        {"people": None, "deed": f"<script> {DEED}", "tag": "patience"},
    ),
]


@pytest.mark.parametrize(("command", "text", "note", "kept"), FORMS)
def test_what_is_not_enough_opens_the_form_with_the_reason_and_the_words(
    stage: Stage, command: str, text: str, note: str | None, kept: dict[str, Any]
) -> None:
    view = answer(stage, LEE, LEARNING, command, text)

    fields = {block["block_id"]: block["element"] for block in view["blocks"] if block["type"] == "input"}
    for name, value in kept.items():
        held = fields[name].get("initial_value", fields[name].get("initial_users"))
        assert held == value, name
    first = view["blocks"][0]
    assert (first["text"]["text"] if first["type"] == "section" else None) == note
    check_harmless(stage, view)
    stage.client.close_view(LEE, view["id"])


SHORT_TITLE = "A few more words, so that you'll still know in a month."
REFUSED = [
    ("/goal", {"title": {"value": "🎉"}, "evidence": {"value": "I show it"}}, {"title": SHORT_TITLE}),
    (
        "/goal",
        {"title": {"value": "y" * 141}, "evidence": {"value": "no"}, "plan": {"value": "z" * 201}},
        {
            "title": TOO_LONG.format(141, 140),
            "evidence": "How will it show? Pick one of the three below if nothing comes to mind.",
            "plan": TOO_LONG.format(201, 200),
        },
    ),
    (
        "/goal",
        {
            "title": {"value": "Run a retro alone"},
            "evidence": {"value": "I show it"},
            "due_on": {"value": "2026-11-23"},
        },
        {"due_on": "That day is gone. The next one is Tuesday 24 November."},
    ),
    (
        "/goal",
        {
            "title": {"value": "Run a retro alone"},
            "evidence": {"value": "I show it"},
            "due_on": {"value": "2027-12-01"},
        },
        {"due_on": "That's too far away. The last day I can take is 24 May 2027."},
    ),
    (
        "/kudos",
        {"people": {"value": ["U0BOT"]}, "deed": {"value": "ok"}, "tag": {"value": "t" * 31}},
        {
            "people": "One of them can't take part: guests, apps and deactivated accounts don't.",
            "deed": "What exactly did they do? One detail is enough.",
            "tag": TOO_LONG.format(31, 30),
        },
    ),
    *(
        ("/kudos", {"people": {"value": [who]}, "deed": {"value": DEED}}, {"people": said})
        for who, said in (
            ("U0OLDBEN", "One of them can't take part: guests, apps and deactivated accounts don't."),
            ("U0VERA", "One of them can't take part: guests, apps and deactivated accounts don't."),
            ("U0NOBODY", "I couldn't find one of them as a person here. Pick them from the list."),
            (LEE, "Thanks are for others. To keep something for yourself, there is /learn til."),
        )
    ),
    (
        "/kudos",
        {
            "people": {"value": ["U0AMARA", "U0TOMASZ", "U0JONAS", "U0MEI", "U0ANA", "U0SAM"]},
            "deed": {"value": "d" * 301},
            "effect": {"value": "e" * 201},
        },
        {
            "people": "Thanks to a crowd thanks nobody. Choose up to five, or write in the channel.",
            "deed": TOO_LONG.format(301, 300),
            "effect": TOO_LONG.format(201, 200),
        },
    ),
    (
        "/learn setup",
        {"purpose": {"value": "🎉"}, "facilitators": {"value": [LEE, "U0BOT"]}},
        {
            "purpose": "A few more words, so that people know what this channel is for.",
            "facilitators": "One of them can't take part: guests, apps and deactivated accounts don't.",
        },
    ),
    ("/learn setup", {"purpose": {"value": "p" * 121}}, {"purpose": TOO_LONG.format(121, 120)}),
]


@pytest.mark.parametrize(("command", "values", "errors"), REFUSED)
def test_a_form_stays_open_with_a_sentence_at_each_field(
    stage: Stage, command: str, values: Json, errors: dict[str, str]
) -> None:
    word, _, text = command.partition(" ")
    # The people of #design that may set it up are everybody, since it is no community yet.
    who, where = ("U0AMARA", NO_COMMUNITY) if text else (LEE, LEARNING)
    view = answer(stage, who, where, word, text)
    assert "blocks" in view, view

    given = stage.client.submit(who, {name: {"value": entry["value"]} for name, entry in values.items()})

    assert (given["closed"], given["errors"]) == (False, errors)
    (still_open,) = stage.client.views(who)
    assert still_open["id"] == view["id"]
    check_harmless(stage, still_open)
    stage.client.close_view(who, view["id"])


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("   ", "One line is enough, and it stays yours."),
        ("t" * 201, TOO_LONG.format(201, 200)),
        (LONG, TOO_LONG.format(len(LONG), 200)),
    ],
)
def test_a_takeaway_that_cannot_be_kept_stays_in_its_form(stage: Stage, typed: str, said: str) -> None:
    note = stage.type(TOMASZ, LEARNING, "/learn", "met")
    stage.client.click_text(TOMASZ, LEARNING, note["ts"], "One thing I take away")
    view = wait_for_form(stage, TOMASZ)

    given = stage.client.submit(TOMASZ, {"takeaway": {"value": typed}})

    assert (given["closed"], given["errors"]) == (False, {"takeaway": said})
    stage.client.close_view(TOMASZ, view["id"])


def test_a_day_that_can_be_two_is_settled_with_one_press(stage: Stage) -> None:
    asked = stage.type(MEI, LEARNING, "/learn", "pause 5/3")

    said = stage.reply_to(MEI, LEARNING, lambda: stage.client.click_text(MEI, LEARNING, asked["ts"], "5 March 2027"))

    assert said["text"].startswith("*Quiet until Friday 5 March.*")
    assert stage.type(MEI, LEARNING, "/learn", "resume")["text"].startswith("*Welcome back.*")


def test_thanks_that_name_a_channel_are_posted_without_calling_it(stage: Stage) -> None:
    client = stage.client
    answer(stage, MEI, LEARNING, "/kudos", f"@amara told @channel, @here and <!everyone> how to <b> {DEED}")

    assert client.submit(MEI, {"effect": {"value": "I know now"}})["closed"]

    posted = client.wait_for_message(LEE, LEARNING, "told")
    assert "@channel, @here and &lt;!everyone&gt; how to &lt;b&gt;" in posted["text"]
    check_harmless(stage, posted)


def test_nothing_the_bot_ever_sent_calls_a_channel(stage: Stage) -> None:
    stage.settle()

    calls = [call["arguments"] for call in stage.client.record() if str(call.get("method", "")).startswith("chat.")]

    assert calls
    for call in calls:
        for text in (call["text"], *texts(call["blocks"])):
            assert not re.search(r"<!(channel|here|everyone)", text)
