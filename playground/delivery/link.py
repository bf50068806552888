"""The way to the app: its sockets or its address, envelopes, acknowledgements and redelivery.

Source: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from playground.delivery.faults import INTERACTION, SOCKET, Faults
from playground.delivery.outage import FROZEN, Outage
from playground.delivery.record import Record
from playground.delivery.webhook import DeliveryError, Webhook
from playground.state.state import APP_ID, State, real_time
from playground.state.store import Json

ACKNOWLEDGE_WITHIN = 3.0
NOT_ACKNOWLEDGED = ("operation_timeout", "not acknowledged within 3 seconds")
# Waiting times before the three further attempts at an unacknowledged event.
RETRY_AFTER = (0.0, 60.0, 300.0)
MOST_CONNECTIONS = 10
# How long a connection lives on after Slack asked for another, or warned that it will end.
GRACE = {"refresh_requested": 1.0, "warning": 10.0}


class NotDeliveredError(Exception):
    """An interaction reached no app; the text is Slack's error code."""


@dataclass(eq=False)
class Connection:
    """One open socket; before it is `greeted` and once it is `leaving` it gets nothing new.

    `cut` ends it without a goodbye.
    """

    socket: WebSocket
    greeted: bool = False
    leaving: bool = False
    cut: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: dict[str, asyncio.Future[Json | None]] = field(default_factory=dict)


class AppLink:
    """The way from the workspace to the app.

    Args:
        state: keeps the events that are not acknowledged yet.
        record: notes every delivery.
        faults: says what goes wrong with sockets and interactions.
        outage: whether Slack is there at all.
        now: the workspace's time as text, for the record.
        changed: called when the app connects or disconnects.
        webhook: the app's address when it takes deliveries over HTTP, None for sockets.
    """

    def __init__(
        self,
        state: State,
        record: Record,
        faults: Faults,
        outage: Outage,
        now: Callable[[], str],
        changed: Callable[[], None],
        webhook: Webhook | None = None,
    ) -> None:
        self._state = state
        self._record = record
        self._faults = faults
        self._outage = outage
        self._now = now
        self._changed = changed
        self._webhook = webhook
        # Seconds of real time; the person who cannot wait for minutes may shorten them.
        self.retry_after = RETRY_AFTER
        self._tickets: set[str] = set()
        self._connections: list[Connection] = []
        self._turn = 0
        self._deliveries: dict[str, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._last_event: Json | None = None
        self._last_interaction: tuple[str, Json] | None = None
        outage.listeners.append(self._outage_changed)

    @property
    def connected(self) -> int:
        """Count the open sockets; the address of an app counts as one once the app has proved it its own."""
        if self._webhook is not None:
            return int(self._webhook.verified and self._outage.mode is None)
        return len(self._open())

    async def knock(self) -> None:
        """Verify the app's address, and deliver what was raised until then; nothing to do for sockets."""
        if self._webhook is not None:
            await self._webhook.verify()
            self._changed()
            self._deliver_all_kept()

    def new_ticket(self) -> str:
        """Make a ticket that opens one socket."""
        ticket = secrets.token_hex(16)
        self._tickets.add(ticket)
        return ticket

    async def serve(self, socket: WebSocket) -> None:
        """Talk to one socket until it ends."""
        ticket = socket.query_params.get("ticket", "")
        away = self._outage.mode not in (None, FROZEN)
        if away or ticket not in self._tickets or self._faults.meet(SOCKET, "socket", {}, "socket_refused"):
            await socket.close()
            return
        self._tickets.discard(ticket)
        await socket.accept()
        if sum(not connection.leaving for connection in self._connections) >= MOST_CONNECTIONS:
            # Slack takes it only to say why it goes again.
            await socket.send_json(_goodbye("too_many_websockets"))
            await socket.close()
            return
        connection = Connection(socket)
        self._connections.append(connection)
        listening = asyncio.ensure_future(self._listen(connection))
        cutting = asyncio.ensure_future(connection.cut.wait())
        greeting = asyncio.ensure_future(self._greet(connection))
        try:
            await asyncio.wait((listening, cutting), return_when=asyncio.FIRST_COMPLETED)
        finally:
            # Returning without a close frame is what an abrupt loss of the network looks like.
            listening.cancel()
            cutting.cancel()
            greeting.cancel()
            self._connections.remove(connection)
            for answer in connection.waiting.values():
                if not answer.done():
                    answer.cancel()
            self._changed()

    async def ask(self, kind: str, payload: Json) -> Json:
        """Deliver an interaction and give the app's answer, {} for a plain acknowledgement.

        Raises NotDeliveredError when nothing is connected or nobody acknowledges within 3 s.
        """
        self._last_interaction = (kind, payload)
        rule = self._faults.meet(INTERACTION, kind, payload)
        if rule is not None:
            self._spawn(self._ask_beside(kind, payload, rule.noted()))
        return await self._ask(kind, payload, None if rule is None else rule.noted())

    def send_event(
        self, payload: Json, *, delay: float = 0.0, fault: Json | None = None, as_retry: bool = False
    ) -> None:
        """Deliver an event in the background, and again until it is acknowledged.

        Args:
            payload: with its event id.
            delay: real seconds until the first delivery.
            fault: what goes wrong with it, for the record.
            as_retry: deliver it as if the first attempt had failed.
        """
        self.keep_event(payload, fault=fault)
        event_id = payload["event_id"]
        if as_retry:
            self._note_failure(event_id, self._state.pending[event_id], "connection_failed")
        self._start(event_id, delay)

    def keep_event(self, payload: Json, *, fault: Json | None = None) -> None:
        """Keep an event until somebody calls `deliver_kept`, or until the app connects again."""
        self._last_event = payload
        body: Json = {"payload": payload, "attempt": 0, "reason": "", "fault": fault}
        self._state.save_pending(payload["event_id"], body)

    def deliver_kept(self, event_id: str) -> None:
        """Deliver an event that was kept, unless that is done or under way."""
        if event_id in self._state.pending and event_id not in self._deliveries:
            self._start(event_id)

    def send_copy(self, payload: Json, *, fault: Json | None = None) -> None:
        """Deliver an event once more, whatever becomes of it."""
        self._spawn(self._deliver_once({"payload": payload, "attempt": 0, "reason": "", "fault": fault}))

    async def repeat_event(self, event_id: str | None) -> str:
        """Deliver the last event again, under its own id (None) or another; return the id.

        Raises LookupError when there was none.
        """
        if self._last_event is None:
            raise LookupError("There was no event yet.")
        payload = self._last_event | ({"event_id": event_id} if event_id else {})
        self.send_event(payload)
        return str(payload["event_id"])

    async def repeat_interaction(self) -> Json:
        """Deliver the last command, click or form again; return the app's answer.

        Raises LookupError when there was none and NotDeliveredError when it failed.
        """
        if self._last_interaction is None:
            raise LookupError("There was no interaction yet.")
        return await self._ask(*self._last_interaction)

    async def refresh(self, reason: str = "refresh_requested") -> int:
        """Ask every connection to reconnect, as Slack does every few hours; gives their number.

        Raises LookupError for a reason that Slack does not have. After a `warning` the connection still works
        for ten seconds.
        """
        if reason not in GRACE:
            raise LookupError(f"There is no reason {reason!r}; there are {', '.join(GRACE)}.")
        asked = self._open()
        for connection in asked:
            connection.leaving = reason != "warning"
            await connection.socket.send_json(_goodbye(reason))
            self._spawn(self._close_later(connection, GRACE[reason]))
        return len(asked)

    def cut(self) -> int:
        """Break every connection without a goodbye; gives their number."""
        for connection in self._connections:
            connection.cut.set()
        return len(self._connections)

    def close(self) -> None:
        """Stop delivering; what is not acknowledged stays kept."""
        for task in (*self._deliveries.values(), *self._background):
            task.cancel()
        self.cut()

    def forget(self) -> None:
        """Drop what is under way, for a workspace that starts over."""
        for task in self._deliveries.values():
            task.cancel()
        self._last_event = self._last_interaction = None

    def _open(self) -> list[Connection]:
        if self._outage.mode is not None:
            return []
        return [connection for connection in self._connections if connection.greeted and not connection.leaving]

    def _outage_changed(self, mode: str | None) -> None:
        """Cut the sockets of a Slack that went away; leave those of a frozen one unread until it thaws."""
        if mode not in (None, FROZEN):
            self.cut()
        for connection in self._connections:
            transport = (connection.socket.scope.get("state") or {}).get("transport")
            if transport is not None and mode == FROZEN:
                transport.pause_reading()
            elif transport is not None:
                transport.resume_reading()
        if mode is None and self.connected:
            self._deliver_all_kept()
        self._changed()

    async def _greet(self, connection: Connection) -> None:
        """Say hello, at once or when the faults allow it; deliveries begin then."""
        rule = self._faults.meet(SOCKET, "socket", {}, "hello_withheld")
        if rule is not None:
            await asyncio.sleep(rule.delay)
        await self._outage.wait_until_over()
        # The app may have gone while it waited.
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await connection.socket.send_json(self._hello())
            connection.greeted = True
            self._changed()
            self._deliver_all_kept()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": len(self._connections),
            "debug_info": {"host": "local", "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP_ID},
        }

    async def _listen(self, connection: Connection) -> None:
        # Slack hangs up on a client that talks no JSON.
        with contextlib.suppress(WebSocketDisconnect, ValueError, KeyError):
            while True:
                message = await connection.socket.receive_json()
                if not isinstance(message, dict):
                    return
                answer = connection.waiting.get(message.get("envelope_id", ""))
                if answer is not None and not answer.done():
                    payload = message.get("payload")
                    answer.set_result(payload if isinstance(payload, dict) else None)

    async def _close_later(self, connection: Connection, grace: float) -> None:
        await asyncio.sleep(grace)
        if connection.socket.application_state is WebSocketState.CONNECTED:
            await connection.socket.close()
        connection.cut.set()

    async def _ask_beside(self, kind: str, payload: Json, fault: Json) -> None:
        with contextlib.suppress(NotDeliveredError):
            await self._ask(kind, payload, fault)

    async def _ask(self, kind: str, payload: Json, fault: Json | None = None) -> Json:
        try:
            answer = await self._send({"type": kind, "payload": payload, "accepts_response_payload": True}, fault)
        except TimeoutError:
            raise NotDeliveredError("operation_timeout") from None
        except DeliveryError as failure:
            raise NotDeliveredError(failure.error) from None
        except ConnectionError:
            raise NotDeliveredError("dispatch_failed") from None
        return answer or {}

    async def _send(self, envelope: Json, fault: Json | None = None) -> Json | None:
        """Send one envelope and wait for its acknowledgement.

        Raises ConnectionError when there is no connection or it ends, TimeoutError after 3 s.
        """
        if not self.connected:
            raise ConnectionError
        envelope = {"envelope_id": str(uuid4()), **envelope}
        entry = self._record.add_delivery(self._now(), envelope, fault)
        sent_at = real_time()
        try:
            if self._webhook is not None:
                payload = await self._webhook.deliver(envelope)
            else:
                payload = await self._send_over_socket(envelope)
        except (TimeoutError, DeliveryError) as failure:
            if fault is None:
                error, message = (
                    ("http_error", str(failure)) if isinstance(failure, DeliveryError) else NOT_ACKNOWLEDGED
                )
                self._record.violate(_named(envelope), error, message)
            raise
        entry["acked_ms"] = round((real_time() - sent_at) * 1000, 1)
        entry["response"] = payload
        self._changed()
        return payload

    async def _send_over_socket(self, envelope: Json) -> Json | None:
        """Send an envelope over the connection whose turn it is."""
        connections = self._open()
        self._turn += 1
        connection = connections[self._turn % len(connections)]
        answer: asyncio.Future[Json | None] = asyncio.get_running_loop().create_future()
        connection.waiting[envelope["envelope_id"]] = answer
        try:
            await connection.socket.send_json(envelope)
            return await asyncio.wait_for(asyncio.shield(answer), ACKNOWLEDGE_WITHIN)
        except (RuntimeError, WebSocketDisconnect) as error:
            raise ConnectionError from error
        except asyncio.CancelledError:
            if answer.cancelled():
                raise ConnectionError from None
            raise
        finally:
            connection.waiting.pop(envelope["envelope_id"], None)
            answer.cancel()

    def _deliver_all_kept(self) -> None:
        """Deliver what was raised while nothing was connected, as retries."""
        for event_id, body in list(self._state.pending.items()):
            if event_id not in self._deliveries:
                self._note_failure(event_id, body, "connection_failed")
                self._start(event_id)

    def _start(self, event_id: str, delay: float = 0.0) -> None:
        task = self._spawn(self._deliver(event_id, delay))
        self._deliveries[event_id] = task
        task.add_done_callback(lambda done: self._delivery_ended(event_id, done))

    def _delivery_ended(self, event_id: str, task: asyncio.Task[None]) -> None:
        if self._deliveries.get(event_id) is task:
            del self._deliveries[event_id]

    async def _deliver_once(self, body: Json) -> None:
        with contextlib.suppress(TimeoutError, ConnectionError):
            await self._send(_event_envelope(body), body["fault"])

    async def _deliver(self, event_id: str, delay: float) -> None:
        if delay:
            await asyncio.sleep(delay)
        while (body := self._state.pending.get(event_id)) is not None:
            if not self.connected:
                # The next connection takes it up.
                return
            try:
                await self._send(_event_envelope(body), body.get("fault"))
            except (TimeoutError, ConnectionError) as error:
                reason = "http_timeout" if isinstance(error, TimeoutError) else "connection_failed"
                if isinstance(error, DeliveryError):
                    reason = error.reason
                if body["attempt"] >= len(self.retry_after) or (isinstance(error, DeliveryError) and error.final):
                    break
                wait = self.retry_after[body["attempt"]]
                self._note_failure(event_id, body, reason)
                await asyncio.sleep(wait)
            else:
                break
        self._state.drop_pending(event_id)

    def _note_failure(self, event_id: str, body: Json, reason: str) -> None:
        body["attempt"] = min(body["attempt"] + 1, len(RETRY_AFTER))
        body["reason"] = reason
        self._state.save_pending(event_id, body)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task


def new_event_id() -> str:
    """Make an event id; a random one, since apps remember those of earlier workspaces."""
    return f"Ev0{secrets.token_hex(5).upper()}"


def _named(envelope: Json) -> str:
    """Name what is delivered, for people: `event message`, `view_submission`, `/learn`."""
    payload = envelope["payload"]
    if envelope["type"] == "events_api":
        return f"event {payload['event']['type']}"
    return str(payload.get("command") or payload.get("type"))


def _goodbye(reason: str) -> Json:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "local"}}


def _event_envelope(body: Json) -> Json:
    return {
        "type": "events_api",
        "payload": body["payload"],
        "accepts_response_payload": False,
        "retry_attempt": body["attempt"],
        "retry_reason": body["reason"],
    }
