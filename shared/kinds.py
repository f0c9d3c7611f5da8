"""The kinds of work that there are, for the functions that do it. A new kind is a line here."""

from shared.jobs.frame import Kind
from shared.pictures.kind import PICTURE

KINDS: dict[str, Kind] = {"picture": PICTURE}
