"""What operators have switched off, and the model with which new people begin. Pure.

    controls/models     {"off": ["best", "speech"], "first": "fast"}

`spending.py` reads it together with the stop, so a change holds everywhere within its CACHE_SECONDS.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from shared.credits.catalogue import sold_models, sold_videos
from shared.ports import Key

SWITCHES = Key("controls", "models")
KINDS = ("answer", "transcript", "speech")
"""The kinds of work with one offer each; pictures and videos are switched by the offer's name."""


@dataclass(frozen=True, slots=True)
class Switches:
    """See the module's docstring."""

    off: tuple[str, ...] = ()
    """Nobody can order these; what was accepted before is still made."""
    first: str = ""
    """The offer of pictures that a new person's settings name; empty: the catalogue's first."""


def read_switches(fields: Mapping[str, Any]) -> Switches:
    """What a document says. A field that makes no sense, as after an edit by hand, switches nothing, stops no job."""
    off, first = fields.get("off"), fields.get("first")
    names = tuple(each for each in off if isinstance(each, str)) if isinstance(off, list) else ()
    return Switches(names, first if isinstance(first, str) else "")


def list_switchable(sellers: frozenset[str]) -> tuple[str, ...]:
    """What can be switched where these providers sell."""
    return (*sold_models(sellers), *sold_videos(sellers), *KINDS)


def find_off(switches: Switches, offers: Iterable[str]) -> str:
    """The first of these that is switched off; empty: none is."""
    return next((each for each in offers if each in switches.off), "")


def switch_off(switches: Switches, name: str) -> Switches:
    """Nobody can order this any more; new people do not begin with it either."""
    first = "" if switches.first == name else switches.first
    return Switches((*(each for each in switches.off if each != name), name), first)


def switch_on(switches: Switches, name: str) -> Switches:
    """Everybody can order this again."""
    return replace(switches, off=tuple(each for each in switches.off if each != name))


def begin_with(switches: Switches, name: str) -> Switches:
    """New people begin with this offer of pictures; unchanged if it is switched off."""
    return switches if name in switches.off else replace(switches, first=name)
