"""Block Kit as HTML: one small template for each kind of block and element, chosen by its type."""

import json
import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from playground.page import mrkdwn, rich_text
from playground.page.charts import Chart, draw
from playground.page.dates import clock_time, day_heading, long_time, moment_field, short_time
from playground.page.forms import field_name, plain_value
from playground.page.markdown import markdown
from playground.page.reader import Reader

Json = Mapping[str, Any]
TEMPLATES = Path(__file__).parent / "templates"


@cache
def environment() -> Environment:
    """Return the template environment; every value is escaped unless it is `Markup` already."""
    # Undefined names raise, so that a template never hides a mistake; blocks are read with `.get`.
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters["clock_time"] = clock_time
    made.filters["day_heading"] = day_heading
    made.filters["long_time"] = long_time
    made.filters["short_time"] = short_time
    made.filters["moment_field"] = moment_field
    return made


@cache
def known(folder: Literal["blocks", "elements"]) -> frozenset[str]:
    """Return the types that have a template of their own."""
    names = (file.stem for file in (TEMPLATES / folder).glob("*.html"))
    return frozenset(name for name in names if name != "unknown" and not name.startswith("_"))


@dataclass(frozen=True)
class Surface:
    """Where blocks stand.

    `key` is unique on the page. `kept` holds what the person chose before, by field name;
    `errors` what the app objected to, by block id.
    """

    kind: Literal["message", "home", "view"]
    key: str
    kept: Mapping[str, list[str]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)


class Renderer:
    """Renders the blocks of one surface for one reader."""

    def __init__(self, reader: Reader, surface: Surface) -> None:
        self.reader = reader
        self.surface = surface

    def blocks(self, blocks: Iterable[Json]) -> Markup:
        """Render blocks one below the other."""
        return Markup("\n").join(self.block(block) for block in blocks)

    def block(self, block: Json) -> Markup:
        """Render one block; one of an unknown type becomes a labelled box."""
        return self._render("blocks", block, block=block)

    def element(self, element: Json, block: Json) -> Markup:
        """Render one element of a block."""
        return self._render("elements", element, element=element, block=block)

    def _render(self, folder: Literal["blocks", "elements"], thing: Json, **values: object) -> Markup:
        kind = str(thing.get("type", ""))
        name = kind if kind in known(folder) else "unknown"
        try:
            html = environment().get_template(f"{folder}/{name}.html").render(r=self, kind=kind, **values)
        except (ArithmeticError, AttributeError, LookupError, TypeError, UndefinedError, ValueError):
            # The app may send anything; what cannot be read is shown as it is.
            html = environment().get_template(f"{folder}/unknown.html").render(r=self, kind=kind, **values)
        return Markup(html)  # noqa: S704 - the templates escape

    def text(self, text: Json | str | None) -> Markup:
        """Render a text object; a bare string is plain text."""
        if not text:
            return Markup("")
        if isinstance(text, str):
            return mrkdwn.plain(text)
        if text.get("type") == "mrkdwn":
            return mrkdwn.mrkdwn(str(text.get("text", "")), self.reader)
        return mrkdwn.plain(str(text.get("text", "")))

    def rich(self, element: Json) -> Markup:
        """Render a rich text element and all it holds."""
        return rich_text.rich_text(element, self.reader)

    def chart(self, chart: Json) -> Chart:
        """Return a chart's geometry and figures."""
        return draw(chart)

    def markdown(self, text: str) -> Markup:
        """Render standard Markdown."""
        return markdown(text)

    def words(self, text: Json | str | None) -> str:
        """Return the words of a text object without any mark-up, for attributes and options."""
        return str(self.text(text).striptags())

    def id(self, *parts: str) -> str:
        """Return an id that stays the same while the surface stands."""
        return "-".join(re.sub(r"\W", "-", part) for part in (self.surface.key, *parts))

    def mark(self, block: Json) -> str:
        """Return an id that changes with a block's content."""
        return self.id("block", f"{zlib.crc32(self.source(block).encode()):x}")

    def name(self, element: Json, block: Json) -> str:
        """Return the name of the element's form field."""
        return field_name(block.get("block_id", ""), element.get("action_id", ""), element["type"])

    def chosen(self, element: Json, block: Json, initial: object) -> list[str]:
        """Return the values a field starts with: what was chosen before, else the app's initial value."""
        kept = self.surface.kept.get(self.name(element, block))
        if kept is not None:
            return list(kept)
        if initial is None:
            return []
        return [plain_value(item) for item in (initial if isinstance(initial, list) else [initial])]

    def dispatches(self, block: Json) -> bool:
        """Tell whether a change of this block's element is sent to the app at once."""
        return block.get("type") != "input" or bool(block.get("dispatch_action"))

    def live(self, element: Json, block: Json, trigger: str = "change", value: str | None = None) -> Markup:
        """Return the attributes that send an element's action, or none for an input that waits for submit.

        `value` is what this part of the element stands for; without it the form field says what was chosen.
        """
        if not self.dispatches(block):
            return Markup("")
        sent = {"act": self.name(element, block)} | ({} if value is None else {"chosen": value})
        return Markup('hx-post="/_page/act" hx-swap="none" hx-trigger="{}" hx-vals="{}" {}').format(
            trigger,
            json.dumps(sent),
            self.confirm_mark(element, block),
        )

    def confirm_mark(self, element: Json, block: Json) -> Markup:
        """Return the attribute that makes the page ask before it sends an action."""
        if not element.get("confirm"):
            return Markup("")
        return Markup('hx-confirm="?" data-confirm="{}"').format(self.confirm_id(element, block))

    def confirm_id(self, element: Json, block: Json) -> str:
        """Return the id of an element's confirm dialog."""
        return self.id("confirm", str(block.get("block_id", "")), str(element.get("action_id", "")))

    def error(self, block: Json) -> str | None:
        """Return what is wrong with an input block."""
        return self.surface.errors.get(str(block.get("block_id", "")))

    def described(self, block: Json) -> Markup:
        """Return the attributes that tie hint and error to a field."""
        block_id = str(block.get("block_id", ""))
        ids = [self.id("hint", block_id)] if block.get("hint") else []
        invalid = Markup("")
        if self.error(block):
            ids.append(self.id("error", block_id))
            invalid = Markup('aria-invalid="true"')
        if not ids:
            return invalid
        return Markup('aria-describedby="{}" {}').format(" ".join(ids), invalid)

    def label(self, element: Json, block: Json) -> str:
        """Return the words a screen reader says for an element that has no visible label."""
        words = element.get("accessibility_label") or element.get("placeholder") or block.get("text")
        return self.words(words) or str(element.get("type", "")).replace("_", " ")

    def option_groups(self, element: Json) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return a select's options as (value, label) in named groups; an ungrouped select's has no name."""
        groups = element.get("option_groups") or [{"options": element.get("options", [])}]
        return [
            (
                self.words(group.get("label")),
                [(str(one.get("value", "")), self.words(one.get("text"))) for one in group.get("options", [])],
            )
            for group in groups
        ]

    def people(self, chosen: Iterable[str]) -> list[tuple[str, str]]:
        """Return everybody the reader can choose, by name; where they are too many, those chosen already."""
        reader = self.reader
        keys = reader.people if reader.knows_few else [key for key in chosen if key in reader.people]
        here = ((key, reader.people[key]) for key in keys if key not in reader.gone)
        return sorted(here, key=lambda pair: pair[1].casefold())

    def channels(self) -> list[tuple[str, str]]:
        """Return the channels the reader can choose, by name."""
        return [(key, f"#{name}") for key, name in sorted(self.reader.channels.items(), key=lambda pair: pair[1])]

    def conversations(self, element: Json, chosen: Iterable[str]) -> list[tuple[str, list[tuple[str, str]]]]:
        """Return the conversations the reader can choose, channels and people apart."""
        kinds = set((element.get("filter") or {}).get("include") or ("public", "private", "im"))
        groups = [("Channels", self.channels())] if kinds & {"public", "private"} else []
        return [*groups, ("People", self.people(chosen))] if "im" in kinds else groups

    def text_trigger(self, element: Json) -> str:
        """Return when a text field that acts at once does so: on Enter, or while typing if the app asks."""
        when = (element.get("dispatch_action_config") or {}).get("trigger_actions_on") or ["on_enter_pressed"]
        triggers = {
            "on_enter_pressed": "entered",
            "on_character_entered": "input delay:500ms",
        }
        return ", ".join(triggers[one] for one in when if one in triggers)

    def number_limits(self, element: Json) -> Markup:
        """Return the attributes of a number field."""
        asked = {
            "step": "any" if element.get("is_decimal_allowed") else "1",
            "min": element.get("min_value"),
            "max": element.get("max_value"),
        }
        return Markup(" ").join(
            Markup('{}="{}"').format(name, value) for name, value in asked.items() if value is not None
        )

    def safe_url(self, url: str) -> str:
        """Return an address that may be opened, or nowhere for an unsafe one."""
        return url if mrkdwn.is_safe(url) else "#"

    def source(self, block: Json) -> str:
        """Return a block as readable JSON, for the box that stands in for unknown ones."""
        return json.dumps(block, indent=1, ensure_ascii=False)
