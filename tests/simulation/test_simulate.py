"""The virtual company: what it finds out is true, and it finds out what is wrong."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from bot.domain.pairing import Member, Rules
from bot.domain.round_inputs import Inputs
from bot.simulation import Figures, simulate
from bot.simulation.company import draw_company, monday_of
from bot.simulation.exact import fewest_alone, fewest_repeats
from bot.simulation.judge import Judge
from bot.simulation.rules import may_meet

WANTED = {
    *("rounds", "groups", "repeats", "avoidable_repeats", "unplaced", "rule_violations", "max_pings_week"),
    "avoidable_unplaced",
    *("cross_team_share", "cross_team_by_chance", "teaching_load_top_tenth"),
}


def without_seconds(figures: Figures) -> Figures:
    return replace(figures, seconds=0)


@pytest.mark.parametrize(("people", "weeks", "seed"), [(16, 15, 1), (23, 7, 2), (12, 5, 3), (45, 3, 4)])
def test_no_rule_is_broken_and_no_repeat_could_have_been_avoided(people: int, weeks: int, seed: int) -> None:
    figures = simulate(people, weeks, seed)

    assert figures.rounds + figures.skipped == weeks
    assert figures.groups > 0
    assert figures.rule_violations == 0
    assert figures.avoidable_repeats == 0
    assert figures.avoidable_unplaced == 0
    assert figures.waiting_twice == 0
    assert len(figures.by_round) == figures.rounds


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    one, again, other = simulate(12, 2, 7), simulate(12, 2, 7), simulate(12, 2, 8)

    assert without_seconds(one) == without_seconds(again)
    assert without_seconds(one) != replace(without_seconds(other), seed=7)


def test_the_command_prints_one_json_object_and_draws_a_picture(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "simulate", "--people", "12", "--weeks", "3", "--seed", "1"]
    picture = tmp_path / "out.png"

    told = subprocess.run(
        [*command, "--json", "--plot", str(picture)], capture_output=True, text=True, check=False, timeout=120
    )

    assert told.returncode == 0, told.stderr
    figures = json.loads(told.stdout)
    assert figures.keys() >= WANTED
    assert figures["rounds"] == 3
    assert told.stderr.startswith("Simulating")
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_broken_rule_is_found() -> None:
    companies = (draw_company(30, 10, seed) for seed in range(100))
    company = next(one for one in companies if any(person.not_with for person in one.people))
    boss = next(one for one in company.people if one.manager)
    apart = next(one for one in company.people if one.not_with)
    judge = Judge(None, company)  # type: ignore[arg-type]  # it looks at groups only

    judge._judge_groups([(boss.user_id, boss.manager)], 0)  # noqa: SLF001 - what it would find in the tables
    judge._judge_groups([(apart.user_id, apart.not_with[0])], 0)  # noqa: SLF001
    judge._judge_groups([(company.people[0].user_id,)], 0)  # noqa: SLF001
    fine = [one.user_id for one in company.people if not one.manager and not one.not_with][:2]
    judge._judge_groups([fine, fine], 0)  # noqa: SLF001

    # Three groups that must not be, and two people who are in two.
    assert judge.count_violations() == 5


def test_whoever_shares_no_hour_may_meet_only_in_writing() -> None:
    tokyo, berlin = (Member(zone, window=replace(Member("x").window, zone=zone)) for zone in ("Asia/Tokyo", "UTC"))
    week = date(2027, 1, 4)

    assert not may_meet((tokyo, berlin), week)
    assert may_meet((replace(tokyo, writing_ok=True), replace(berlin, writing_ok=True)), week)


def test_the_exact_solver_knows_what_could_have_been() -> None:
    four = tuple(Member(one) for one in "ABCD")
    met = {frozenset("AB"): 1, frozenset("CD"): 1}
    inputs = Inputs(four, met, Rules(week=monday_of(0)), 2, 1)

    assert fewest_repeats(inputs, 2) == 0
    everybody = {frozenset(pair): 1 for pair in ("AB", "AC", "AD", "BC", "BD", "CD")}
    assert fewest_repeats(replace(inputs, met=everybody), 2) == 2
    five = replace(inputs, members=(*four, Member("E")), met=everybody)
    # E joins two of the others; of the three who meet E nobody but those two have met.
    assert fewest_repeats(five, 4) == 2


def test_whoever_is_alone_although_somebody_was_there_is_found() -> None:
    # A leads B and C, so that A has nobody while D is away.
    lead, team = Member("A"), [Member(name, manager="A") for name in "BC"]
    inputs = Inputs((lead, *team), {frozenset("BC"): 1}, Rules(), 2, 1)
    assert fewest_alone(inputs, 1) == 1
    assert fewest_alone(inputs, 3) == 1
    assert fewest_repeats(inputs, 1) == 1

    with_fourth = replace(inputs, members=(lead, *team, Member("D")))
    assert fewest_alone(with_fourth, 2) == 0
    # B and C, A and D: the other ways leave somebody over.
    assert fewest_repeats(with_fourth, 1) == 1

    many = replace(inputs, members=tuple(Member(f"U{number}") for number in range(12)), met={})
    assert fewest_alone(many, 0) == 0
    assert fewest_alone(many, 2) is None


def test_four_people_of_whom_one_leads_two_lose_nothing_that_could_be_had() -> None:
    figures = simulate(4, 6, 1)

    assert figures.unplaced > 0
    assert (figures.avoidable_unplaced, figures.avoidable_repeats, figures.rule_violations) == (0, 0, 0)
