"""Modules that are loaded when something of theirs is needed first.

Most updates need a third of what `bot` can do, and loading all of it would be half of its cold start
(docs/decisions/0098-speed.md). A module that uses this imports the real modules under TYPE_CHECKING, so that the types
of their functions are checked, and replaces them by late ones when it runs:

    if TYPE_CHECKING:
        from shared.payments import card_shop, shop
    else:
        globals().update(late_modules("shared.payments", "card_shop shop"))
"""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LateModule:
    """The functions of a module. Its constants cannot be read, because reading one would have to load it."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, function: str) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            return getattr(import_module(self._name), function)(*arguments, **named)

        return call


def late_modules(package: str, names: str) -> dict[str, LateModule]:
    """Name → late module of one package; `names` has a space between two of them."""
    return {name: LateModule(f"{package}.{name}") for name in names.split()}


class LateTable(Mapping[str, T], Generic[T]):
    """A table whose entries are loaded when they are read first."""

    def __init__(self, places: Mapping[str, str], kind: type[T]) -> None:
        """`places`: the module and the name of each entry, which is of this type, as `module:name`."""
        self._places, self._kind = places, kind

    def __getitem__(self, key: str) -> T:
        module, name = self._places[key].split(":")
        found = getattr(import_module(module), name)
        assert isinstance(found, self._kind)
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
