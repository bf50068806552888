"""The page's addresses: the page itself, its live regions, and what a person does on it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from playground.page import forms
from playground.page.blocks import environment
from playground.page.dates import long_time
from playground.page.present import APP_PLACE, Place, Scene, read_place
from playground.workspace import Workspace, WorkspaceError

Json = dict[str, Any]
Endpoint = Callable[[Request], Awaitable[Response]]

STATIC = Path(__file__).parent / "static"
# Everything comes from this server; a message can bring neither scripts nor pictures of its own.
POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'self'"

# What the page's form says of a fault; the control API knows more.
FAULT_FIELDS = ("what", "on", "error", "times", "share", "seed", "seconds")


class Refused(Exception):  # noqa: N818 - what the person reads, not a fault of the program
    """Something did not work; the text is for the person."""


class Page:
    """The page of one workspace.

    Args:
        workspace: what is shown and acted on.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def routes(self) -> list[Route | Mount]:
        """Return the routes; everything but the page itself stands under `/_page/`."""
        acts: dict[str, Callable[[Place, FormData], Awaitable[Mapping[str, Any]]]] = {
            "say": self._say,
            "act": self._act,
            "submit": self._submit,
            "close": self._close,
            "clock": self._clock,
            "colleagues": self._colleagues,
            "fault": self._fault,
            "invite": self._invite,
            "join": self._join,
            "leave": self._leave,
            "dm": self._dm,
            "react": self._react,
            "shortcut": self._shortcut,
        }
        return [
            Route("/", self._show, methods=["GET"]),
            Route("/_page/live", self._live, methods=["GET"]),
            Route("/_page/tools", self._tools, methods=["GET"]),
            Route("/_page/two", self._two, methods=["GET"]),
            Route("/_page/people", self._people, methods=["GET"]),
            *(Route(f"/_page/{name}", self._doing(act), methods=["POST"]) for name, act in acts.items()),
            Mount("/_page/static", StaticFiles(directory=STATIC)),
        ]

    async def _show(self, request: Request) -> Response:
        place = read_place(self._workspace, request.query_params)
        self._workspace.crowd.watch(place.user)
        notice = None
        if place.channel == APP_PLACE:
            try:
                await self._workspace.open_home(place.user, place.tab)
            except WorkspaceError as error:
                notice = str(error)
        return self._answer("page.html", place, {"notice": notice, "failed": True})

    async def _live(self, request: Request) -> Response:
        place = read_place(self._workspace, request.query_params)
        asked = request.query_params
        have = asked.get("have", "").split(",")
        return self._answer("live.html", place, {"seen_view": asked.get("view", ""), "have": have})

    async def _tools(self, request: Request) -> Response:
        asked = request.query_params
        return self._answer("tools.html", read_place(self._workspace, asked), {"ts": asked.get("ts", "")})

    async def _two(self, request: Request) -> Response:
        asked = request.query_params
        other = read_place(self._workspace, {"as": asked.get("and", "")}).user
        return self._answer("two.html", read_place(self._workspace, asked), {"other": other})

    async def _people(self, request: Request) -> Response:
        return JSONResponse(Scene(self._workspace, read_place(self._workspace, request.query_params)).everybody())

    def _doing(self, act: Callable[[Place, FormData], Awaitable[Mapping[str, Any]]]) -> Endpoint:
        async def endpoint(request: Request) -> Response:
            form = await request.form()
            place = read_place(self._workspace, form)
            if act not in (self._clock, self._colleagues, self._fault):
                self._workspace.crowd.act_as(place.user)
            try:
                more = dict(await act(place, form))
            except (WorkspaceError, Refused) as error:
                more = {"notice": str(error), "failed": True}
            except (KeyError, ValueError):
                more = {"notice": "The page sent something it should not have.", "failed": True}
            headers = more.pop("headers", {})
            return self._answer("live.html", place, more, headers)

        return endpoint

    def _answer(
        self,
        template: str,
        place: Place,
        more: Mapping[str, Any],
        headers: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        scene = Scene(self._workspace, place)
        defaults: Json = {
            "notice": None,
            "failed": False,
            "note": None,
            "seen_view": None,
            "have": (),
        }
        values = defaults | dict(more)
        html = environment().get_template(template).render(scene=scene, place=place, modal=scene.modal(), **values)
        safety = {"Content-Security-Policy": POLICY, "Cache-Control": "no-store"}
        return HTMLResponse(html, headers=safety | dict(headers or {}))

    def _zone(self, user: str) -> ZoneInfo:
        return ZoneInfo(next(str(one["tz"]) for one in self._workspace.people() if one["id"] == user))

    def _channel(self, place: Place) -> str:
        if place.channel != APP_PLACE:
            return place.channel
        app = self._workspace.overview(place.user)["app"]
        return self._workspace.open_dm(place.user, str(app["bot_user_id"]))

    async def _say(self, place: Place, form: FormData) -> Json:
        text = str(form.get("text", "")).replace("\r\n", "\n").strip()
        thread = place.thread if form.get("in_thread") else ""
        if not text:
            return {}
        note = {"note": "", "note_in": "thread" if thread else "main"}
        try:
            if text.startswith("/"):
                done = await self._command(place, text, in_thread=bool(thread))
            else:
                done = await self._workspace.say(place.user, self._channel(place), text, thread or None)
        except (WorkspaceError, Refused) as error:
            return note | {"note": str(error)}
        # A command that failed says so in the conversation itself; what was typed stays.
        return note | ({"headers": {"HX-Trigger": "page:sent"}} if done.get("ok", True) else {})

    async def _command(self, place: Place, text: str, *, in_thread: bool) -> Json:
        command, _, rest = text.partition(" ")
        if in_thread:
            raise Refused(f"{command} is not supported in threads. Sorry!")
        return await self._workspace.command(place.user, self._channel(place), command, rest.strip())

    async def _act(self, place: Place, form: FormData) -> Json:
        act = str(form["act"])
        field = forms.read_field(act)
        if field is None:
            raise ValueError(act)
        zone = self._zone(place.user)
        chosen: Json = {
            "block_id": field.block_id,
            "values": forms.view_values(forms.typed(form), zone),
            **forms.chosen(form, act, zone),
        }
        if view_id := str(form.get("view_id", "")):
            chosen |= {"view_id": view_id}
        else:
            chosen |= {"channel": self._channel(place), "ts": str(form["ts"])}
        answer = await self._workspace.click(place.user, field.action_id, **chosen)
        if not answer["ok"]:
            raise Refused(str(answer.get("error") or "The app did not respond."))
        return {"seen_view": str(form.get("view", ""))}

    async def _submit(self, place: Place, form: FormData) -> Json:
        values = forms.view_values(forms.typed(form), self._zone(place.user))
        answer = await self._workspace.submit(place.user, str(form["view_id"]), values)
        if answer.get("error"):
            raise Refused(str(answer["error"]))
        return {}

    async def _close(self, place: Place, form: FormData) -> Json:
        await self._workspace.close_view(place.user, str(form["view_id"]))
        return {}

    async def _clock(self, place: Place, form: FormData) -> Json:
        clock, zone = self._workspace.clock, self._zone(place.user)
        if form.get("by"):
            clock.move_by(timedelta(seconds=int(str(form["by"]))))
        elif form.get("weekday"):
            clock.move_to_next(int(str(form["weekday"])), time.fromisoformat(str(form["at"])), zone.key)
        elif form.get("due"):
            clock.move_to(datetime.fromisoformat(str(form["due"])))
        elif form.get("to"):
            clock.move_to(datetime.fromisoformat(str(form["to"])).replace(tzinfo=zone))
        else:
            raise Refused("Choose a date and a time first.")
        reader = Scene(self._workspace, place).reader
        return {"notice": f"It is now {long_time(reader.now, reader)}."}

    async def _colleagues(self, _place: Place, form: FormData) -> Json:
        if str(form["answer"]) == "yes":
            self._workspace.crowd.begin()
        else:
            self._workspace.crowd.stop()
        return {}

    async def _fault(self, _place: Place, form: FormData) -> Json:
        if form.get("clear"):
            self._workspace.clear_faults()
        else:
            asked = {name: str(form[name]) for name in FAULT_FIELDS if form.get(name)}
            self._workspace.add_fault(asked)
        return {}

    async def _invite(self, place: Place, form: FormData) -> Json:
        if not form.get("who"):
            raise Refused("Choose whom to add first.")
        await self._workspace.invite(place.user, self._channel(place), str(form["who"]))
        return {}

    async def _join(self, place: Place, _form: FormData) -> Json:
        await self._workspace.join(place.user, place.channel)
        return {}

    async def _leave(self, place: Place, _form: FormData) -> Json:
        await self._workspace.leave(place.user, place.channel)
        return {}

    async def _dm(self, place: Place, form: FormData) -> Json:
        if not form.get("who"):
            return {}
        channel = self._workspace.open_dm(place.user, str(form["who"]))
        return {"headers": {"HX-Redirect": replace(place, thread="").link(channel=channel)}}

    async def _react(self, place: Place, form: FormData) -> Json:
        await self._workspace.react(place.user, self._channel(place), str(form["ts"]), str(form["name"]))
        return {}

    async def _shortcut(self, place: Place, form: FormData) -> Json:
        ts = str(form.get("ts", "")) or None
        channel = self._channel(place) if ts else None
        answer = await self._workspace.shortcut(place.user, str(form["callback_id"]), channel, ts)
        if not answer["ok"]:
            raise Refused(str(answer.get("error") or "The app did not respond."))
        return {}


def routes(workspace: Workspace) -> list[Route | Mount]:
    """Return the routes of the page, to be mounted at `/`."""
    return Page(workspace).routes()
