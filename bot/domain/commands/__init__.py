"""What people type after a command or to the bot, read into values; no word of it is ever lost."""

from bot.domain.commands._days import MAX_WEEKS_AHEAD, is_open_end, parse_day, parse_pause
from bot.domain.commands._goals import parse_goal
from bot.domain.commands._mentions import KudosText, addressed_to, parse_kudos, plain, unescaped, unquoted
from bot.domain.commands._words import COMMANDS, HUB, Typed, parse_learn, parse_number

__all__ = [
    "COMMANDS",
    "HUB",
    "MAX_WEEKS_AHEAD",
    "KudosText",
    "Typed",
    "addressed_to",
    "is_open_end",
    "parse_day",
    "parse_goal",
    "parse_kudos",
    "parse_learn",
    "parse_number",
    "parse_pause",
    "plain",
    "unescaped",
    "unquoted",
]
