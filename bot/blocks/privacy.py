"""What is said about a person's rights: what is stored, a file with everything, and erasing it."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.blocks.block_kit import Message, actions, button, context, message, section
from bot.blocks.ids import PrivacyId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import _, joined, ngettext
from bot.blocks.names import CommandNames
from bot.domain.messages import MessageKind
from bot.domain.privacy import EXPORT_STAYS, LONG_UNDO, UNDO

# What was erased, by the table it stood in; what has no line here is counted together.
_GONE: Final[Mapping[str, Callable[[int], str]]] = {
    "goal": lambda n: ngettext("{n} goal", "{n} goals", n).format(n=n),
    "learningnote": lambda n: ngettext("{n} learning note", "{n} learning notes", n).format(n=n),
    "topic": lambda n: ngettext("{n} offer or want", "{n} offers and wants", n).format(n=n),
    "checkin": lambda n: ngettext("{n} answer", "{n} answers", n).format(n=n),
    "membership": lambda n: ngettext("{n} membership", "{n} memberships", n).format(n=n),
}
_NAMELESS: Final[Mapping[str, Callable[[int], str]]] = {
    "kudos": lambda n: ngettext("{n} thanks you gave", "{n} thanks you gave", n).format(n=n),
    "kudosreceiver": lambda n: ngettext("{n} thanks you received", "{n} thanks you received", n).format(n=n),
    "prompttap": lambda n: ngettext("{n} tap on prompts", "{n} taps on prompts", n).format(n=n),
}


def privacy_message(names: CommandNames) -> Message:
    """Say what is stored, for how long, and who sees it."""
    return message(
        section(
            _(
                "*What I store about you:* your Slack id and time zone, and what you tapped or typed to me. "
                "No name, no address. Your goals, notes, answers and lists are readable by you alone."
            )
        ),
        actions(button(_("All of it as a file"), PrivacyId.EXPORT), button(_("Erase everything"), PrivacyId.FORGET)),
        section(
            _(
                "\u2022 Which communities you are in, your pause, and until when you are away\n"
                "\u2022 Whom you were introduced to and why, and your own answers\n"
                "\u2022 What you offer and want, your team, your manager and your pace, as far as you said so\n"
                "\u2022 Whom you would rather not meet, in a form that nobody can read in the database\n"
                "\u2022 Which messages I sent you by myself, and when; when you last pressed or typed something\n"
                "\u2022 Your taps on prompts, shown only as a number\n"
                "\u2022 Your goals and your learning notes\n"
                "\u2022 Thanks you gave and received, which stand in the channel"
            )
        ),
        section(
            _(
                "I can't read channels or group conversations; only a message with my name in it reaches me. "
                "Nobody sees who takes part and who does not. Answers become mere numbers after twelve months. "
                "The database stands with your own company; nothing goes anywhere else."
            )
        ),
        context(
            _("The same by words: `{learn} export`, `{learn} forget-me`; `{learn} leave all` only ends it.").format(
                learn=names.learn
            )
        ),
    )


def export_reply() -> Message:
    """Say that the file is on its way."""
    return message(
        section(
            _(
                "*Your file is on its way,* to our own direct message. "
                "It has everything I store about you, and nobody's words but yours."
            )
        )
    )


def export_message() -> Message:
    """Write M24, the words that come with the file."""
    return message(
        section(
            _(
                "*Everything I store about you:* a page to read, and the same as data. "
                "I take this file back after {days} days."
            ).format(days=EXPORT_STAYS.days)
        )
    )


def no_files_message(names: CommandNames) -> Message:
    """Say that no file can be handed over here, and what helps."""
    return message(
        section(
            _(
                "*I can't hand you the file:* this workspace does not let me send files. "
                "The people who run me can allow it; then `{learn} export` brings it. "
                "`{learn} privacy` says what is stored."
            ).format(learn=names.learn)
        )
    )


def forget_message(names: CommandNames) -> Message:
    """Ask once whether everything is to go, and say what goes and what stays; the first of two taps."""
    return message(
        section(
            _(
                "*Erase everything about you?* Goals, notes, offers, wants, answers and memberships go. "
                "Thanks you gave stay as from \u201ca colleague\u201d, published numbers stay numbers. "
                "People who were to meet you are offered somebody else."
            )
        ),
        actions(button(_("Erase everything"), PrivacyId.FORGET_SURE), button(_("Keep everything"), PrivacyId.KEEP)),
        context(_("`{learn} export` gives you a file with all of it first.").format(learn=names.learn)),
    )


def sure_message() -> Message:
    """Ask for the second tap."""
    return message(
        section(_("*Sure?* After the time to undo, nothing brings it back.")),
        actions(button(_("Yes, erase it"), PrivacyId.FORGET_NOW), button(_("Keep everything"), PrivacyId.KEEP)),
    )


def erasing_message() -> Message:
    """Say that it begins in a moment, and how to stop it."""
    return message(
        section(_("*Erased in {seconds} seconds.*").format(seconds=UNDO.seconds)),
        actions(
            button(_("Undo"), PrivacyId.UNDO),
            button(_("Give me {minutes} minutes").format(minutes=LONG_UNDO.seconds // 60), PrivacyId.LENGTHEN),
        ),
    )


def lengthened_message() -> Message:
    """Say how long there is to think it over now."""
    return message(
        section(_("*Erased in {minutes} minutes.*").format(minutes=LONG_UNDO.seconds // 60)),
        actions(button(_("Undo"), PrivacyId.UNDO)),
    )


def kept_message() -> Message:
    """Say that everything stays."""
    return message(section(_("*Nothing was erased.* Everything is as it was.")))


def too_late_message(names: CommandNames) -> Message:
    """Say that it has happened."""
    return message(
        section(_("*That is over:* what I had stored is erased. `{learn}` starts over.").format(learn=names.learn))
    )


def erased_message(counts: Mapping[str, int], backup_days: int, names: CommandNames) -> Message:
    """Write M25: what is gone, what is left without a name, and when copies of it run out.

    Args:
        counts: How many rows of each table were the person's.
        backup_days: For how long the operator keeps copies of the database.
        names: The names of the commands.
    """
    gone = [say(counts[table]) for table, say in _GONE.items() if counts.get(table)]
    other = sum(count for table, count in counts.items() if table not in _GONE and table not in _NAMELESS)
    if other:
        gone.append(ngettext("{n} other entry", "{n} other entries", other).format(n=other))
    nameless = [say(counts[table]) for table, say in _NAMELESS.items() if counts.get(table)]
    lines = [_("*Erased, just now:* {what}.").format(what=joined(gone) if gone else _("nothing was stored"))]
    if nameless:
        lines.append(_("Kept without your name: {what}.").format(what=joined(nameless)))
    lines.append(
        ngettext(
            "Backups of the server run out after the time your operator set: {n} day.",
            "Backups of the server run out after the time your operator set: {n} days.",
            backup_days,
        ).format(n=backup_days)
    )
    return message(
        section(" ".join(lines)),
        context(
            _("What was said in Slack itself stays there. `{learn}` starts over, any time.").format(learn=names.learn)
        ),
    )


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.EXPORT_REMOVED: KindWords(
        upcoming=("the file of an export is taken back", "files of exports are taken back")
    ),
}
