"""A picture on its way to a model."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Image:
    """A picture on its way to the model."""

    content: bytes
    mime_type: str
    width: int = 0
    height: int = 0
    """The proportions that the file has as people see it, in px; 0 where nobody looked."""
