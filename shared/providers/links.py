"""Addresses on the web that people send, and what may be fetched from there. Pure.

Somebody else chose the address, so only what anybody on the internet can reach is fetched: `https`, the usual port, a
name that leads to public addresses alone.
"""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address
from typing import Literal, get_args
from urllib.parse import quote, urljoin, urlsplit

from shared.providers.files import FileKind

LinkTrouble = Literal["address", "private", "away", "size", "kind"]
"""Why a link cannot be used: it is no plain https address; it leads to no public server; the server gives nothing;
the file is too large; or it is neither a picture nor a video."""
LINK_TROUBLES: tuple[LinkTrouble, ...] = get_args(LinkTrouble)
ADDRESS_CHARACTERS_MAX = 2_000
HTTPS_PORT = 443
_ADDRESS = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_ENDS = ".,;:!?)]}»”'"
_NAME = re.compile(r"(?=.{4,253}$)(?!-)[a-z0-9-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9-]{1,63}(?<!-))+")
_SAFE = "%/:=&?~#+!$,;'@()*[]"
_INNER = (".local", ".localhost", ".internal", ".intranet", ".home.arpa", ".onion", ".test", ".invalid")
_PICTURE_BRANDS = frozenset({b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis"})


@dataclass(frozen=True, slots=True)
class Address:
    """Where to fetch something."""

    host: str
    """In ASCII."""
    target: str
    """Path and query, in ASCII."""

    def __str__(self) -> str:
        return f"https://{self.host}{self.target}"


def find_address(text: str) -> str | None:
    """The first web address in a text, as it was written; None if there is none."""
    found = _ADDRESS.search(text)
    return None if found is None else found[0].rstrip(_ENDS)


def read_address(written: str, base: str = "") -> Address | None:
    """What to fetch for an address; None for one that is not fetched. `base`: the address that redirects to it."""
    if len(written) > ADDRESS_CHARACTERS_MAX:
        return None
    try:
        parts = urlsplit(urljoin(base, written) if base else written)
        host, port = (parts.hostname or "").encode("idna").decode("ascii").lower(), parts.port
    except ValueError:  # UnicodeError is one
        return None
    is_plain = parts.scheme == "https" and port in {None, HTTPS_PORT} and "@" not in parts.netloc
    if not is_plain or _NAME.fullmatch(host) is None or host.endswith(_INNER) or host.rpartition(".")[2].isdigit():
        return None
    target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
    return Address(host, target)


def is_public(address: str) -> bool:
    """Whether a numeric address belongs to the public internet. IPv4 alone: one of IPv6 may wrap an inner one."""
    try:
        number = IPv4Address(address)
    except AddressValueError:
        return False
    return number.is_global and not number.is_multicast and not number.is_reserved


def kind_of_content(content: bytes) -> FileKind | None:
    """What the first bytes of a file say that it is: a picture, a video, or nothing that is used."""
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")):
        return "picture"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "picture"
    if content[4:8] == b"ftyp":
        return "picture" if content[8:12] in _PICTURE_BRANDS else "video"
    return None
