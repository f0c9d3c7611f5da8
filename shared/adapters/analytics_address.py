"""The address of a service for analytics. It is a secret: whoever has it can send events there."""

from typing import NamedTuple
from urllib.parse import urlsplit


class AnalyticsAddress(NamedTuple):
    """`https://KEY@HOST/PATH` in parts."""

    url: str
    """Without the key."""
    key: str


def read_address(text: str) -> AnalyticsAddress:
    """The parts of an address of the form that `read_analytics_dsn` of the settings wants."""
    address = urlsplit(text)
    host = address.netloc.rpartition("@")[2]
    return AnalyticsAddress(f"{address.scheme}://{host}{address.path}", address.username or "")
