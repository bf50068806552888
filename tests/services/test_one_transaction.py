"""A service opens its transactions itself and holds no other service, which would open one inside it."""

import inspect
import pkgutil
from importlib import import_module
from typing import Any, get_args, get_type_hints

import bot.services
from storage.database import Database


def all_classes() -> set[type[Any]]:
    """Every class of the layer."""
    modules = [import_module(one.name) for one in pkgutil.walk_packages(bot.services.__path__, "bot.services.")]
    return {
        value
        for module in modules
        for value in vars(module).values()
        if inspect.isclass(value) and value.__module__ == module.__name__
    }


def taken_by(one: type[Any]) -> set[object]:
    """Return the types that a constructor asks for, and those inside them, as in `Sequence[X]` or `X | None`."""
    asked = list(get_type_hints(one.__init__).values())
    found: set[object] = set()
    while asked:
        hint = asked.pop()
        found.add(hint)
        asked += get_args(hint)
    return found


def test_no_service_is_built_with_another() -> None:
    classes = all_classes()
    services = {one for one in classes if Database in taken_by(one)}
    # What is built with a service opens transactions through it.
    while more := {one for one in classes - services if taken_by(one) & services}:
        services |= more

    assert len(services) > 20
    assert [(one, taken_by(one) & services) for one in services if taken_by(one) & services] == []
