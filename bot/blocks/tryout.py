"""The tryout: what people get from the bot, shown to one person alone before anybody else sees anything."""

from typing import Final

from bot.blocks.block_kit import Block, Message, actions, button, context, message, section
from bot.blocks.check_ins import note_message
from bot.blocks.communities import FIRST_STEP
from bot.blocks.ids import CommunityId
from bot.blocks.kudos import private_message
from bot.blocks.language import N_, _, spoken
from bot.blocks.names import CommandNames
from bot.blocks.prompts import prompt_message
from bot.blocks.rounds import introduction_message
from bot.domain.guides import GuideLibrary
from bot.domain.identity import NOBODY
from bot.domain.kudos import Thanks, ThanksCard
from bot.domain.prompts import PromptLibrary
from bot.domain.rounds import CheckInQuestion, Introduction, StillAsked

STEPS: Final = (FIRST_STEP, "introduction", "check_in", "thanks", "end")

_BUTTONS: Final = {
    "prompt": N_("I did it"),
    "introduction": N_("We've booked it"),
    "check_in": N_("Yes"),
    "thanks": N_("Good to know"),
}
_SAID: Final = {
    "prompt": N_("1 of 4: what the channel reads every week. Taps are counted, without names."),
    "introduction": N_("2 of 4: what two people get who take part."),
    "check_in": N_("3 of 4: what each of the two is asked once, in private."),
    "thanks": N_("4 of 4: what somebody reads who is thanked."),
}
# Whatever is pressed in the tryout, nobody is behind it.
_PRETEND: Final = f"{NOBODY}tryout"


def tryout_message(
    step: str, user_id: str, prompts: PromptLibrary, guides: GuideLibrary, names: CommandNames
) -> Message:
    """Show one step as it will look, with a button that only leads to the next one."""
    if step not in _SAID:
        return message(
            section(_("*That was all of it.* Nobody else saw it, and nothing of it is stored.")),
            context(_("`{learn} setup` in a channel switches it on there.").format(learn=names.learn)),
        )
    following = STEPS[STEPS.index(step) + 1]
    own = actions(
        button(_(_BUTTONS[step]), CommunityId.TRY, following, primary=True, variant="next"),
        button(_("Stop here"), CommunityId.TRY, STEPS[-1], variant="stop"),
    )
    blocks: list[Block] = []
    for block in _example(step, user_id, prompts, guides, names).blocks:
        if block["type"] != "actions":
            blocks.append({name: part for name, part in block.items() if name != "accessory"})
        elif own not in blocks:
            # Where the real buttons stand; those would do something.
            blocks.append(own)
    return message(*blocks, context(_(_SAID[step])), context(_("Only you see this, and nothing is stored.")))


def _example(step: str, user_id: str, prompts: PromptLibrary, guides: GuideLibrary, names: CommandNames) -> Message:
    if step == "prompt":
        own = prompts.in_language(spoken())
        prompt = next(iter(own.prompts.values()))
        return prompt_message(prompt, own.themes[prompt.theme], 0, {}, names)
    if step == "introduction":
        guide = next(iter(guides.in_language(spoken()).guides.values()))
        intro = Introduction(0, (user_id, _PRETEND), "lot", None, guide.id, ())
        return introduction_message(intro, guide)
    if step == "check_in":
        return note_message(StillAsked((CheckInQuestion(0, (_PRETEND,)),)))
    deed = _("You walked me through the migration twice,")
    effect = _("so that I could do the second one alone.")
    return private_message([ThanksCard(0, _PRETEND, Thanks((user_id,), deed, effect))])
