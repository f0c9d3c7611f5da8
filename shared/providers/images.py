"""A picture as input of a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """A picture as input of a model."""

    content: bytes
    mime_type: str
    width: int = 0
    height: int = 0
    """Width and height of the picture as people see it, in px; 0 if unknown."""
