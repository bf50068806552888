"""The wrapper round every listener: acknowledge, run, answer; an exception never reaches Bolt.

Source: slack-facts 4.4; an exception soon after `ack()` would undo the acknowledgement.
"""

import json
import logging
import secrets
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, Final, Protocol

from slack_bolt import Args
from slack_sdk.errors import SlackApiError

from bot.addresses import keeps_secrets
from bot.blocks.block_kit import Block, mark
from bot.blocks.errors import apology, error_reply, field_error
from bot.blocks.language import speaking
from bot.blocks.names import CommandNames
from bot.domain.commands import parse_learn, plain
from bot.domain.errors import FormError, Problem, UserError
from bot.domain.identity import Actor, Tenant
from bot.domain.languages import ENGLISH
from bot.domain.messages import Came
from bot.journal import Happening, acting, current_act, tell
from bot.outages import Outage, note_outage
from handlers.drawing import Drawings
from handlers.payloads import (
    Click,
    Command,
    Event,
    Shortcut,
    Submission,
    beginning,
    click_from,
    command_from,
    describe,
    event_from,
    homes,
    is_said_to_bot,
    reader,
    shortcut_from,
    submission_from,
)
from handlers.replies import HomeView, InPlace, OpenForm, Private, Reply

Listener = Callable[[Args], None]


class AnswerLater(Protocol):
    """Has somebody told later what came of what they did; `key` went along with the answer that may be missing."""

    def __call__(self, who: Actor, key: str, came: Came, *, reference: str = "") -> None:
        """Store it."""


class NotTakenError(Exception):
    """Slack did not take an answer at the address that it had given for it."""


# Where a request keeps whether its person belongs to the workspace.
_BELONGS: Final = "belongs"
_ID_BYTES: Final = 3
# Source: slack-facts 9; asked again, Slack says the same, or does not take the form.
_NO_FORM: Final = frozenset({"expired_trigger_id", "invalid_trigger_id", "invalid_arguments", "view_too_large"})
_OPENED_ALREADY: Final = "exchanged_trigger_id"
_CAME: Final = {Came.DONE: Happening.ACT_DONE, Came.REFUSED: Happening.ACT_REFUSED, Came.FAILED: Happening.ACT_FAILED}

_log = logging.getLogger(__name__)


class Guard:
    """Turns functions from values to replies into listeners that Bolt can call.

    Args:
        names: The names of the commands, for the sentences of refusals.
        home: Draws a person's App Home as it is now.
        language: Tells the code of a person's language.
        note_act: Is told who does something, also when it was refused.
        answer_later: Is told whose answer may not have reached them.
        is_colleague: Tells whether an account belongs to the workspace, by its id. It is asked only about people whose
            home a payload names as another workspace.
        outage: Told when an act failed since the database cannot be reached.
    """

    def __init__(
        self,
        names: CommandNames,
        home: Callable[[Actor], Block],
        language: Callable[[Actor], str],
        note_act: Callable[[Actor], None],
        answer_later: AnswerLater,
        is_colleague: Callable[[str], bool],
        outage: Outage | None = None,
    ) -> None:
        self._names = names
        self._home = home
        self._language = language
        self._note_act = note_act
        self._answer_later = answer_later
        self._is_colleague = is_colleague
        self._outage = outage or Outage("the database")
        self._drawings = Drawings()

    def command(self, handle: Callable[[Command], Reply]) -> Listener:
        """Make a listener for a slash command: acknowledged first, answered after."""

        def listen(args: Args) -> None:
            args.ack()
            with self._speaking(args):
                kept = _words(beginning(args.body.get("text"))[0])
                has_acted = self._answer(args, lambda: handle(command_from(args.body, self._admit(args))), kept)
            self._note(args)
            if has_acted:
                self._redraw_home(args)

        return _told(listen)

    def click(self, handle: Callable[[Click], Reply], *, is_in_home: bool = True) -> Listener:
        """Make a listener for a button or a menu: acknowledged first, answered after.

        `is_in_home` tells whether App Home shows what comes of it.
        """

        def listen(args: Args) -> None:
            args.ack()
            with self._speaking(args):
                has_acted = self._answer(args, lambda: handle(click_from(args.body, self._admit(args))))
            self._note(args)
            # What was pressed in Home and refused stood there although it was over.
            if (args.body.get("view") or {}).get("type") == "home" or (has_acted and is_in_home):
                self._redraw_home(args)

        return _told(listen)

    def shortcut(self, handle: Callable[[Shortcut], Reply]) -> Listener:
        """Make a listener for a shortcut, of a message or from anywhere: acknowledged first, answered after."""

        def listen(args: Args) -> None:
            args.ack()
            with self._speaking(args):
                self._answer(args, lambda: handle(shortcut_from(args.body, self._admit(args))))
            self._note(args)

        return _told(listen)

    def event(self, handle: Callable[[Event], Reply]) -> Listener:
        """Make a listener for an event; Bolt has acknowledged it already.

        Only somebody who wrote to the bot waits for an answer; nobody else hears of a failure.
        """

        def listen(args: Args) -> None:
            with self._speaking(args):
                if is_said_to_bot(args.body["event"]):
                    has_acted = self._answer(args, lambda: handle(event_from(args.body, self._admit(args))))
                    self._note(args)
                else:
                    has_acted = False
                    try:
                        _deliver(args, handle(event_from(args.body, _tenant(args))), _new_key())
                        tell(_log, Happening.ACT_DONE, {})
                    except Exception as error:
                        self._note_failure(args, error)
            if has_acted:
                self._redraw_home(args)

        return _told(listen)

    def form(self, handle: Callable[[Submission], Reply]) -> Listener:
        """Make a listener for a form: stored first, then acknowledged, since that closes it.

        A refusal leaves the form open with the sentence at its field and everything typed still there.
        """

        def listen(args: Args) -> None:
            with self._speaking(args):
                is_taken = self._submit(args, handle)
            self._note(args)
            if is_taken:
                self._redraw_home(args)

        return _told(listen)

    def _admit(self, args: Args) -> Tenant:
        """Return the workspace that a request is about.

        Raises:
            UserError: The person belongs to another workspace; in a shared channel all people see the same buttons.
        """
        tenant = _tenant(args)
        if not self._belongs(args, tenant):
            raise UserError(Problem.CANNOT_TAKE_PART)
        return tenant

    def _belongs(self, args: Args, tenant: Tenant) -> bool:
        """Tell whether the person who acts belongs to a workspace; Slack is asked once for each request."""
        known: bool | None = args.context.get(_BELONGS)
        if known is None:
            known = not homes(args.body) - {tenant.key} or self._is_colleague(_user_of(args))
            args.context[_BELONGS] = known
        return known

    def _submit(self, args: Args, handle: Callable[[Submission], Reply]) -> bool:
        """Let a form be handled and acknowledge it; False when it stays open."""
        fields = _fields(args.body)
        try:
            reply = handle(submission_from(args.body, self._admit(args)))
        except FormError as refusal:
            errors = {
                name if name in fields else fields[0]: field_error(trouble, self._names)
                for name, trouble in refusal.troubles.items()
            }
            tell(_log, Happening.ACT_REFUSED, {})
            args.ack(response_action="errors", errors=errors)
        except UserError as refusal:
            tell(_log, Happening.ACT_REFUSED, {})
            args.ack(response_action="errors", errors={fields[0]: field_error(refusal.trouble, self._names)})
        except Exception as error:
            args.ack(response_action="errors", errors={fields[0]: apology(self._note_failure(args, error))})
        else:
            tell(_log, Happening.ACT_DONE, {})
            if not isinstance(reply, OpenForm):
                args.ack()
                self._hand_over(args, reply, Came.DONE)
                return True
            # There is something to ask before: that form takes the place of this one, and nothing is stored.
            args.ack(response_action="update", view=reply.view)
        return False

    @contextmanager
    def _speaking(self, args: Args) -> Iterator[None]:
        """Speak the language of the person who reads the answer; when it cannot be looked up, English."""
        language = ENGLISH
        try:
            who = reader(args.body, _tenant(args))
            if who is not None:
                language = self._language(who)
        except Exception as error:
            if note_outage(self._outage, error) is None:
                _log.info("answering in English: %s", type(error).__name__)
        with speaking(language):
            yield

    def _answer(self, args: Args, handle: Callable[[], Reply], kept: str = "") -> bool:
        """Answer, whatever happens; True when something was done, not only opened or refused."""
        try:
            try:
                reply, came = handle(), Came.DONE
            except UserError as refusal:
                words = error_reply(refusal.trouble, refusal.kept or kept, self._names)
                reply, came = Private(words), Came.REFUSED
            except FormError as refusal:
                trouble = next(iter(refusal.troubles.values()))
                reply, came = Private(error_reply(trouble, kept, self._names)), Came.REFUSED
        except Exception as error:
            self._apologize(args, kept, self._note_failure(args, error))
            return False
        tell(_log, _CAME[came], {})
        # What was done is done: whatever becomes of the answer, nothing says that it failed.
        self._hand_over(args, reply, came, kept)
        return came is Came.DONE and isinstance(reply, Private | InPlace)

    def _hand_over(self, args: Args, reply: Reply, came: Came, kept: str = "", reference: str = "") -> None:
        """Deliver a reply where it was asked for, or else directly; what may be missing is made up for later."""
        key = _new_key()
        try:
            _deliver(args, reply, key)
        except Exception as error:
            number = self._note_failure(args, error)
            if isinstance(reply, OpenForm):
                # Nothing was stored, and the person who waits for the form has to try again.
                self._apologize(args, kept, number)
            elif not self._say_directly(args, reply, key):
                self._make_up_for(args, key, came, reference)

    def _say_directly(self, args: Args, reply: Reply, key: str) -> bool:
        """Say in the direct message what the address given for it did not take; False when it cannot be said there."""
        if not (args.body.get("response_url") and isinstance(reply, Private | InPlace)):
            return False
        try:
            if not self._belongs(args, _tenant(args)):
                return False
            args.client.chat_postMessage(channel=_user_of(args), metadata=mark(key), **reply.message.payload())
        except Exception as error:
            self._note_failure(args, error)
            return False
        return True

    def _make_up_for(self, args: Args, key: str, came: Came, reference: str) -> None:
        try:
            tenant = _tenant(args)
            who = reader(args.body, tenant)
            # Nothing is stored of the people of other workspaces.
            if who is not None and self._belongs(args, tenant):
                self._answer_later(who, key, came, reference=reference)
        except Exception as error:
            self._note_trouble(args, error)

    def _note(self, args: Args) -> None:
        """Have it noted that somebody has done something; they were answered before."""
        try:
            tenant = _tenant(args)
            who = reader(args.body, tenant)
            # Nothing is stored of the people of other workspaces.
            if who is not None and self._belongs(args, tenant):
                self._note_act(who)
        except Exception as error:
            self._note_trouble(args, error)

    def _redraw_home(self, args: Args) -> None:
        """Redraw App Home for a person who did something anywhere, once for all that they do at the same time."""
        try:
            who = reader(args.body, _tenant(args))
            if who is not None:
                self._drawings.draw((who.workspace, who.user_id), lambda: self._publish_home(args, who))
        except Exception as error:
            self._note_trouble(args, error)

    def _publish_home(self, args: Args, who: Actor) -> None:
        # The language is looked up again: a form may have changed it.
        with self._speaking(args):
            view = self._home(who)
        args.client.views_publish(user_id=who.user_id, view=view)

    def _apologize(self, args: Args, kept: str, reference: str) -> None:
        self._hand_over(
            args, Private(error_reply(None, kept, self._names, reference)), Came.FAILED, reference=reference
        )

    def _note_failure(self, args: Args, error: Exception) -> str:
        """Write to the log that an act failed, and return the number under which it stands there.

        While the database is away the log says so once for all acts, and of each of them only that it failed.
        """
        reference = current_act() or secrets.token_hex(_ID_BYTES)
        ids = {"error": type(error).__name__}
        diagnosis = note_outage(self._outage, error)
        if diagnosis is None:
            tell(_log, Happening.ACT_FAILED, ids, logging.ERROR)
            _log.error("reference %s: %s: %s", reference, json.dumps(describe(args.body)), _failure(error))
        else:
            tell(_log, Happening.ACT_FAILED, ids | {"cause": diagnosis.cause})
        return reference

    def _note_trouble(self, args: Args, error: Exception) -> None:
        """Write to the log what failed after an act; its person was answered."""
        if note_outage(self._outage, error) is None:
            self._note_failure(args, error)


def _told(listen: Listener) -> Listener:
    """Give each act an id of its own, under which the log tells what came of it and of the messages it queued."""

    def told(args: Args) -> None:
        with acting(secrets.token_hex(_ID_BYTES)):
            tell(_log, Happening.ACT_BEGUN, describe(args.body))
            listen(args)

    return told


def _tenant(args: Args) -> Tenant:
    """Return the workspace that Bolt authorized."""
    authorized = args.context.authorize_result
    if authorized is None or not authorized.team_id:
        raise LookupError("a request that was not authorized")
    return Tenant(authorized.team_id)


def _failure(error: BaseException) -> str:
    """Say what failed and where; an error's own words are left out, since they can repeat what was typed."""
    code = f" {error.response.get('error')}" if isinstance(error, SlackApiError) else ""
    cause = error.__cause__ or error.__context__
    because = f"\nafter {_failure(cause)}" if cause else ""
    return f"{type(error).__name__}{code}\n{''.join(traceback.format_tb(error.__traceback__))}{because}"


def _words(text: str) -> str:
    """Return what was typed, to be given back; a word that is a command and nothing else needs no keeping."""
    typed = parse_learn(text)
    return plain(typed.text) if typed.word is None or typed.rest else ""


def _fields(body: dict[str, object]) -> list[str]:
    view = body["view"]
    blocks: Iterable[dict[str, object]] = view["blocks"] if isinstance(view, dict) else ()
    return [str(block["block_id"]) for block in blocks if block["type"] == "input"]


def _new_key() -> str:
    """Return a key for an answer, which tells nothing about it."""
    return f"answer:{secrets.token_hex(8)}"


def _deliver(args: Args, reply: Reply, key: str) -> None:
    """Deliver a reply; `key` goes along with what is posted in a direct message, so that it can be found there.

    Raises:
        Exception: Slack did not take it, or nobody knows whether it did.
    """
    if isinstance(reply, OpenForm):
        _open(args, reply)
    elif isinstance(reply, HomeView):
        args.client.views_publish(user_id=_user_of(args), view=reply.view)
    elif isinstance(reply, InPlace) and args.body.get("response_url"):
        _respond(args, replace_original=True, **reply.message.payload())
    elif isinstance(reply, Private | InPlace):
        _tell(args, reply, key)


def _respond(args: Args, **payload: Any) -> None:  # noqa: ANN401 - the fields of an answer
    if not keeps_secrets(str(args.body["response_url"])):
        raise NotTakenError("unencrypted")
    answer = args.respond(**payload)
    # The SDK raises nothing when Slack refuses it.
    if answer.status_code != HTTPStatus.OK:
        raise NotTakenError(str(answer.status_code))


def _open(args: Args, reply: OpenForm) -> None:
    """Open a form; one that comes from inside another form is laid on top of it.

    What fails for a moment is asked for once more, since the person's click is good for three seconds.
    """
    is_within = (args.body.get("view") or {}).get("type") == "modal"
    show = args.client.views_push if is_within else args.client.views_open
    trigger_id = args.body["trigger_id"]
    try:
        show(trigger_id=trigger_id, view=reply.view)
    except SlackApiError as error:
        if error.response.get("error") in _NO_FORM:
            raise
    except (OSError, HTTPException) as error:
        _log.info("a form is opened once more after %s", type(error).__name__)
    else:
        return
    try:
        show(trigger_id=trigger_id, view=reply.view)
    except SlackApiError as error:
        # The first time it was opened after all.
        if error.response.get("error") != _OPENED_ALREADY:
            raise


def _tell(args: Args, reply: Private | InPlace, key: str) -> None:
    payload = reply.message.payload()
    event = args.body.get("event") or {}
    thread_ts = _thread_of(args)
    if args.body.get("response_url"):
        _respond(args, response_type="ephemeral", replace_original=False, thread_ts=thread_ts, **payload)
        return
    user_id = (reply.reader if isinstance(reply, Private) else "") or _user_of(args)
    if event.get("channel_type") == "im":
        args.client.chat_postMessage(channel=event["channel"], thread_ts=thread_ts, metadata=mark(key), **payload)
        return
    channel_id = reply.channel_id if isinstance(reply, Private) else ""
    if event.get("type") == "app_mention":
        channel_id = event["channel"]
    if channel_id:
        try:
            args.client.chat_postEphemeral(channel=channel_id, user=user_id, thread_ts=thread_ts, **payload)
        except (SlackApiError, OSError, HTTPException):
            # The bot or the person may not be in that channel, or Slack has trouble; a direct message can be looked up.
            _log.info("no ephemeral message in %s, answering directly", channel_id)
        else:
            return
    args.client.chat_postMessage(channel=user_id, metadata=mark(key), **payload)


def _thread_of(args: Args) -> str | None:
    """Return the thread in which somebody wrote or pressed, since there they look for the answer; None outside one."""
    place = args.body.get("event") or args.body.get("container") or {}
    thread_ts = place.get("thread_ts")
    # A message with replies stands in the channel, though it carries the thread that it began.
    began_it = thread_ts in {place.get("ts"), place.get("message_ts")}
    return None if began_it else thread_ts


def _user_of(args: Args) -> str:
    body = args.body
    user = body.get("user_id") or (body.get("user") or {}).get("id")
    event_user = (body.get("event") or {}).get("user")
    # In user events the whole account stands where other events have its id.
    return str(user or (event_user["id"] if isinstance(event_user, dict) else event_user))
