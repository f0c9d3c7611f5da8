"""Webhooks of providers of card payments: who sent them, and which of our orders they are about. Pure.

A notice is only a reason to ask its provider, so its amount and status are not even read (docs/security.md).
"""

import hmac
import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from shared.errors import UnusableUpdateError

NOTICE_BYTES_MAX = 64 * 1024
"""Real ones are below 4 KiB."""
LAVA = "lava"
LAVA_USER = "lava"
"""The user name of a webhook that authenticates itself by Basic; the password is the key."""
LAVA_RETURNS = frozenset({"refund.success", "chargeback.initiated"})
YOOKASSA = "yookassa"
_ID_CHARACTERS_MAX = 64
_EVENT_CHARACTERS_MAX = 64


@dataclass(frozen=True, slots=True)
class CardNotice:
    """What a provider told us about."""

    provider: str
    invoice_id: str
    """Empty: lava.top's notice of a return, which names none."""
    event: str
    """The provider's name of what happened, for the log."""
    told_invoice: str = ""
    """The notice is about the subscription that `invoice_id` began, or is a payment of, and named this invoice."""


def is_from_lava(api_keys: Sequence[str], authorizations: Sequence[str], key: bytes) -> bool:
    """Whether a call carries our key, which lava.top sends as it is or as a password, in exactly one header.

    Compared in constant time. Without a key nobody is lava.top.
    """
    basic = b"Basic " + b64encode(LAVA_USER.encode() + b":" + key)
    given = [(each, key) for each in api_keys] + [(each, basic) for each in authorizations]
    if not key or len(given) != 1:
        return False
    [(header, expected)] = given
    return hmac.compare_digest(header.encode("latin-1", "replace"), expected)


def read_lava_notice(body: bytes) -> CardNotice:
    """https://developers.lava.top: eventType, contractId, and parentContractId. Raises UnusableUpdateError.

    Later payments of a subscription name the contract of the first one, which its order is known by; the end of a
    subscription names the last contract alone. The notices of returns have another form, `event_type` and `data`, and
    name neither contract nor order.
    """
    said = _read_object(body)
    if (event := _read_event(said.get("event_type"))) in LAVA_RETURNS and "contractId" not in said:
        return CardNotice(LAVA, "", event)
    contract, event = _read_id(said.get("contractId")), _read_event(said.get("eventType"))
    first = said.get("parentContractId")
    is_about_all = bool(first) or event.startswith("subscription.")
    return CardNotice(LAVA, _read_id(first) if first else contract, event, contract if is_about_all else "")


def is_in_networks(address: str, networks: Sequence[str]) -> bool:
    """Whether a caller's address is in one of these networks, as YooKassa publishes its own."""
    try:
        caller = ip_address(address)
    except ValueError:
        return False
    return any(caller in ip_network(each) for each in networks)


def read_yookassa_notice(body: bytes) -> CardNotice:
    """https://yookassa.ru/developers/using-api/webhooks: event and object. Raises UnusableUpdateError.

    The object of a refund names its payment; every other object is the payment itself.
    """
    said = _read_object(body)
    about = said.get("object")
    if not isinstance(about, dict):
        raise UnusableUpdateError("a notice without its object")
    return CardNotice(YOOKASSA, _read_id(about.get("payment_id", about.get("id"))), _read_event(said.get("event")))


def _read_object(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise UnusableUpdateError("a notice that is no JSON") from error
    if not isinstance(said, dict):
        raise UnusableUpdateError("a notice that is no object")
    return said


def _read_id(value: object) -> str:
    if not isinstance(value, str) or not 1 <= len(value) <= _ID_CHARACTERS_MAX or not value.isascii():
        raise UnusableUpdateError("a notice without the id of an invoice")
    return value


def _read_event(value: object) -> str:
    return value[:_EVENT_CHARACTERS_MAX] if isinstance(value, str) else ""
