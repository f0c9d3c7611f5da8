"""What a Mini App is opened with, signed as Telegram signs it, with a key pair of this local Telegram.

https://core.telegram.org/bots/webapps#validating-data-for-third-party-use. The `hash`, which is a MAC with the bot's
token, is here too, so that a bot may check either.
"""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"the local Telegram; not a real key").digest())
PUBLIC_KEY = _KEY.public_key().public_bytes_raw().hex()


def sign_init_data(fields: Mapping[str, str], token: str) -> str:
    """The fields as a query with `signature` and `hash`, for the bot with this token."""
    bot_id = token.partition(":")[0]
    signature = _KEY.sign(f"{bot_id}:WebAppData\n{_write_lines(fields)}".encode())
    signed = {**fields, "signature": urlsafe_b64encode(signature).rstrip(b"=").decode()}
    secret = hmac.new(b"WebAppData", token.encode(), hashlib.sha256).digest()
    mac = hmac.new(secret, _write_lines(signed).encode(), hashlib.sha256).hexdigest()
    return urlencode({**signed, "hash": mac}, quote_via=quote)


def _write_lines(fields: Mapping[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
