"""What a simulation found out, and how it is written down."""

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class Figures:
    """The figures of a whole simulation; shares are from 0 to 1.

    Args:
        people: Everybody who ever took part.
        weeks: The weeks that were played.
        seed: What the company and its weeks were drawn from.
        rounds: Rounds that took place.
        skipped: Rounds that were left out or waited.
        groups: Groups the rounds began with.
        formed_later: Groups formed while a round ran, for those who came late or were left alone.
        repeats: Pairs that were introduced before everybody had met everybody.
        avoidable_repeats: How many of them an exact solver avoids with the same input; None where none was asked.
        unplaced: People who were in no group when a round began, added up over the rounds.
        avoidable_unplaced: How many of them an exact solver places with the same input; None where that is not known.
        rule_violations: Groups and people that break a rule, found from the outcome alone.
        meet_opportunities: Places in groups, as a share of the places that people were there for.
        waiting_twice: People without a group in two rounds running, as a share of those who were there.
        cross_team_share: Introduced pairs of different teams, as a share of all.
        cross_team_by_chance: The same if everybody met anybody.
        teaching_load_top_tenth: The share of lessons that the busiest tenth of teachers gave.
        lessons: Groups in which somebody could show somebody what they wanted, as a share of all.
        pings: Messages that notified somebody.
        max_pings_week: The most that one person got in one ISO week.
        max_pings_day: The most that one person got on one day.
        seconds: How long the whole took on this machine.
        by_round: Number, people there, groups and repeats of each round, in order.
    """

    people: int
    weeks: int
    seed: int
    rounds: int
    skipped: int
    groups: int
    formed_later: int
    repeats: int
    avoidable_repeats: int | None
    unplaced: int
    avoidable_unplaced: int | None
    rule_violations: int
    meet_opportunities: float
    waiting_twice: float
    cross_team_share: float | None
    cross_team_by_chance: float | None
    teaching_load_top_tenth: float | None
    lessons: float
    pings: int
    max_pings_week: int
    max_pings_day: int
    seconds: float
    by_round: tuple[tuple[int, int, int, int], ...] = field(default=(), repr=False)

    def values(self) -> dict[str, object]:
        """Return everything by name, as JSON takes it."""
        return asdict(self)

    def text(self) -> str:
        """Return a summary to read."""
        avoidable, placeable = _number(self.avoidable_repeats), _number(self.avoidable_unplaced)
        across, chance = _percent(self.cross_team_share), _percent(self.cross_team_by_chance)
        twice = _percent(self.waiting_twice)
        exchanges, load = _percent(self.lessons), _percent(self.teaching_load_top_tenth)
        return f"""\
{self.people} people, {self.weeks} weeks, seed {self.seed}: {self.rounds} rounds, played in {self.seconds:.1f} s
Groups: {self.groups}, and {self.formed_later} formed later; {self.skipped} rounds were skipped or waited
Repeats: {self.repeats}, of which an exact solver avoids: {avoidable}
Without a group: {self.unplaced}, of whom an exact solver places: {placeable}; in two rounds running: {twice}
Rules broken: {self.rule_violations}
Meet opportunities: {_percent(self.meet_opportunities)} of the times that somebody was there
Across teams: {across} of pairs; by chance {chance}
Groups with something to show: {exchanges}; the busiest tenth of teachers gave {load} of the lessons
Pings: {self.pings}; at most {self.max_pings_week} a person and week, {self.max_pings_day} a day"""


def _number(count: int | None) -> str:
    return "not asked" if count is None else str(count)


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.0%}"
