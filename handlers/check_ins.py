"""Listeners for the check-in: did you meet, was it worth it, what do you take away."""

from datetime import date, timedelta
from typing import TypeVar

from bot.blocks import check_ins as blocks
from bot.blocks.ids import CheckInId
from bot.clock import Clock
from bot.domain.cadence import known_zone, local_day
from bot.domain.commands import parse_pause
from bot.domain.errors import Problem, UserError
from bot.domain.identity import Actor
from bot.domain.rounds import Met, Share, Worth, WouldHelp
from bot.services.members.members import MemberService
from bot.services.operation.directory import Directory, profile_or_unknown
from bot.services.rounds.check_ins import CheckInService
from handlers.listeners import Listeners
from handlers.payloads import Click, Submission, day_in, id_in
from handlers.replies import InPlace, OpenForm, Private, Reply

PAUSE_TYPED = "2w"
LONGEST_WAIT = timedelta(weeks=26)
Answer = TypeVar("Answer", Met, Worth, WouldHelp)


class CheckInHandlers:
    """One question a round; every answer replaces the question in its place."""

    def __init__(self, check_ins: CheckInService, members: MemberService, directory: Directory, clock: Clock) -> None:
        self._check_ins = check_ins
        self._members = members
        self._directory = directory
        self._clock = clock

    @property
    def listeners(self) -> Listeners:
        """Return the buttons of the weekly note, and the takeaway's form."""
        return Listeners(
            clicks={
                CheckInId.MET: self.answer,
                CheckInId.MORE: self.answer,
                CheckInId.MEETS_ON: self.meets_on,
                CheckInId.WORTH: self.rate,
                CheckInId.FIRST_TIME: self.first_time,
                CheckInId.WOULD_HELP: self.would_help,
                CheckInId.TAKEAWAY: self.open_takeaway,
            },
            forms={CheckInId.TAKEAWAY_FORM: self.take_away},
        )

    def answer(self, click: Click) -> Reply:
        """Store whether they met."""
        group_id, met = _parts(click.value, Met)
        return InPlace(blocks.met_reply(self._check_ins.answer(click.who, group_id, met, self._clock.now())))

    def meets_on(self, click: Click) -> Reply:
        """Store the day of a meeting that is still to come."""
        group_id, _ = _parts(f"{click.variant}:{Met.BOOKED}", Met)
        if not click.value:
            raise UserError(Problem.DAY_MISSING)
        day = day_in(click.value)
        today = self._today(click.who)
        if day < today:
            raise UserError(Problem.DAY_PAST, next=today.isoformat())
        if day > today + LONGEST_WAIT:
            raise UserError(Problem.DAY_TOO_FAR, last=(today + LONGEST_WAIT).isoformat())
        answered = self._check_ins.answer(click.who, group_id, Met.BOOKED, self._clock.now(), meets_on=day)
        return InPlace(blocks.booked_for_reply(answered.also))

    def rate(self, click: Click) -> Reply:
        """Store whether it was worth the time."""
        group_id, worth = _parts(click.value, Worth)
        return InPlace(blocks.met_reply(self._check_ins.rate(click.who, group_id, worth, self._clock.now())))

    def first_time(self, click: Click) -> Reply:
        """Store whether they talked for the first time."""
        group, _, answer = click.value.partition(":")
        answered = self._check_ins.first_time(click.who, id_in(group), answer == "yes", self._clock.now())
        return InPlace(blocks.met_reply(answered))

    def would_help(self, click: Click) -> Reply:
        """Count what would have helped; a pause is begun at once."""
        group_id, what = _parts(click.value, WouldHelp)
        now = self._clock.now()
        answered = self._check_ins.would_help(click.who, group_id, what, now)
        if what is WouldHelp.PAUSE:
            profile = profile_or_unknown(self._directory, click.who.user_id)
            self._members.pause(click.who, parse_pause(PAUSE_TYPED, self._today(click.who)), profile, now)
        return InPlace(blocks.help_reply(what, answered.also))

    def open_takeaway(self, click: Click) -> Reply:
        """Open the form for one line."""
        answered = self._check_ins.current(click.who, id_in(click.value), self._clock.now())
        return OpenForm(blocks.takeaway_form(answered))

    def take_away(self, form: Submission) -> Reply:
        """Store one line, shared only where its author says so."""
        chosen = form.choice("share")
        share = Share(chosen) if chosen in list(Share) else Share.PRIVATE
        text = form.text("takeaway")
        self._check_ins.take_away(form.who, id_in(form.metadata), text, share, self._clock.now())
        return Private(blocks.takeaway_kept(text, share))

    def _today(self, who: Actor) -> date:
        profile = profile_or_unknown(self._directory, who.user_id)
        return local_day(self._clock.now(), known_zone(profile.zone, "UTC"))


def _parts(value: str, answers: type[Answer]) -> tuple[int, Answer]:
    group, _, answer = value.partition(":")
    if answer not in list(answers):
        raise UserError(Problem.GONE)
    return id_in(group), answers(answer)
