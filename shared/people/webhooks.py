"""Addresses at which a person's programs are told what became of their jobs: one for each key. Pure.

Such a webhook ends with its key. Its secrets sign what is sent there; they are stored readable (encrypted, as people's
words are), because a hash signs nothing. A renewed secret is used beside the old ones for a day, so that a program can
be changed without a pause.
"""

import hashlib
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from shared.people.api_keys import ApiKey

SECRET_PREFIX = "whsec_"  # noqa: S105 — how each secret begins: https://www.standardwebhooks.com
OLD_SECRET_USED = timedelta(days=1)
SECRETS_MAX = 3
"""The newest and two older ones: each signature is a header's part."""
FAILING_MAX = timedelta(days=3)
"""After so long without one success the address is switched off."""


class OffReason(StrEnum):
    """Why nothing is sent any more."""

    GONE = "gone"
    """The address has answered 410."""
    FAILING = "failing"
    """For FAILING_MAX nothing was accepted."""


@dataclass(frozen=True, slots=True)
class WebhookSecret:
    """A key of signatures."""

    value: str = field(repr=False)
    until: datetime | None = None
    """Until when it signs; None: until it is renewed."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """Where the events of one key go."""

    key_id: str
    created_at: datetime
    url: str = field(default="", repr=False)
    secrets: tuple[WebhookSecret, ...] = ()
    """The newest first."""
    failing_since: datetime | None = None
    """When the first try failed after the last success; None: the last one succeeded."""
    off_at: datetime | None = None
    """Since when nothing is sent; None: it is on."""
    off_reason: OffReason | None = None
    is_told: bool = False
    """Whether its person has been told that it is off."""


Webhooks = tuple[Webhook, ...]


def write_secret(random: str) -> str:
    """A secret made of this random text."""
    return SECRET_PREFIX + b64encode(hashlib.sha256(random.encode()).digest()).decode("ascii")


def find_webhook(webhooks: Webhooks, keys: tuple[ApiKey, ...], key_id: str) -> Webhook | None:
    """The webhook of a key that is still there; None if it has none."""
    if not any(key.id == key_id for key in keys):
        return None
    return next((each for each in webhooks if each.key_id == key_id), None)


def host_of(webhook: Webhook) -> str:
    """The name of its server: what a person is shown of it."""
    return urlsplit(webhook.url).hostname or ""


def put_webhook(
    webhooks: Webhooks, keys: tuple[ApiKey, ...], key_id: str, url: str, secret: str, now: datetime
) -> Webhooks:
    """The webhooks with this address, switched on; a new one gets the secret. Those of keys that are gone go."""
    ids = {key.id for key in keys}
    kept = tuple(each for each in webhooks if each.key_id in ids)
    if key_id not in ids:
        return kept
    old = next((each for each in kept if each.key_id == key_id), None)
    if old is None:
        return (*kept, Webhook(key_id, now, url, (WebhookSecret(secret),)))
    new = replace(old, url=url, failing_since=None, off_at=None, off_reason=None, is_told=False)
    return _exchange(kept, key_id, lambda _: new)


def remove_webhook(webhooks: Webhooks, key_id: str) -> Webhooks:
    """The webhooks without that of this key."""
    return tuple(each for each in webhooks if each.key_id != key_id)


def renew_secret(webhooks: Webhooks, key_id: str, secret: str, now: datetime) -> Webhooks | None:
    """The webhooks, one with a further secret; None if too many are in use, or it is gone."""
    old = next((each for each in webhooks if each.key_id == key_id), None)
    used = () if old is None else used_secrets(old, now)
    if old is None or len(used) >= SECRETS_MAX:
        return None
    end = now + OLD_SECRET_USED
    older = (replace(each, until=end if each.until is None else each.until) for each in used)
    new = replace(old, secrets=(WebhookSecret(secret), *older))
    return _exchange(webhooks, key_id, lambda _: new)


def used_secrets(webhook: Webhook, now: datetime) -> tuple[WebhookSecret, ...]:
    """Those that sign now."""
    return tuple(each for each in webhook.secrets if each.until is None or now < each.until)


def note_success(webhooks: Webhooks, key_id: str) -> Webhooks:
    """The webhooks after one has accepted an event."""
    return _exchange(webhooks, key_id, lambda each: replace(each, failing_since=None))


def note_failure(webhooks: Webhooks, key_id: str, now: datetime, *, is_gone: bool) -> Webhooks:
    """The webhooks after a failed try; one that has failed for too long, or is gone, is switched off."""

    def fail(webhook: Webhook) -> Webhook:
        since = webhook.failing_since or now
        reason = OffReason.GONE if is_gone else OffReason.FAILING if now - since >= FAILING_MAX else None
        if webhook.off_at is not None or reason is None:
            return replace(webhook, failing_since=since)
        return replace(webhook, failing_since=since, off_at=now, off_reason=reason, is_told=False)

    return _exchange(webhooks, key_id, fail)


def note_told(webhooks: Webhooks, key_id: str) -> Webhooks:
    """The webhooks after the person was told that one is off."""
    return _exchange(webhooks, key_id, lambda each: replace(each, is_told=each.off_at is not None))


def _exchange(webhooks: Webhooks, key_id: str, change: Callable[[Webhook], Webhook]) -> Webhooks:
    return tuple(change(each) if each.key_id == key_id else each for each in webhooks)
