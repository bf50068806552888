"""Rules for texts, options and confirmations, which blocks and elements share.

Source: https://docs.slack.dev/reference/block-kit/composition-objects
"""

from playground.block_kit.checks import (
    Check,
    Review,
    anything,
    boolean,
    both,
    by_type,
    items,
    needs_one_of,
    one_of,
    text,
    thing,
    whole,
)

ID = text(255)
URL = text(3000)


def plain(most: int, least: int = 1) -> Check:
    """Want a plain_text object."""
    return by_type({"plain_text": thing({"text": text(most, least)}, {"emoji": boolean})})


def formatted(most: int) -> Check:
    """Want a plain_text or mrkdwn object."""
    return by_type(
        {
            "plain_text": thing({"text": text(most)}, {"emoji": boolean}),
            "mrkdwn": thing({"text": text(most)}, {"verbatim": boolean}),
        }
    )


CONFIRM = thing(
    {"text": formatted(300)},
    {"title": plain(100), "confirm": plain(30), "deny": plain(30), "style": one_of("primary", "danger")},
)
OPTION = thing({"text": plain(75), "value": text(150)}, {"description": plain(75)})
FORMATTED_OPTION = thing({"text": formatted(75), "value": text(150)}, {"description": formatted(75)})
OVERFLOW_OPTION = thing({"text": plain(75), "value": text(150)}, {"description": plain(75), "url": URL})
OPTIONS = items(OPTION, 100)
OPTION_GROUPS = items(thing({"label": plain(75), "options": OPTIONS}), 100)
SLACK_FILE = thing({}, {"id": text(255), "url": URL})
OFFERED = both(
    needs_one_of("options", "option_groups", most=1),
    thing(
        {},
        {
            "options": items(OPTION, 100, 0),
            "option_groups": items(thing({"label": plain(75), "options": items(OPTION, 100, 0)}), 100, 0),
        },
    ),
)
# Both stand for a picture; only one of them may be there.
PICTURE = needs_one_of("image_url", "slack_file", most=1)
IMAGE_FIELDS = {"image_url": URL, "slack_file": SLACK_FILE}
FILTER = thing(
    {},
    {
        "include": items(one_of("im", "mpim", "private", "public"), 4),
        "exclude_bot_users": boolean,
        "exclude_external_shared_channels": boolean,
    },
)
DISPATCH = thing({}, {"trigger_actions_on": items(one_of("on_enter_pressed", "on_character_entered"), 2)})


def _rich_list(value: object, pointer: str, review: Review) -> None:
    thing(
        {"elements": items(RICH_SECTION, 1000, 0), "style": one_of("bullet", "ordered")},
        {"indent": whole(0, 8), "offset": whole(0, 10_000), "border": whole(0, 1)},
    )(value, pointer, review)


_STYLE = {"style": anything}
_RICH_PARTS = {
    "text": thing({"text": text(40_000)}, _STYLE),
    "link": thing({"url": URL}, {"text": text(40_000, 0), "unsafe": boolean, **_STYLE}),
    "user": thing({"user_id": ID}, _STYLE),
    "channel": thing({"channel_id": ID}, _STYLE),
    "usergroup": thing({"usergroup_id": ID}, _STYLE),
    "team": thing({"team_id": ID}, _STYLE),
    "emoji": thing({"name": text(255)}, {"unicode": anything, "skin_tone": anything, "url": URL, **_STYLE}),
    "broadcast": thing({"range": one_of("here", "channel", "everyone")}, _STYLE),
    "color": thing({"value": text(20)}, _STYLE),
    "date": thing({"timestamp": whole(0, 99_999_999_999), "format": text(255)}, {"url": URL, "fallback": text(3000)}),
}
_RICH_LINE = items(by_type(_RICH_PARTS), 1000, 0)
RICH_SECTION = by_type({"rich_text_section": thing({"elements": _RICH_LINE})})
_FRAMED = thing({"elements": _RICH_LINE}, {"border": whole(0, 1), "language": text(100)})
RICH_ELEMENTS = items(
    by_type(
        {
            "rich_text_section": thing({"elements": _RICH_LINE}),
            "rich_text_list": _rich_list,
            "rich_text_preformatted": _FRAMED,
            "rich_text_quote": _FRAMED,
        }
    ),
    1000,
)
RICH_TEXT = by_type({"rich_text": thing({"elements": RICH_ELEMENTS}, {"block_id": ID})})
