"""A thousand ways of not knowing the webhook's secret."""

import base64
from collections.abc import Iterator
from random import Random
from urllib.parse import quote

from tests.security.raw_http import SECRET_HEADER, Headers

SECRETS_COUNT = 1000


def list_wrong_headers(secret: bytes, seed: int) -> list[Headers]:
    """The headers of a thousand requests; none of them carries the secret where it belongs."""
    chance = Random(seed)  # noqa: S311 — repeatable, not secret
    chosen: list[Headers] = [
        ((SECRET_HEADER, value),) for value in [*_near(secret), *_far(secret)] if value.strip() != secret
    ]
    chosen += _elsewhere(secret)
    while len(chosen) < SECRETS_COUNT:
        value = _change(secret, chance)
        if value.strip(b" \t") != secret:
            chosen.append(((SECRET_HEADER, value),))
    return chosen[:SECRETS_COUNT]


def _near(secret: bytes) -> Iterator[bytes]:
    yield from (secret[:length] for length in range(len(secret)))
    yield from (secret[start:] for start in range(1, len(secret)))
    yield from (
        secret + extra for extra in (b"0", b"=", b";", b",", b"%00", b"\xa0", b"\xc2\xa0", b"\\0", b" x", b"\t.")
    )
    yield from (extra + secret for extra in (b"0", b"'", b"\xa0", b"\xef\xbb\xbf", b"Bearer ", b"x "))
    yield from (secret.upper(), secret.title(), secret.swapcase(), secret[::-1], secret * 2, secret + b" " + secret)
    yield from (secret + b"," + secret, secret + b", " + secret, b'"' + secret + b'"', secret.replace(b"-", b"_"))
    yield from (base64.b64encode(secret), secret.hex().encode(), quote(secret, safe="").replace("-", "%2D").encode())
    yield from (secret[:9] + b" " + secret[9:], secret[:9] + b"\t" + secret[9:], secret.replace(b"a", "а".encode()))


def _far(secret: bytes) -> Iterator[bytes]:
    yield from (
        b"",
        b"0",
        b"null",
        b"None",
        b"true",
        b"*",
        b"%",
        b"' OR ''='",
        b"{}",
        b"\xff" * len(secret),
        "секрет".encode(),
    )
    yield from (b"a" * length for length in (len(secret), 1000, 10_000, 60_000))
    yield from (secret * times for times in (10, 1000))
    yield from ("пароль🦊".encode(), b"\x80\x81\xfe\xff", bytes(range(0x80, 0x100)))


def _elsewhere(secret: bytes) -> list[Headers]:
    """Missing, under another name, or second to a wrong one."""
    names = (
        b"Authorization",
        b"X-Telegram-Bot-Api-Secret",
        b"X-Telegram-Bot-Api-Secret-Token-2",
        b"Cookie",
        b"X-Token",
    )
    wrong = (SECRET_HEADER, b"wrong")
    return [
        (),
        *(((name, secret),) for name in names),
        ((SECRET_HEADER.replace(b"-", b"_"), secret),),
        ((b"Authorization", b"Bearer " + secret),),
        (wrong, (SECRET_HEADER, secret)),
        (wrong, (SECRET_HEADER.lower(), secret)),
        ((SECRET_HEADER, b""), (SECRET_HEADER, secret)),
    ]


def _change(secret: bytes, chance: Random) -> bytes:
    """One character added, lost, changed or moved."""
    at, other = chance.randrange(len(secret)), bytes([chance.choice([*range(0x21, 0x7F), *range(0x80, 0x100)])])
    return chance.choice(
        (
            secret[:at] + other + secret[at + 1 :],
            secret[:at] + other + secret[at:],
            secret[:at] + secret[at + 1 :],
            secret[at:] + secret[:at],
            secret[:at] + secret[at : at + 1].swapcase() + secret[at + 1 :],
        )
    )
