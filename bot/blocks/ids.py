"""The ids of what people press and send: action ids of buttons and menus, callback ids of forms and shortcuts.

Slack sends an id back with each click, also from a message that is years old: an id that was sent keeps its meaning.
"""

from enum import StrEnum


class CheckInId(StrEnum):
    """What answers the question whether people met, and what follows it."""

    MET = "check_in.met"
    MORE = "check_in.more"
    MEETS_ON = "check_in.meets_on"
    WORTH = "check_in.worth"
    FIRST_TIME = "check_in.first_time"
    WOULD_HELP = "check_in.would_help"
    TAKEAWAY = "check_in.takeaway"
    TAKEAWAY_FORM = "check_in.takeaway_form"


class CommunityId(StrEnum):
    """Setting a channel up, and joining what it does."""

    JOIN = "community.join"
    NOT_NOW = "community.not_now"
    NEVER = "community.never"
    TRY = "community.try"
    ABOUT = "community.about"
    STORED = "community.stored"
    SET_UP = "community.set_up"
    FORM = "community.form"


class DeliveryId(StrEnum):
    """The answers to the question whether a message arrived."""

    AGAIN = "delivery.again"
    ARRIVED = "delivery.arrived"


class GoalCheckId(StrEnum):
    """What follows the question how a goal goes."""

    LINE = "goal_check.line"
    ASK_BUDDY = "goal_check.ask_buddy"
    ASK_CHANNEL = "goal_check.ask_channel"
    LINE_FORM = "goal_check.line_form"
    HELP_FORM = "goal_check.help_form"


class GoalId(StrEnum):
    """Goals and the questions about them."""

    NEW = "goal.new"
    EDIT = "goal.edit"
    DONE = "goal.done"
    DROP = "goal.drop"
    UNDO = "goal.undo"
    LIST = "goal.list"
    LINE = "goal.line"
    TELL_WITNESS = "goal.tell_witness"
    ENOUGH = "goal.enough"
    CHECK = "goal.check"
    FORM = "goal.form"
    SHORTCUT = "goal.shortcut"
    LINE_FORM = "goal.line_form"


class HelpId(StrEnum):
    """The page of help."""

    SHOW = "help.show"


class HubId(StrEnum):
    """The buttons under an answer that stand for a typed word."""

    RUN = "hub.run"


class InvitationId(StrEnum):
    """Invitations to pass on."""

    SHARE = "invitation.share"


class KudosId(StrEnum):
    """Thanks: their preview, their post, and what was received."""

    GIVE = "kudos.give"
    POST = "kudos.post"
    UNDO = "kudos.undo"
    EDIT = "kudos.edit"
    ME_TOO = "kudos.me_too"
    NOT_ME_TOO = "kudos.not_me_too"
    TAKE_DOWN = "kudos.take_down"
    KEEP = "kudos.keep"
    OPEN_DRAFT = "kudos.open_draft"
    DISCARD = "kudos.discard"
    RECEIVED = "kudos.received"
    FORM = "kudos.form"
    REWORD_FORM = "kudos.reword_form"
    KEEP_FORM = "kudos.keep_form"
    SHORTCUT = "kudos.shortcut"


class MemberId(StrEnum):
    """A person's part in introductions."""

    LEAVE = "member.leave"
    PAUSE = "member.pause"
    RESUME = "member.resume"
    REST = "member.rest"
    MOVE_GOALS = "member.move_goals"


class NoteId(StrEnum):
    """Learning notes."""

    NEW = "note.new"
    SHARE = "note.share"
    ASK_LATER = "note.ask_later"
    EDIT = "note.edit"
    UNDO = "note.undo"
    LIST = "note.list"
    MORE = "note.more"
    USED = "note.used"
    FORM = "note.form"
    SHORTCUT = "note.shortcut"


class PingsId(StrEnum):
    """Why a message came, and how to get fewer."""

    WHY = "pings.why"
    LESS = "pings.less"


class PrivacyId(StrEnum):
    """Private lists, the export and the erasure."""

    EXPORT = "privacy.export"
    FORGET = "privacy.forget"
    FORGET_SURE = "privacy.forget_sure"
    FORGET_NOW = "privacy.forget_now"
    LENGTHEN = "privacy.lengthen"
    UNDO = "privacy.undo"
    KEEP = "privacy.keep"


class PromptId(StrEnum):
    """The buttons under a prompt."""

    TAP = "prompt.tap"
    MORE = "prompt.more"


class RequestId(StrEnum):
    """Requests to be introduced."""

    ASK = "request.ask"
    AGREE = "request.agree"
    DECLINE = "request.decline"
    TAKE_BACK = "request.take_back"


class RoundId(StrEnum):
    """A round and its introductions."""

    BOOKED = "round.booked"
    GUIDE = "round.guide"
    MORE = "round.more"
    CANNOT = "round.cannot"
    SWAP = "round.swap"
    AGAIN = "round.again"
    PREVIEW = "round.preview"
    START = "round.start"
    LEAVE_OUT = "round.leave_out"


class SettingsId(StrEnum):
    """A person's settings."""

    OPEN = "settings.open"
    FORM = "settings.form"
    NOT_WITH = "settings.not_with"
    NOT_WITH_FORM = "settings.not_with_form"
    UNBLOCK = "settings.unblock"


class SuggestionId(StrEnum):
    """Suggestions to a facilitator."""

    SEND = "suggestion.send"
    FORM = "suggestion.form"


class TopicId(StrEnum):
    """Offers and wants."""

    FORM = "topic.form"
    FIND_FORM = "topic.find_form"
    OFFER = "topic.offer"
    WANT = "topic.want"
    REMOVE = "topic.remove"
    EDIT = "topic.edit"
    UNDO = "topic.undo"
    KEEP = "topic.keep"
    MORE = "topic.more"
    OFFER_SHORTCUT = "topic.offer_shortcut"
    WANT_SHORTCUT = "topic.want_shortcut"
    FIND = "topic.find"


class UseId(StrEnum):
    """The answers to the question whether something was used."""

    LINE = "use.line"
    COUNT = "use.count"
    TAKE_BACK = "use.take_back"
    LINE_FORM = "use.line_form"


class WitnessId(StrEnum):
    """The answers of a person who is asked to be a witness, and the way back after a yes."""

    AGREE = "witness.agree"
    DECLINE = "witness.decline"
    STEP_BACK = "witness.step_back"
