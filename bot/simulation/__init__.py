"""A virtual company over some weeks, through the real services, the real courier and a clock that is moved."""

from bot.simulation.figures import Figures
from bot.simulation.play import simulate

__all__ = ["Figures", "simulate"]
