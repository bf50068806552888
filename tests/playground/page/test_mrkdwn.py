"""mrkdwn, dates and Markdown as HTML, the hostile kind included."""

from datetime import UTC, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.page.dates import ago, slack_date
from playground.page.markdown import markdown
from playground.page.mrkdwn import mrkdwn, plain
from playground.page.reader import Reader

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
MONDAY_NINE = int(NOW.timestamp())
READER = Reader(
    me="U1",
    zone=ZoneInfo("Europe/Berlin"),
    now=NOW,
    people={"U1": "Amara", "U2": "Lee <b>"},
    channels={"C1": "learning"},
)
LINK = '<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("plain words", "plain words"),
        ("*bold* _italic_ ~gone~", "<b>bold</b> <i>italic</i> <s>gone</s>"),
        ("*bold and _both_*", "<b>bold and <i>both</i></b>"),
        ("`*not bold*`", "<code>*not bold*</code>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("a\nb", "a<br>b"),
        ("before\n> one\n&gt; two\nafter", "before<blockquote>one<br>two</blockquote>after"),
        ("```\na  *b*\n```", "<pre>a  *b*</pre>"),
        ("```a``` and `b`", "<pre>a</pre> and <code>b</code>"),
        ("Tom &amp; Lee &lt;3", "Tom &amp; Lee &lt;3"),
        ("<https://example.org|the *site*>", LINK.format("https://example.org", "the <b>site</b>")),
        ("<https://example.org?a=1&amp;b=2>", LINK.format(*["https://example.org?a=1&amp;b=2"] * 2)),
        ("see https://example.org.", f"see {LINK.format(*['https://example.org'] * 2)}."),
        ("<mailto:a@example.org|a@example.org>", LINK.format("mailto:a@example.org", "a@example.org")),
        ("<@U1>", '<span class="mention mention-me">@Amara</span>'),
        ("<@U9>", '<span class="mention">@U9</span>'),
        ("<#C1>", '<a class="mention" href="/?as=U1&amp;c=C1">#learning</a>'),
        ("<#C9|secret>", '<span class="mention">private channel</span>'),
        ("<!here>", '<span class="mention mention-all">@here</span>'),
        ("<!subteam^S1|@pilots>", '<span class="mention">@pilots</span>'),
        (":nosuchthing:", ":nosuchthing:"),
    ],
)
def test_mrkdwn_becomes(text: str, html: str) -> None:
    assert mrkdwn(text, READER) == html


def test_emoji_are_named_for_screen_readers() -> None:
    assert mrkdwn(":+1::skin-tone-3:", READER) == '<span class="emoji" role="img" aria-label="+1">👍</span>'
    assert plain("Done :tada:") == 'Done <span class="emoji" role="img" aria-label="tada">🎉</span>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("&lt;script&gt;", "&lt;script&gt;"),
        ("&lt;!channel&gt;", "&lt;!channel&gt;"),
        ("<javascript:alert(1)|click>", "click"),
        ("<JAVASCRIPT:alert(1)>", "JAVASCRIPT:alert(1)"),
        ("<data:text/html,x|click>", "click"),
        ('<https://x" onmouseover="y|z>', LINK.format("https://x&#34; onmouseover=&#34;y", "z")),
        ("<@U2>", '<span class="mention">@Lee &lt;b&gt;</span>'),
        ("*<b>*", "<b>&lt;b&gt;</b>"),
        ("`<i>`", "<code>&lt;i&gt;</code>"),
        ("```<u>```", "<pre>&lt;u&gt;</pre>"),
        ("<!date^1^{date}^javascript:x|<b>>", "&lt;!date^1^{date}^javascript:x|&lt;b&gt;&gt;"),
    ],
)
def test_hostile_text_stays_text(text: str, html: str) -> None:
    shown = mrkdwn(text, READER)

    assert shown == html or "script" not in _tags(shown)
    assert _attributes(shown) <= {"class", "href", "target", "rel", "title", "role", "aria-label"}


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name == "href"]


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def _tags(html: str) -> set[str]:
    return _read(html).tags


def _attributes(html: str) -> set[str]:
    return _read(html).attributes


MARKS = [
    "<",
    ">",
    "&lt;",
    "&gt;",
    "*",
    "_",
    "~",
    "`",
    "```",
    "|",
    "^",
    "\n",
    "> ",
    '"',
    "'",
    "[a](",
    ")",
    "#",
    " ",
]
WORDS = [
    "script",
    "img src=x",
    "onerror=x",
    "javascript:",
    "https://a.b",
    "<!date^1^{date}|",
    "<@U1>",
    ":tada:",
    "x",
]
PIECES = st.sampled_from([*MARKS, *WORDS])
OWN_TAGS = {"a", "b", "i", "s", "br", "code", "pre", "blockquote", "span", "time"}
MARKDOWN_TAGS = OWN_TAGS | {"p", "ul", "ol", "li", "hr", "table", "tr", "th", "td"}


@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_text_makes_other_elements_than_our_own(text: str) -> None:
    for html, allowed in (
        (mrkdwn(text, READER), OWN_TAGS),
        (markdown(text), MARKDOWN_TAGS),
        (plain(text), OWN_TAGS),
    ):
        seen = _read(html)

        assert seen.tags <= allowed
        assert seen.attributes <= {"class", "href", "target", "rel", "title", "role", "aria-label"}
        assert all(address.startswith(("https:", "http:", "/?", "mailto:")) for address in seen.addresses)


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("{date_num}", "2026-11-23"),
        ("{date}", "November 23rd"),
        ("{date_short}", "Nov 23"),
        ("{date_long}", "Monday, November 23rd"),
        ("{date_pretty}", "Today"),
        ("Posted {date_short_pretty} at {time}", "Posted today at 09:00"),
        ("{date_long_pretty} {time_secs}", "Today 09:00:00"),
        ("{ago}", "0 seconds ago"),
        ("{nonsense}", "{nonsense}"),
    ],
)
def test_date_tokens_are_filled_in_the_zone_of_the_reader(template: str, shown: str) -> None:
    assert slack_date(MONDAY_NINE, template, READER) == shown


@pytest.mark.parametrize(
    ("days", "shown"),
    [(-1, "Yesterday"), (1, "Tomorrow"), (7, "November 30th"), (400, "December 28th, 2027")],
)
def test_pretty_dates_speak_of_neighbouring_days(days: int, shown: str) -> None:
    assert slack_date(MONDAY_NINE + days * 86400, "{date_pretty}", READER) == shown


def test_a_date_in_a_text_keeps_its_fallback_as_title() -> None:
    text = f"<!date^{MONDAY_NINE}^{{date_long}} at {{time}}|in a while>"

    assert mrkdwn(text, READER) == '<time title="in a while">Monday, November 23rd at 09:00</time>'


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second ago"), (120, "2 minutes ago"), (-7200, "in 2 hours"), (86400 * 45, "1 month ago")],
)
def test_ago_counts_in_the_largest_unit(seconds: int, words: str) -> None:
    assert ago(datetime.fromtimestamp(MONDAY_NINE - seconds, UTC), NOW) == words


def test_an_impossible_date_does_not_break_the_page() -> None:
    assert mrkdwn("<!date^99999999999999999^{date}|never>", READER) == '<time title="never">{date}</time>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# Head", '<p class="heading heading-1">Head</p>'),
        ("one\ntwo", "<p>one<br>two</p>"),
        ("- a\n- [x] **b**", "<ul><li>a</li><li>☑ <b>b</b></li></ul>"),
        ("1. a\n2. b", "<ol><li>a</li><li>b</li></ol>"),
        ("> *q*", "<blockquote><i>q</i></blockquote>"),
        ("---", "<hr>"),
        ("```\n<a>\n```", "<pre>&lt;a&gt;</pre>"),
        ("[site](https://example.org)", f"<p>{LINK.format('https://example.org', 'site')}</p>"),
        ("[site](javascript:x)", "<p>site</p>"),
        (
            "| a |\n|---|\n| `2` |",
            '<table class="table"><tr><th>a</th></tr><tr><td><code>2</code></td></tr></table>',
        ),
    ],
)
def test_markdown_becomes(text: str, html: str) -> None:
    assert markdown(text) == html
