"""What is said about thanks: their messages, their forms, and the answers to those who give or get them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bot.blocks.block_kit import (
    VALUE_LIMIT,
    Block,
    Message,
    actions,
    button,
    channel,
    context,
    day_with_year,
    escape,
    field,
    form,
    line_input,
    long_day,
    message,
    moment,
    more,
    one_line,
    option,
    people,
    person,
    plain,
    quote,
    section,
)
from bot.blocks.ids import KudosId, NoteId, RequestId
from bot.blocks.kind_words import KindWords
from bot.blocks.language import N_, _, joined, ngettext
from bot.blocks.names import CommandNames
from bot.domain.identity import LARGEST_ID
from bot.domain.kudos import A_DAY, MAX_DEED, MAX_PEOPLE, PRIVATELY, Draft, Given, Hints, Places, Thanks, ThanksCard
from bot.domain.messages import MessageKind
from bot.domain.precision import Precision

NAMED: Final = 3
_MOST_CHOICES: Final = 10


@dataclass(frozen=True, slots=True)
class Pending:
    """Thanks that are not given yet, as a button or a form carries them.

    Args:
        thanks: What is known of them.
        here: The channel in which they were begun; empty outside every channel.
        place: Where they are to be read, once that is chosen.
        act: What makes one act of all the buttons of a preview, so that two of them cannot give the thanks twice.
        asked: Whether the giver was asked for the effect.
        draft_id: The draft they come from; 0 for none.
    """

    thanks: Thanks
    here: str = ""
    place: str = ""
    act: str = ""
    asked: bool = False
    draft_id: int = 0


def encode(pending: Pending) -> str:
    """Pack thanks into a button's value; a deed that is far too long loses its end."""
    thanks = replace(pending.thanks, people=pending.thanks.people[: MAX_PEOPLE + 1])
    while len(packed := _packed(replace(pending, thanks=thanks))) > VALUE_LIMIT:
        if thanks.deed:
            thanks = replace(thanks, deed=thanks.deed[: len(thanks.deed) * 9 // 10])
        else:
            # Nothing of it could be given as it is.
            thanks = replace(thanks, effect="", tag=None, link="")
    return packed


def decode(value: str) -> Pending:
    """Unpack what `encode` packed; what is missing in it or odd, as in an older message's button, stays empty."""
    try:
        told = json.loads(value)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}

    def text(name: str) -> str:
        said = told.get(name)
        return said if isinstance(said, str) else ""

    people, draft_id = told.get("people"), told.get("draft_id")
    named = tuple(one for one in people if isinstance(one, str)) if isinstance(people, list) else ()
    return Pending(
        Thanks(named, text("deed"), text("effect"), text("tag") or None, text("link")),
        here=text("here"),
        place=text("place"),
        act=text("act"),
        asked=told.get("asked") is True,
        draft_id=draft_id if type(draft_id) is int and 0 < draft_id <= LARGEST_ID else 0,
    )


def kudos_message(cards: Sequence[ThanksCard]) -> Message:
    """Write M11: who thanks whom for what, alone or together with others of the same hour; no totals."""
    first = [section(_("*Thanks from the last hour*"))] if len(cards) > 1 else []
    return message(*first, *(block for card in cards for block in _in_channel(card)))


def private_message(cards: Sequence[ThanksCard]) -> Message:
    """Write thanks that only the person thanked reads, alone or together with others."""
    first = [section(_("*Thanks for you*"))] if len(cards) > 1 else []
    blocks = first + [block for card in cards for block in _to_one(card)]
    return message(*blocks, context(_("Only you see this.")))


def preview_message(places: Places, pending: Pending, giver: str, hints: Hints) -> Message:
    """Show thanks to their giver before anybody else sees them, with the hints that are for the giver alone."""
    to_channel, to_one = (replace(pending, place=place) for place in (places.first, PRIVATELY))
    buttons = [button(_("Send privately"), KudosId.POST, encode(to_one), variant=PRIVATELY)]
    where = _("Nothing is sent yet.")
    if places.here:
        buttons.insert(0, button(_("Post here"), KudosId.POST, encode(to_channel), variant="channel", primary=True))
    elif places.first != PRIVATELY:
        buttons.insert(
            0, button(_("Post in the channel"), KudosId.POST, encode(to_channel), variant="channel", primary=True)
        )
        where = _("Nothing is sent yet. The channel is {channel}.").format(channel=channel(places.first))
    label = _("Choose the channel") if places.first == PRIVATELY and places.others else _("Change it")
    change = button(label, KudosId.GIVE, encode(replace(pending, asked=True)))
    return message(
        section(_("*This is how it reads:*")),
        section(_text(ThanksCard(0, giver, pending.thanks))),
        actions(*buttons, change),
        *_hint_blocks(hints),
        context(where),
    )


def kudos_form(places: Places, pending: Pending, note: Block | None = None) -> Block:
    """Build the form for thanks, with what is known filled in.

    `note` says at the top why what was typed is not enough yet.
    """
    thanks = pending.thanks
    whom: Block = {"type": "multi_users_select"}
    if thanks.people:
        whom["initial_users"] = list(thanks.people)
    memory = replace(pending, thanks=Thanks((), ""))
    return form(
        KudosId.FORM,
        _("Say thank you"),
        [
            *([note] if note else ()),
            field("people", _("Whom?"), whom, hint=_("Up to five people.")),
            *_words(thanks, places.all_values),
            *_where(places, pending.place),
        ],
        submit=_("Say thanks"),
        metadata=_packed(memory),
    )


def effect_form(places: Places, pending: Pending) -> Block:
    """Ask once for the effect, which was left empty, with everything else as it was typed."""
    note = section(_("*One half-sentence on the effect makes it twice as good.* Send anyway?"))
    return kudos_form(places, replace(pending, asked=True), note)


def reword_form(kudos_id: int, here: str, thanks: Thanks, values: Sequence[str]) -> Block:
    """Build the form that changes the words of thanks just given; `here` is where its answer appears."""
    whom = context(_("To {people}, which stays.").format(people=people(thanks.people)))
    words = _words(thanks, values)
    return form(
        KudosId.REWORD_FORM,
        _("Change the words"),
        [whom, *words],
        submit=_("Save"),
        metadata=f"{kudos_id} {here}".strip(),
    )


def keep_form(pending: Pending) -> Block:
    """Ask, in the place of the form, whether thanks of which there were enough today are kept for tomorrow."""
    deed = field("deed", _("What did they do?"), line_input(pending.thanks.deed, multiline=True))
    return form(
        KudosId.KEEP_FORM,
        _("Save for tomorrow?"),
        [section(_enough()), deed],
        submit=_("Save the draft"),
        metadata=encode(pending),
    )


def form_offer(pending: Pending, note: Block | None = None) -> Message:
    """Offer the form as a button, where no form can be opened at once; what was typed is in it."""
    return message(
        note or section(_("*Thanks need a short form.*")),
        actions(button(_("Say thanks"), KudosId.GIVE, encode(pending), primary=True)),
    )


def yourself_reply(pending: Pending) -> Message:
    """Answer somebody who thanks nobody but themselves: what they did may be worth a note of their own."""
    return message(
        section(_("*Thanks are for others.* Keep it for yourself as a learning note?")),
        section(quote(one_line(pending.thanks.deed, MAX_DEED))),
        actions(
            button(_("Keep as a learning note"), NoteId.NEW, pending.thanks.deed[:VALUE_LIMIT], primary=True),
            button(_("Thank somebody else"), KudosId.GIVE, encode(pending)),
        ),
    )


def given_reply(given: Given) -> Message:
    """Confirm to the giver that the thanks are on their way, with the ways back and the hints for the giver alone."""
    return message(
        section(_("*Thank you for thanking.* {what}").format(what=_reading(given))),
        actions(
            button(_("Undo"), KudosId.UNDO, given.kudos_id),
            button(_("Edit"), KudosId.EDIT, given.kudos_id),
        ),
        *_hint_blocks(given.hints),
        context(_("Both work for ten minutes. No one counts who thanks whom how often.")),
    )


def undone_reply(thanks: Thanks) -> Message:
    """Confirm that thanks are taken back."""
    return message(
        section(_("*Taken back.* Nobody reads it any more.")),
        actions(button(_("Say it differently"), KudosId.GIVE, encode(Pending(thanks, asked=True)))),
    )


def reworded_reply(precision: Precision) -> Message:
    """Confirm that thanks read differently now."""
    return message(section(_("*Changed.* It reads like that from now on.")), context(_precise(precision)))


def me_too_reply(kudos_id: int, *, is_new: bool) -> Message:
    """Confirm that somebody says so too."""
    said = _("*Said.* Your name stands under it in a moment.") if is_new else _("You said so already.")
    return message(section(said), actions(button(_("Take it back"), KudosId.NOT_ME_TOO, kudos_id)))


def not_me_too_reply() -> Message:
    """Confirm that somebody does not say so too any more."""
    return message(section(_("*Taken back.* Your name goes in a moment.")))


def taken_down_reply() -> Message:
    """Confirm to somebody who is thanked that it is gone."""
    return message(section(_("*Taken down.* It goes in a moment, and nothing of it is kept.")))


def moved_message(channel_id: str, thanks: Thanks) -> Message:
    """Tell the person who gave thanks that their channel did not take them, and that they arrive all the same."""
    return message(
        section(
            _("*{channel} takes no messages from me.* So I bring your thanks to {people} in private:").format(
                channel=channel(channel_id), people=people(thanks.people)
            )
            + f"\n{quote(thanks.deed)}"
        ),
        context(_("You need do nothing. Where it was to stand, nobody has seen it.")),
    )


def keep_offer(pending: Pending) -> Message:
    """Offer to keep thanks of which there were enough today."""
    return message(
        section(_enough()),
        section(quote(one_line(pending.thanks.deed, MAX_DEED))),
        actions(button(_("Save as a draft"), KudosId.KEEP, encode(pending), primary=True)),
    )


def kept_reply(draft_id: int, names: CommandNames) -> Message:
    """Confirm that thanks are kept for another day."""
    return message(
        section(_("*Kept.* `{kudos}` alone brings it back; from tomorrow on it can go out.").format(kudos=names.kudos)),
        actions(button(_("Discard it"), KudosId.DISCARD, draft_id)),
        context(_("Only you see it.")),
    )


def draft_message(draft: Draft) -> Message:
    """Bring back thanks that were kept."""
    return message(
        section(_("*You kept thanks on {day}.*").format(day=day_with_year(draft.saved_on))),
        section(quote(one_line(draft.thanks.deed, MAX_DEED))),
        actions(
            button(_("Open it"), KudosId.OPEN_DRAFT, draft.draft_id, primary=True),
            button(_("Discard it"), KudosId.DISCARD, draft.draft_id),
            button(_("Thank for something else"), KudosId.GIVE),
        ),
    )


def discarded_reply() -> Message:
    """Confirm that a draft is gone."""
    return message(section(_("*Discarded.* Nothing of it is kept.")))


def received_line(card: ThanksCard) -> str:
    """Show somebody who was thanked for what, and by whom, in one paragraph."""
    return _("{words}\n\u2014 {person}").format(words=_quoted(card), person=person(card.giver))


def received_view(cards: Sequence[ThanksCard]) -> Block:
    """Show somebody the newest thanks that reached them, on a page of its own."""
    lines = [section(received_line(card)) for card in cards] or [section(_("Nothing here any more."))]
    return {
        "type": "modal",
        "title": plain(_("Thanks you received"), 24),
        "close": plain(_("Close"), 24),
        "blocks": [*lines, context(_("Only you see this page."))],
    }


def _in_channel(card: ThanksCard) -> list[Block]:
    small = _small_print(card)
    learn = _("Learn this: {topic}")
    lessons = [(learn.format(topic=one_line(topic)), str(topic_id)) for topic_id, topic in card.lessons]
    return [
        section(_text(card)),
        *([context(small)] if small else ()),
        actions(
            button(_("Me too"), KudosId.ME_TOO, card.kudos_id, variant=card.kudos_id),
            button(_("Take it down"), KudosId.TAKE_DOWN, card.kudos_id, variant=card.kudos_id),
            *([more(RequestId.ASK, lessons)] if lessons else ()),
        ),
    ]


def _to_one(card: ThanksCard) -> list[Block]:
    small = _small_print(card)
    title = _titled(_("{giver} thanks you").format(giver=person(card.giver)), card.thanks)
    return [
        section(f"{title}\n{_quoted(card)}"),
        *([context(small)] if small else ()),
        actions(button(_("Take it down"), KudosId.TAKE_DOWN, card.kudos_id, variant=card.kudos_id)),
    ]


def _text(card: ThanksCard) -> str:
    who = _("{giver} thanks {people}").format(giver=person(card.giver), people=people(card.thanks.people))
    return f"{_titled(who, card.thanks)}\n{_quoted(card)}"


def _titled(who: str, thanks: Thanks) -> str:
    return f"*{who} \u00b7 #{escape(thanks.tag)}*" if thanks.tag else f"*{who}*"


def _quoted(card: ThanksCard) -> str:
    lines = (card.thanks.deed, card.thanks.effect)
    return "\n".join(quote(_without(card.unnamed, line)) for line in lines if line)


def _without(unnamed: frozenset[str], text: str) -> str:
    """Take the mentions of people out of words; they read as somebody."""
    for user_id in unnamed:
        text = text.replace(f"<@{user_id}>", _("a colleague"))
    return text


def _small_print(card: ThanksCard) -> str:
    parts = []
    if card.thanks.link:
        words = _("What it was about")
        parts.append(f"<{escape(card.thanks.link)}|{words}>")
    if card.me_too:
        named = [person(user_id) for user_id in card.me_too[:NAMED]]
        others = [_("others")] if len(card.me_too) > NAMED else []
        parts.append(_("{people}: me too").format(people=joined([*named, *others])))
    return " \u00b7 ".join(parts)


def _words(thanks: Thanks, values: Sequence[str]) -> list[Block]:
    return [
        field(
            "deed",
            _("What did they do?"),
            line_input(thanks.deed, multiline=True),
            hint=_("When you walked me through the migration twice \u2026"),
        ),
        field(
            "effect",
            _("What did it change?"),
            line_input(thanks.effect, multiline=True),
            hint=_("\u2026 so that I could do the second one alone."),
            optional=True,
        ),
        _value(thanks.tag or "", values),
        field(
            "link",
            _("A link to it"),
            line_input(thanks.link),
            hint=_("A message, a page, a change; people who may not see it only see the link."),
            optional=True,
        ),
    ]


def _value(tag: str, values: Sequence[str]) -> Block:
    if not values:
        return field("tag", _("A value it shows"), line_input(tag), hint=_("patience"), optional=True)
    options = [option(value, value) for value in values]
    element: Block = {"type": "static_select", "options": options}
    if tag in values:
        element["initial_option"] = option(tag, tag)
    return field("tag", _("A value it shows"), element, optional=True)


def _where(places: Places, chosen: str) -> list[Block]:
    if not places.channels:
        return [context(_("They read it in a direct message, and nobody else does."))]
    options = [_place(one, is_here=one == places.here) for one in places.channels[: _MOST_CHOICES - 1]]
    options.append({"text": _marked(_("Privately, in a direct message")), "value": PRIVATELY})
    known = {one["value"]: one for one in options}
    element: Block = {"type": "radio_buttons", "options": options}
    place = chosen or places.first
    if place in known and (chosen or place != PRIVATELY):
        element["initial_option"] = known[place]
    return [field("where", _("Where?"), element)]


def _place(channel_id: str, *, is_here: bool) -> Block:
    said = _("Here, in {channel}") if is_here else _("In {channel}")
    return {"text": _marked(said.format(channel=channel(channel_id))), "value": channel_id}


def _marked(text: str) -> Block:
    # Only an option with markup can show a channel's name.
    return {"type": "mrkdwn", "text": text}


def _reading(given: Given) -> str:
    if given.channel_id and given.later_at:
        read = _("{people} can read it in {channel} at {moment}, together with other thanks.").format(
            people=people(given.people), channel=channel(given.channel_id), moment=moment(given.later_at, "{time}")
        )
    elif given.channel_id:
        read = _("{people} can read it in {channel} in a moment.").format(
            people=people(given.people), channel=channel(given.channel_id)
        )
    else:
        read = ""
    if not given.privately:
        return read
    privately = ngettext(
        "{people} reads it in a direct message.", "{people} read it in direct messages.", len(given.privately)
    ).format(people=people(given.privately))
    return f"{read} {privately}".strip()


def _hint_blocks(hints: Hints) -> list[Block]:
    lines = [_precise(hints.precision)]
    if hints.returned:
        who, day = hints.returned
        lines.append(
            _("{person} thanked you on {day}. Is this for something of its own?").format(
                person=person(who), day=long_day(day)
            )
        )
    elif hints.few:
        lines.append(
            ngettext(
                "Your last six thanks went to one person. Anyone else?",
                "Your last six thanks went to two people. Anyone else?",
                hints.few,
            )
        )
    return [context(line) for line in lines]


def _precise(precision: Precision) -> str:
    score = _("Precise in {score} of 3 ways.").format(score=precision.score)
    if not precision.effect:
        advice = _("One half-sentence on the effect makes it twice as good.")
    elif not precision.deed:
        advice = _("One more detail of what they did makes it easier to remember.")
    elif not precision.anchor:
        advice = _("A day, a link or a value would tie it to something.")
    else:
        advice = _("It says what they did, what it changed, and what it belongs to.")
    return f"{score} {advice}"


def _enough() -> str:
    return _("That's {number} thanks today, the most I take from one person. Save it as a draft for tomorrow?").format(
        number=A_DAY
    )


def _packed(pending: Pending) -> str:
    thanks = pending.thanks
    told = {
        "people": thanks.people,
        "deed": thanks.deed,
        "effect": thanks.effect,
        "tag": thanks.tag,
        "link": thanks.link,
        "here": pending.here,
        "place": pending.place,
        "act": pending.act,
        "asked": pending.asked,
        "draft_id": pending.draft_id,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


KIND_WORDS: Final[Mapping[MessageKind, KindWords]] = {
    MessageKind.KUDOS: KindWords(
        name=N_("your message of thanks"),
        upcoming=("thanks that wait for room in their channel", "thanks that wait for room in their channel"),
    ),
    MessageKind.KUDOS_PRIVATE: KindWords(name=N_("your message of thanks")),
    MessageKind.KUDOS_REMOVED: KindWords(name=N_("your message of thanks")),
}
