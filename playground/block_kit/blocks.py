"""Rules for blocks, and which block stands on which surface.

Source: https://docs.slack.dev/reference/block-kit/blocks
"""

from playground.block_kit.charts import DATA_TABLE, DATA_VISUALIZATION, TABLE
from playground.block_kit.checks import (
    Check,
    Review,
    anything,
    boolean,
    both,
    by_type,
    distinct,
    items,
    needs_one_of,
    one_of,
    text,
    thing,
)
from playground.block_kit.elements import (
    BUTTON,
    HOME,
    IN_ACTIONS,
    IN_CONTEXT,
    IN_CONTEXT_ACTIONS,
    IN_INPUT,
    IN_SECTION,
    MESSAGE,
    MODAL,
)
from playground.block_kit.texts import ID, IMAGE_FIELDS, PICTURE, RICH_ELEMENTS, RICH_TEXT, URL, formatted, plain

_ID = {"block_id": ID}
_STATUS = one_of("pending", "in_progress", "complete", "error")
_IMAGE = both(PICTURE, thing({"alt_text": text(2000)}, {**_ID, **IMAGE_FIELDS, "title": plain(2000)}))
_LEVEL = one_of("default", "info", "warning", "error", "success")
_ICON = by_type({"image": both(PICTURE, thing({"alt_text": text(2000)}, IMAGE_FIELDS)), "icon": anything})
_CARD = thing(
    {},
    {
        **_ID,
        "hero_image": _ICON,
        "icon": _ICON,
        "title": formatted(150),
        "subtitle": formatted(150),
        "body": formatted(200),
        "actions": items(BUTTON, 3),
    },
)
_TASK = thing(
    {"task_id": text(255), "title": text(3000)},
    {**_ID, "details": RICH_TEXT, "output": RICH_TEXT, "sources": items(anything, 100, 0), "status": _STATUS},
)


def _child(value: object, pointer: str, review: Review) -> None:
    """Want a block inside a block; these name each other, so this is looked up late."""
    BLOCK(value, pointer, review)


_CONTAINER = both(
    needs_one_of("title", "rich_text_title", most=1),
    thing(
        {"child_blocks": items(_child, 10)},
        {
            **_ID,
            "title": formatted(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": formatted(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "icon": _ICON,
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
    ),
)
_VIDEO = thing(
    {"alt_text": text(2000), "video_url": URL, "thumbnail_url": URL, "title": plain(200)},
    {
        **_ID,
        "title_url": URL,
        "description": plain(200),
        "provider_icon_url": URL,
        "provider_name": text(50),
        "author_name": text(50),
    },
)

BLOCKS: dict[str, Check] = {
    "actions": thing({"elements": both(items(IN_ACTIONS, 25), distinct("action_id"))}, _ID),
    "alert": thing({"text": formatted(200)}, {**_ID, "level": _LEVEL}),
    "card": both(needs_one_of("hero_image", "title", "actions", "body"), _CARD),
    "carousel": thing({"elements": items(by_type({"card": _CARD}), 10)}, _ID),
    "container": _CONTAINER,
    "context": thing({"elements": items(IN_CONTEXT, 10)}, _ID),
    "context_actions": thing({"elements": both(items(IN_CONTEXT_ACTIONS, 5), distinct("action_id"))}, _ID),
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "divider": thing({}, _ID),
    "file": thing({"external_id": text(255), "source": one_of("remote")}, _ID),
    "header": thing({"text": plain(150)}, _ID),
    "image": _IMAGE,
    "input": thing(
        {"label": plain(2000), "element": IN_INPUT},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    "layout": thing(
        {"label": text(150), "rows": items(anything, 5)},
        {**_ID, "grid_lines": one_of("none", "rows", "outer"), "fallback": items(_child, 50)},
    ),
    "markdown": thing({"text": text(12_000)}, _ID),
    "plan": thing({"title": text(3000)}, {**_ID, "tasks": items(by_type({"task_card": _TASK}), 50)}),
    "rich_text": thing({"elements": RICH_ELEMENTS}, _ID),
    "section": both(
        needs_one_of("text", "fields"),
        thing(
            {},
            {
                **_ID,
                "text": formatted(3000),
                "fields": items(formatted(2000), 10),
                "accessory": IN_SECTION,
                "expand": boolean,
            },
        ),
    ),
    "table": TABLE,
    "task_card": _TASK,
    "video": _VIDEO,
}
# Which surfaces take a block; the others stand everywhere.
PLACED = {
    **dict.fromkeys(("card", "carousel", "container", "context_actions", "file", "markdown"), (MESSAGE,)),
    **dict.fromkeys(("plan", "table", "task_card"), (MESSAGE,)),
    "alert": (MODAL,),
    "data_table": (MESSAGE, HOME),
    "data_visualization": (MESSAGE, HOME),
}
BLOCK = by_type(BLOCKS, PLACED)
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
MOST_VIEW_BYTES = 250_000
_METADATA = {"private_metadata": text(3000, 0), "callback_id": text(255, 0), "external_id": text(255, 0)}
FRAMES = {
    MODAL: thing(
        {"title": plain(24)},
        {
            **_METADATA,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    HOME: thing({}, _METADATA),
}
