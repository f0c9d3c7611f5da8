"""One tidy line per hop: time · part · event · id · ms · the rest, from whatever a part wrote."""

import re
import time
from collections.abc import Callable
from itertools import cycle
from typing import Any

from infra.functions import FUNCTIONS
from infra.local.events import Event

DIM, RED, YELLOW, GREEN, BOLD, PLAIN = "\033[2m", "\033[31m", "\033[33m", "\033[32m", "\033[1m", "\033[0m"
FUNCTION_COLOURS = ("\033[36m", "\033[32m", "\033[35m", "\033[34m", "\033[96m", "\033[92m", "\033[95m")
COLOURS = {
    "telegram": "\033[94m",
    "tasks": "\033[90m",
    "gemini": "\033[33m",
    "fal": "\033[93m",
    "github": "\033[95m",
    **dict(zip(FUNCTIONS, cycle(FUNCTION_COLOURS), strict=False)),
}
SEVERITY_COLOURS = {"WARNING": YELLOW, "ERROR": RED, "CRITICAL": RED, "ALERT": RED, "EMERGENCY": RED}
PART_WIDTH, EVENT_WIDTH, ID_WIDTH, MS_WIDTH = 8, 26, 18, 9
ID_SHOWN_MAX = 12
TIME_WIDTH = 12
REST_AT = TIME_WIDTH + PART_WIDTH + EVENT_WIDTH + ID_WIDTH + MS_WIDTH + 5 * 2
WIDTH = 160
ANSWERED = "request_answered"
OK, BAD_REQUEST, OUR_FAULT = 200, 400, 500
# What `shared/usage.py` counts, shorter.
SHORT = {"store_reads": "reads", "store_writes": "writes", "messenger_calls": "telegram", "model_calls": "gemini"}
# Shown in other columns, or useful to machines only.
SPOKEN = {
    *("severity", "message", "function", "event", "time", "timestamp"),
    *("update_id", "job_id", "chat", "task", "ms", "seconds"),
}
QUIET = {"trace", "span", "logging.googleapis.com/trace", "logging.googleapis.com/spanId", "pid", "usage"}
# The emulator prints a stack trace for every failed precondition, which is our normal way to detect a race.
NOISE = {"firestore": re.compile(r"(?!.*(SEVERE|OutOfMemory|already in use))")}
# The bot's own line replaces the first; the others come from `make run` setting the menus.
ROUTINE = {"update_handled", "getWebhookInfo", "getMe", "setMyCommands", "setMyDescription", "setMyShortDescription"}
TRACEBACKS = ("exception", "exc_info", "stack", "stack_trace", "traceback")

Paint = Callable[[str, str], str]


def paint_terminal(text: str, colour: str) -> str:
    """For a terminal."""
    return f"{colour}{text}{PLAIN}" if text.strip() else text


def paint_nothing(text: str, colour: str) -> str:
    """For a file, or where NO_COLOR is set."""
    return text


def format_event(event: Event, paint: Paint, width: int = WIDTH) -> str:
    """The line of an event, with its traceback if there is one; empty for routine events.

    `width` is the terminal's, in characters: the last column is cut to fit.
    """
    if event.fields is None:
        return format_text(event, paint)
    fields = read_hop(event)
    if not fields or is_routine(event.part, fields):
        return ""
    colour = find_colour(event)
    what = str(fields.get("event") or fields.get("message") or "")
    columns = [
        paint(format_time(event.heard_at), DIM),
        paint(f"{event.part:<{PART_WIDTH}}", COLOURS.get(event.part, "")),
        paint(f"{what:<{EVENT_WIDTH}}", colour),
        f"{find_id(fields):<{ID_WIDTH}}",
        paint(f"{find_duration(fields):>{MS_WIDTH}}", DIM),
        paint(join_rest(fields, what, width - REST_AT), colour or DIM),
    ]
    return "\n".join(["  ".join(columns).rstrip(), *format_traceback(fields, paint)])


def is_routine(part: str, fields: dict[str, Any]) -> bool:
    """Whether a line is redundant: another line shows the same hop, or a sweep or a look found nothing."""
    if str(fields.get("event")).endswith("webhook_looked_at") and fields.get("trouble") == "none":
        return True
    if fields.get("event") in ROUTINE and "status" not in fields:
        return True
    if part == "bot" and fields.get("event") == "answered":  # everything but the look at the webhook reads the store
        return "status" not in fields and not fields.get("store_reads")
    if part == "sweep":
        is_fine = fields.get("event") == "answered" or fields.get("event") == "work_swept"
        return is_fine and not any(fields.get(key) for key in ("jobs", "drafts", "store_writes", "status"))
    return False


def find_colour(event: Event) -> str:
    """Red for errors, yellow for warnings, for answers by their status; nothing for ordinary hops."""
    status = (event.fields or {}).get("status")
    if isinstance(status, int) and status >= BAD_REQUEST:
        return RED if status >= OUR_FAULT else YELLOW
    return SEVERITY_COLOURS.get(event.severity, "")


def format_text(event: Event, paint: Paint) -> str:
    """A line that is no event: dimmed, tracebacks in red."""
    noise = NOISE.get(event.part)
    if not event.text.strip() or (noise and noise.match(event.text)):
        return ""
    is_error = event.text.startswith("Traceback") or re.match(r"^[\w.]+(Error|Exception)\b", event.text)
    part = paint(f"{event.part:<{PART_WIDTH}}", COLOURS.get(event.part, ""))
    text = paint(event.text, RED if is_error else DIM)
    return f"{paint(format_time(event.heard_at), DIM)}  {part}  {text}"


def read_hop(event: Event) -> dict[str, Any]:
    """The fields of a hop; the local Telegram's own shapes are put into the common one."""
    fields = event.fields or {}
    if fields.get("event") == "ready" or fields.get("ready") is True:
        return {}
    if fields.get("kind") == "call":
        call = fields.get("call", {})
        status = call.get("status")
        more = {} if status == OK else {"status": status, "why": call.get("description")}
        return {"event": call.get("method"), "ms": call.get("ms"), "chat": find_chat(call), **more}
    if fields.get("kind") == "delivered":
        delivery = fields.get("delivery", {})
        update = delivery.get("update", {})
        kinds = [key for key in update if key != "update_id"] if isinstance(update, dict) else []
        number = update.get("update_id") if isinstance(update, dict) else update
        status = delivery.get("status")
        more = {} if status in {"accepted", OK} else {"status": status}
        return {"event": " ".join(["update", *kinds]), "update_id": number, **more}
    if fields.get("event") == ANSWERED:
        more = {} if fields.get("status") == OK else {"status": fields.get("status")}
        kept = {key: value for key, value in fields.items() if key not in {"status", "message"}}
        return {**kept, "event": "answered", **more}
    return fields


def find_chat(call: dict[str, Any]) -> Any:
    """The chat a Bot API call is about."""
    return call.get("params", {}).get("chat_id")


def find_id(fields: dict[str, Any]) -> str:
    """The job's id where there is one, else the update's, shortened."""
    for key, label in (("job_id", "job"), ("update_id", "update"), ("chat", "chat"), ("task", "task")):
        if fields.get(key) is not None:
            return f"{label} {str(fields[key])[-ID_SHOWN_MAX:]}"
    return ""


def find_duration(fields: dict[str, Any]) -> str:
    """`12 ms`, or `4.1 s` for the long ones."""
    ms = fields.get("ms")
    if ms is None and isinstance(fields.get("seconds"), int | float):
        ms = fields["seconds"] * 1000
    if not isinstance(ms, int | float):
        return ""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"  # noqa: PLR2004 — one second


def join_rest(fields: dict[str, Any], what: str, length_max: int) -> str:
    """The fields outside the other columns, as `key=value`, cut to `length_max`."""
    message = str(fields.get("message", ""))
    # An ordinary hop is named by its event; only trouble needs a sentence.
    is_trouble = str(fields.get("severity", "")).upper() in SEVERITY_COLOURS
    said = [message] if message and message != what and is_trouble else []
    shown = {SHORT.get(key, key): value for key, value in fields.items() if key not in SPOKEN | QUIET | set(TRACEBACKS)}
    plain = (str, int, float, bool)
    said += [f"{key}={value}" for key, value in shown.items() if isinstance(value, plain) and value not in {"", False}]
    text = "  ".join(said).replace("\n", " ")
    return text if len(text) <= length_max else text[: max(length_max - 1, 0)] + "…"


def format_traceback(fields: dict[str, Any], paint: Paint) -> list[str]:
    """A traceback that came inside an event, indented below it."""
    texts = [str(fields[key]) for key in TRACEBACKS if fields.get(key)]
    return [paint(f"    {line}", RED) for text in texts for line in text.rstrip().splitlines()]


def format_time(seconds: float) -> str:
    """`12:03:44.123`, local time."""
    return f"{time.strftime('%H:%M:%S', time.localtime(seconds))}.{int(seconds % 1 * 1000):03}"
