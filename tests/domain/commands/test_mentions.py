"""Thanks as Slack delivers them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.commands import KudosText, parse_kudos, plain, unquoted


def thanks(text: str = "", *people: str, **parts: object) -> KudosText:
    empty: dict[str, object] = {"unknown": (), "groups": (), "channels": (), "broadcast": False, "tag": None}
    return KudosText(people=people, text=text, **{**empty, **parts})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", thanks()),
        ("<@U1|lee> walked me through it twice", thanks("walked me through it twice", "U1")),
        ("<@U1> <@W2|kim> stayed late", thanks("stayed late", "U1", "W2")),
        ("<@U1>, <@U2> and <@U1>: you stayed", thanks("you stayed", "U1", "U2")),
        ("<@U1> &amp; <@U2> stayed", thanks("stayed", "U1", "U2")),
        ("<@U1> and then it worked", thanks("and then it worked", "U1")),
        ("<@U1> helped <@U2|kim> out", thanks("helped <@U2> out", "U1")),
        ("thanks <@U1|lee> for it", thanks("thanks <@U1> for it", "U1")),
        ("@lee walked me through", thanks("walked me through", unknown=("@lee",))),
        ("<@U1> @kim. stayed", thanks(". stayed", "U1", unknown=("@kim",))),
        ("thanks to @lee!", thanks("thanks to @lee!", unknown=("@lee",))),
        ("<@U1> wrote to a@b.c", thanks("wrote to a@b.c", "U1")),
        ("wrote to a@b.c", thanks("wrote to a@b.c")),
        ("<@U1> stayed #patience", thanks("stayed", "U1", tag="patience")),
        ("<@U1> #Patience stayed", thanks("stayed", "U1", tag="patience")),
        ("#team-work <@U1> stayed", thanks("stayed", "U1", tag="team-work")),
        ("<@U1> fixed the #billing page", thanks("fixed the #billing page", "U1", tag="billing")),
        ("<@U1> stayed #one #two", thanks("stayed", "U1", tag="one")),
        ("<@U1> closed #3", thanks("closed #3", "U1")),
        ("<@U1> wrote `#tag @here`", thanks("wrote `#tag @here`", "U1")),
        ("<@U1> see <https://a.b/c#d|a.b/c#d>", thanks("see a.b/c#d", "U1")),
        ("<@U1> see <https://a.b/c|this page>", thanks("see this page (https://a.b/c)", "U1")),
        ("<@U1> \u201cstayed\u201d &lt;3 R&amp;D", thanks("\u201cstayed\u201d <3 R&D", "U1")),
        ("<!subteam^S1|@ops> stayed", thanks("stayed", groups=("S1",))),
        ("<@U1> helped <!subteam^S1>", thanks("helped @S1", "U1", groups=("S1",))),
        ("<@U1> ran <#C1|learning>", thanks("ran #learning", "U1", channels=("C1",))),
        ("<!channel> stayed", thanks("stayed", broadcast=True)),
        ("<@U1> told <!here|here> it", thanks("told @here it", "U1", broadcast=True)),
        ("<@U1> told @Everyone, twice", thanks("told @Everyone, twice", "U1", broadcast=True)),
        ("<@U1> typed `<!channel>`", thanks("typed `@channel`", "U1", broadcast=True)),
        ("<@U1> on <!date^1^{date}|Monday>", thanks("on Monday", "U1")),
        ('<@U1> "stayed late"', thanks("stayed late", "U1")),
        ("\u201c<@U1> stayed\u201d", thanks("stayed", "U1")),
        ("<@U1> \u201cstayed late\u201d #grit", thanks("stayed late", "U1", tag="grit")),
        ("<@U1>\u00a0stayed", thanks("stayed", "U1")),
        ("<@U1>\n1. stayed\n2. left", thanks("1. stayed\n2. left", "U1")),
    ],
)
def test_thanks_are_taken_apart(text: str, expected: KudosText) -> None:
    assert parse_kudos(text) == expected


@pytest.mark.parametrize(
    ("delivered", "typed"),
    [
        ("R&amp;D &lt;3 &gt;", "R&D <3 >"),
        ("&amp;lt;", "&lt;"),
        ("&amp;amp;lt;", "&amp;lt;"),
        ("with <@U1|lee> in <#C1|learning>", "with @lee in #learning"),
        ("with <@U1>", "with <@U1>"),
        ("<https://a.b|a.b> and <https://c.d>", "a.b and https://c.d"),
        ("<mailto:a@b.c|a@b.c>", "a@b.c"),
        ("<https://a.b?x=1&amp;y=2>", "https://a.b?x=1&y=2"),
        ("<!channel> <!subteam^S1|@ops>", "@channel @ops"),
        ("`a &lt; b`", "`a < b`"),
        ("  two  spaces\n", "  two  spaces\n"),
    ],
)
def test_plain_text_is_what_was_typed(delivered: str, typed: str) -> None:
    assert plain(delivered) == typed


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        (' "run a retro" ', "run a retro"),
        ("\u201crun a retro\u201d", "run a retro"),
        ("\u201erun a retro\u201c", "run a retro"),
        ("\u2018say what I don\u2019t know\u2019", "say what I don\u2019t know"),
        ("\u201cyes\u201d and \u201cno\u201d", "\u201cyes\u201d and \u201cno\u201d"),
        ("don't", "don't"),
        ('"', '"'),
        ('""', ""),
    ],
)
def test_quotes_around_everything_are_optional(text: str, bare: str) -> None:
    assert unquoted(text) == bare


@given(st.text())
def test_text_without_markup_comes_back_unchanged(typed: str) -> None:
    delivered = typed.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

    assert plain(delivered) == typed


MARKUP = ["<@U1>", "<@U2|b>", "<!here>", "<!subteam^S1|@x>", "<#C1|x>", "<http://a|b>", "#t", "@lee"]
BROKEN = [
    "`",
    "```",
    "<",
    ">",
    "|",
    "&",
    "&amp;",
    "&lt;",
    ",",
    "and",
    "a",
    "#",
    "@",
    "<!",
    "<@",
    "^",
    " ",
    "\n",
]
slack = st.lists(st.sampled_from([*MARKUP, *BROKEN])).map("".join)


@given(st.text() | slack)
def test_nothing_breaks_it_and_no_live_markup_is_left(text: str) -> None:
    read = parse_kudos(text)

    assert read.text == read.text.strip()
    assert len(set(read.people)) == len(read.people)
    assert all(name.startswith("@") for name in read.unknown)
    assert read.broadcast or "<!here>" not in text
    if "&" not in text:
        assert "<!here>" not in read.text
        assert "<#C1" not in read.text


def test_long_hostile_text_is_read_quickly() -> None:
    for piece in ("`", "```", "<", "<@", "@a.", "#a-", "&amp;", "<!date^", "<!a^" + "^" * 50 + ">"):
        parse_kudos(piece * (8000 // len(piece)))
