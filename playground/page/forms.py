"""Reads what the page's forms send: field values, and what was chosen on an element."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData

Json = dict[str, Any]

MANY = frozenset(
    {
        "checkboxes",
        "multi_static_select",
        "multi_users_select",
        "multi_channels_select",
        "multi_conversations_select",
    },
)
# Slack's name for what was chosen, by the type of the element.
CHOSEN = {
    "static_select": "selected_option",
    "radio_buttons": "selected_option",
    "overflow": "selected_option",
    "checkboxes": "selected_options",
    "multi_static_select": "selected_options",
    "users_select": "selected_user",
    "multi_users_select": "selected_users",
    "channels_select": "selected_channel",
    "multi_channels_select": "selected_channels",
    "conversations_select": "selected_conversation",
    "multi_conversations_select": "selected_conversations",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
}


def field_name(block_id: str, action_id: str, kind: str) -> str:
    """Return the name of a form field: everything needed to understand its value again."""
    return json.dumps([block_id, action_id, kind])


def kept_values(state_values: Mapping[str, Json]) -> dict[str, list[str]]:
    """Turn Slack's `state.values` into what is in the fields, by field name."""
    kept: dict[str, list[str]] = {}
    for block_id, actions in state_values.items():
        for action_id, held in actions.items():
            kind = str(held.get("type", ""))
            found = held.get(CHOSEN.get(kind, "value"))
            items = found if isinstance(found, list) else [] if found is None else [found]
            kept[field_name(block_id, action_id, kind)] = [plain_value(item) for item in items]
    return kept


def plain_value(item: object) -> str:
    """Return the value of an option, or a plain value as it is."""
    return str(item.get("value", "")) if isinstance(item, Mapping) else str(item)


@dataclass(frozen=True)
class Field:
    """Which element a form field belongs to."""

    block_id: str
    action_id: str
    kind: str


def read_field(name: str) -> Field | None:
    """Read a field's name; None when it is not the field of an element."""
    if not name.startswith("["):
        return None
    block_id, action_id, kind = json.loads(name)
    return Field(str(block_id), str(action_id), str(kind))


def typed(form: FormData) -> dict[str, list[str]]:
    """Return everything that was entered on a surface, by field name."""
    names = dict.fromkeys(name for name in form if read_field(name))
    return {name: [str(value).replace("\r\n", "\n") for value in form.getlist(name)] for name in names}


def simple_value(kind: str, values: list[str], zone: ZoneInfo) -> object:
    """Return the value of one field as the workspace wants it."""
    if kind in MANY:
        # An empty hidden field stands in front, so that choosing nothing is also an answer.
        return [value for value in values if value]
    value = values[-1] if values else ""
    if kind == "datetimepicker" and value:
        return int(datetime.fromisoformat(value).replace(tzinfo=zone).timestamp())
    return value


def view_values(entered: Mapping[str, list[str]], zone: ZoneInfo) -> Json:
    """Return {block_id: {action_id: value}} for everything entered."""
    values: Json = {}
    for name, given in entered.items():
        field = read_field(name)
        if field:
            values.setdefault(field.block_id, {})[field.action_id] = simple_value(field.kind, given, zone)
    return values


def chosen(form: FormData, act: str, zone: ZoneInfo) -> Json:
    """Return what was chosen on the element that acts, under Slack's name for it."""
    field = read_field(act)
    if field is None:
        return {}
    if field.kind == "button":
        # The value only tells buttons with equal ids apart.
        return {"value": str(form["chosen"])} if form.get("chosen") else {}
    given = form.getlist("chosen") or form.getlist(act)
    value = simple_value(field.kind, [str(one) for one in given], zone)
    return {CHOSEN.get(field.kind, "value"): value}
