"""Help with one topic: what can be typed about it, on one screen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bot.blocks.block_kit import Block, Message, actions, button, message, section
from bot.blocks.ids import CommunityId, GoalId, HelpId, KudosId, MemberId, TopicId
from bot.blocks.language import N_, _
from bot.blocks.names import CommandNames


@dataclass(frozen=True, slots=True)
class _Topic:
    """One screen of help.

    Args:
        words: The commands that it is about, by their own names.
        text: What it says.
        buttons: What can be done at once: text, action and value.
    """

    words: frozenset[str]
    text: str
    buttons: tuple[tuple[str, str, str], ...] = ()


_TOPICS: Final = (
    _Topic(
        frozenset({"join", "buddy", "booked", "met", "skip", "swap"}),
        N_(
            "*Meeting somebody.* `{learn} join` in a channel puts you in: I introduce you to a colleague for half an "
            "hour, with a guide. `{learn} buddy` shows the introduction; `booked`, `met`, `skip` and `swap` answer it. "
            "`{learn} leave` ends it at once."
        ),
    ),
    _Topic(
        frozenset({"goal", "goals", "done", "drop"}),
        N_(
            "*Goals.* `{goal} run a retro on my own by end of January` opens a form with your words in it. Up to three "
            "are open, and nobody else reads them unless you share them. `{learn} goals` lists them; "
            "`{learn} done 1` and `{learn} drop 1` end one."
        ),
        ((N_("Set a goal"), GoalId.NEW, ""),),
    ),
    _Topic(
        frozenset({"teach", "want", "find", "topics"}),
        N_(
            "*Offers and wants.* `{learn} teach pivot tables in 15 min` says what you can show, "
            "`{learn} want reading a balance sheet` what you'd like to learn; whom you meet follows from both. "
            "`{learn} find slides` names people. `{learn} topics` lists yours."
        ),
        (
            (N_("I can show \u2026"), TopicId.OFFER, ""),
            (N_("I'd like to learn \u2026"), TopicId.WANT, ""),
            (N_("Find somebody"), TopicId.FIND, ""),
        ),
    ),
    _Topic(
        frozenset({"kudos"}),
        N_(
            "*Thanks.* `{kudos} @lee walked me through the migration #patience`: you see it first, then you post it "
            "or send it privately. Up to five people at a time and five thanks a day. The people thanked can take "
            "it down."
        ),
        ((N_("Say thanks"), KudosId.GIVE, ""),),
    ),
    _Topic(
        frozenset({"pause", "resume", "leave", "settings", "notwith", "messages"}),
        N_(
            "*Quiet, and your own rules.* `{learn} pause 2w` or `pause until Friday` keeps me quiet, `{learn} resume` "
            "brings me back. `{learn} settings` holds your days and hours, `{learn} notwith @sam` a private list. "
            "`{learn} messages` shows what I sent you by myself, and why."
        ),
        ((N_("Pause"), MemberId.PAUSE, "ask"),),
    ),
    _Topic(
        frozenset({"privacy", "export", "forgetme"}),
        N_(
            "*What is stored.* `{learn} privacy` says what it is and who sees it, `{learn} export` brings you a file "
            "with all of it, `{learn} forget-me` erases it, with ten seconds to undo that."
        ),
        ((N_("What I store"), CommunityId.STORED, ""),),
    ),
    _Topic(
        frozenset({"about", "setup", "round"}),
        N_(
            "*Communities.* `{learn} about` says what a channel is for and what its rhythm is, `{learn} setup` starts "
            "or changes one. Those who look after it have `{learn} round`, with `preview`, `start` and `skip`."
        ),
    ),
)
_ABOUT: Final[Mapping[str, _Topic]] = {word: topic for topic in _TOPICS for word in topic.words}
# The words that have a screen of their own.
HELPED: Final = frozenset(_ABOUT)


def topic_help(word: str, names: CommandNames) -> Message:
    """Write the screen about one command, by its own name."""
    topic = _ABOUT[word]
    text = _(topic.text).format(learn=names.learn, goal=names.goal, kudos=names.kudos)
    return message(section(text), actions(*_buttons(topic), button(_("All of the help"), HelpId.SHOW)))


def _buttons(topic: _Topic) -> list[Block]:
    return [button(_(label), action_id, value) for label, action_id, value in topic.buttons]
