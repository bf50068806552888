"""A simulation as a picture."""

from pathlib import Path

from matplotlib.figure import Figure

from bot.simulation.figures import Figures

_GREEN, _BLUE, _RED, _GREY = "#0b6e4f", "#2f5fb3", "#a02c4e", "#767676"


def draw(figures: Figures, path: Path) -> None:
    """Draw how many were there, met and met again in each round, and the shares, into a PNG file."""
    picture = Figure(figsize=(11, 4.5), layout="constrained")
    by_round, shares = picture.subplots(1, 2, width_ratios=(3, 1))
    numbers = [number for number, _, _, _ in figures.by_round]
    by_round.plot(numbers, [people for _, people, _, _ in figures.by_round], color=_BLUE, label="people there")
    by_round.plot(numbers, [groups for _, _, groups, _ in figures.by_round], color=_GREEN, label="groups")
    by_round.bar(numbers, [again for _, _, _, again in figures.by_round], color=_RED, label="repeated pairs")
    by_round.set_title(f"{figures.people} people, {figures.weeks} weeks, seed {figures.seed}")
    by_round.set_xlabel("round")
    # Room for the legend above whatever is drawn.
    by_round.set_ylim(0, 1.25 * max((people for _, people, _, _ in figures.by_round), default=1))
    for axis in (by_round.xaxis, by_round.yaxis):
        axis.get_major_locator().set_params(integer=True)
    by_round.legend(loc="upper center", ncols=3)
    bars = {
        "across\nteams": figures.cross_team_share,
        "by\nchance": figures.cross_team_by_chance,
        "something\nto show": figures.lessons,
        "busiest tenth\nof teachers": figures.teaching_load_top_tenth,
    }
    known = {name: share for name, share in bars.items() if share is not None}
    drawn = shares.bar(list(known), list(known.values()), color=[_GREEN, _GREY, _BLUE, _RED][: len(known)])
    shares.bar_label(drawn, [f"{share:.0%}" for share in known.values()])
    shares.set_ylim(0, 1)
    shares.tick_params(axis="x", labelsize=7)
    shares.set_title("Shares")
    picture.savefig(path, format="png", dpi=120)
