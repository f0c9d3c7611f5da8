"""The shelves on which a person puts results. Pure."""

STARRED = "star"
"""The shelf of favourites, which everybody has."""
