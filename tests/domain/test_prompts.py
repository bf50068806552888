"""The weekly prompt: a warm-up, then a deck that keeps its rules for years."""

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from bot.domain.prompts import Choice, PastPrompt, Prompt, PromptLibrary, choose_prompt
from bot.library import load_prompts

LIBRARY = load_prompts()
WEEKS = 150
SEED_ORDER = ["mistakes-04", "helping-06", "craft-03", "bridges-07", "feedback-01", "mistakes-01"]


def simulate(
    community: str,
    weeks: int = WEEKS,
    *,
    reactions: float = 1.0,
    leaders: float = 1.0,
    short: float = 0.0,
    themes: frozenset[str] | None = None,
) -> list[tuple[PastPrompt, bool, bool]]:
    """Return each week's prompt, whether it had to be short and whether a leader was ready."""
    chance = Random(community)  # noqa: S311 - a repeatable simulation
    history: list[PastPrompt] = []
    weeks_asked = []
    for _ in range(weeks):
        short_only, leader_ready = chance.random() < short, chance.random() < leaders
        choice = choose_prompt(
            LIBRARY, community, history, themes=themes, short_only=short_only, leader_ready=leader_ready
        )
        history.append(PastPrompt(choice.prompt_id, choice.cycle, chance.random() < reactions))
        weeks_asked.append((history[-1], short_only, leader_ready))
    return weeks_asked


def prompts_of(weeks: list[tuple[PastPrompt, bool, bool]]) -> list[Prompt]:
    return [LIBRARY.prompts[past.prompt_id] for past, _, _ in weeks]


@pytest.mark.parametrize("community", [f"C{number}" for number in range(12)])
def test_a_library_lasts_two_years_and_never_feels_the_same(community: str) -> None:
    shown = prompts_of(simulate(community))

    assert [prompt.id for prompt in shown[:6]] == list(LIBRARY.warm_up[:6])
    assert {prompt.id for prompt in shown[:120]} == set(LIBRARY.prompts)
    assert len({prompt.id for prompt in shown[120:]}) == WEEKS - 120
    for week, prompt in enumerate(shown):
        assert prompt.theme not in {before.theme for before in shown[max(0, week - 3) : week]}
        assert prompt.kind not in {before.kind for before in shown[max(0, week - 1) : week]}


def test_what_nobody_reacted_to_returns_once_at_the_end_of_its_cycle() -> None:
    weeks = simulate("C1", 240, reactions=0.0)

    shown = [past.prompt_id for past, _, _ in weeks]
    assert len(set(shown[:120])) == 120
    assert set(Counter(shown).values()) == {2}
    assert {past.cycle for past, _, _ in weeks} == {1}
    assert choose_prompt(LIBRARY, "C1", [past for past, _, _ in weeks], leader_ready=True).cycle == 2


@pytest.mark.parametrize("community", ["C1", "C2", "C3"])
def test_hard_years_still_keep_what_matters(community: str) -> None:
    weeks = simulate(community, reactions=0.6, leaders=0.2, short=0.15)

    for past, short_only, leader_ready in weeks:
        assert LIBRARY.prompts[past.prompt_id].minutes <= 5 or not short_only
        assert past.prompt_id not in LIBRARY.leader_first or leader_ready


def test_without_a_leader_the_cycle_ends_and_the_waiting_cards_lie_on_top_of_the_next() -> None:
    weeks = simulate("C1", 111, leaders=0.0)
    history = [past for past, _, _ in weeks]

    assert [past.cycle for past in history] == [1] * 110 + [2]
    assert choose_prompt(LIBRARY, "C1", history, leader_ready=True).prompt_id in LIBRARY.leader_first


def test_communities_shuffle_differently_and_each_always_the_same() -> None:
    one, other, again = (prompts_of(simulate(community, 40)) for community in ("C1", "C2", "C1"))

    assert one[6:] != other[6:]
    assert one == again


def test_the_order_does_not_depend_on_the_machine() -> None:
    assert [prompt.id for prompt in prompts_of(simulate("C024BE91L", 12))[6:]] == SEED_ORDER


def test_a_removed_prompt_leaves_the_others_in_order() -> None:
    history = [past for past, _, _ in simulate("C1", 20)]
    choice = choose_prompt(LIBRARY, "C1", history, leader_ready=True)
    gone = next(prompt_id for prompt_id in LIBRARY.prompts if prompt_id != choice.prompt_id)
    smaller = {key: prompt for key, prompt in LIBRARY.prompts.items() if key != gone}

    assert choose_prompt(replace(LIBRARY, prompts=smaller), "C1", history, leader_ready=True) == choice


def test_only_chosen_themes_are_posted() -> None:
    themes = frozenset({"tools", "words", "memory", "craft", "focus"})

    weeks = simulate("C1", 60, themes=themes)

    assert {prompt.theme for prompt in prompts_of(weeks)} == themes
    assert [past.prompt_id for past, _, _ in weeks[:4]] == ["tools-01", "words-05", "memory-01", "craft-01"]
    assert len({past.prompt_id for past, _, _ in weeks[:50]}) == 50


def test_an_old_community_does_not_go_back_to_the_warm_up() -> None:
    others = [prompt_id for prompt_id in LIBRARY.prompts if prompt_id not in LIBRARY.warm_up]
    history = [PastPrompt(prompt_id, 1, reacted=True) for prompt_id in others[:100:10]]

    chosen = {choose_prompt(LIBRARY, f"C{number}", history).prompt_id for number in range(30)}

    assert len(chosen) > 10


def test_one_theme_alone_repeats_itself_rather_than_falling_silent() -> None:
    shown = prompts_of(simulate("C1", 25, themes=frozenset({"focus"})))

    assert [prompt.theme for prompt in shown] == ["focus"] * 25
    assert len({prompt.id for prompt in shown[:10]}) == 10
    assert choose_prompt(LIBRARY, "C1", [], themes=frozenset({"nothing"})).prompt_id == LIBRARY.warm_up[0]


def test_neighbours_do_not_get_the_same_prompt_in_one_week() -> None:
    history = [past for past, _, _ in simulate("C1", 20)]
    taken = choose_prompt(LIBRARY, "C1", history).prompt_id

    assert choose_prompt(LIBRARY, "C1", history, elsewhere=frozenset({taken})).prompt_id != taken
    first = choose_prompt(LIBRARY, "C1", [], elsewhere=frozenset({LIBRARY.warm_up[0]}))
    assert first.prompt_id == LIBRARY.warm_up[1]


def test_rules_give_way_in_their_order() -> None:
    def prompt(name: str, theme: str, kind: str, minutes: int = 3) -> Prompt:
        return Prompt(name, name, theme, kind, minutes, "And?")

    def choose(*prompts: Prompt, waiting: frozenset[str] = frozenset(), cycle: int = 1) -> Choice:
        cards = {one.id: one for one in (last, *prompts)}
        small = PromptLibrary(cards, {}, (), waiting)
        elsewhere = frozenset(one.id for one in prompts if one.theme == "elsewhere")
        past = [PastPrompt("last", cycle, reacted=True)]
        return choose_prompt(small, "C1", past, short_only=True, elsewhere=elsewhere)

    last = prompt("last", "tools", "ask")
    same_kind, same_theme = prompt("k", "words", "ask"), prompt("t", "tools", "try")
    long, next_door = prompt("l", "craft", "try", 30), prompt("n", "elsewhere", "try")
    leader = prompt("f", "craft", "teach")

    assert choose(same_kind, same_theme, long, next_door) == Choice("k", 1)
    assert choose(same_theme, long, next_door) == Choice("t", 1)
    # The next cycle's repetition is better than a prompt that does not suit the week.
    assert choose(long, next_door) == Choice("last", 2)
    assert choose(leader, waiting=frozenset({"f", "last"})) == Choice("f", 1)


def test_a_single_prompt_is_posted_whatever_speaks_against_it() -> None:
    only = Prompt("only", "Why?", "tools", "ask", 30, "And?")
    library = PromptLibrary({"only": only}, {}, (), frozenset({"only"}))
    past = [PastPrompt("only", 1, reacted=True), PastPrompt("gone", 1, reacted=False)]

    choice = choose_prompt(library, "C1", past, short_only=True, elsewhere=frozenset({"only"}))

    assert choice == Choice("only", 2)


def test_an_empty_library_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        choose_prompt(PromptLibrary({}, {}, (), frozenset()), "C1", [])
