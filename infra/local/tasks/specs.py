"""Queue specifications as text: `projects/P/locations/L/queues/Q[:name=value,…]`."""

from typing import Any

from infra.local.tasks import messages
from infra.local.tasks.messages import write_seconds
from infra.local.tasks.refusals import QUEUE_NAME, RefusalError
from infra.local.tasks.store import complete_queue

SETTINGS = {
    "rate": ("rate_limits", "max_dispatches_per_second", float),
    "concurrent": ("rate_limits", "max_concurrent_dispatches", int),
    "attempts": ("retry_config", "max_attempts", int),
    "doublings": ("retry_config", "max_doublings", int),
    "duration": ("retry_config", "max_retry_duration", None),
    "min_backoff": ("retry_config", "min_backoff", None),
    "max_backoff": ("retry_config", "max_backoff", None),
}


def read_queue_spec(spec: str) -> tuple[str, Any]:
    """A specification as (parent, Queue message); ValueError says what is wrong with it.

    Settings: rate (dispatches per second), concurrent, attempts (-1: no limit), doublings, and in seconds
    duration (0: no limit), min_backoff, max_backoff.
    """
    name = QUEUE_NAME.match(spec)
    if name is None or spec[name.end() :][:1] not in {"", ":"}:
        raise ValueError(f"queue {spec!r} must look like projects/P/locations/L/queues/Q[:name=value,...]")
    message = messages.Queue(name=name.group())
    for setting in filter(None, spec[name.end() + 1 :].split(",")):
        _apply_setting(message, setting)
    try:
        complete_queue(message)
    except RefusalError as refusal:
        raise ValueError(f"queue {spec!r}: {refusal.message}") from refusal
    return message.name.partition("/queues/")[0], message


def _apply_setting(message: Any, setting: str) -> None:
    name, _, text = setting.partition("=")
    try:
        group, field, kind = SETTINGS[name]
        value = (kind or float)(text)
    except (KeyError, ValueError) as error:
        raise ValueError(f"queue setting {setting!r} must be one of {', '.join(SETTINGS)} = number") from error
    target = getattr(message, group)
    if kind is None:
        write_seconds(getattr(target, field), value)
    else:
        setattr(target, field, value)
