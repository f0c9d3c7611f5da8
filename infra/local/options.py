"""The options of a local system: its parts, ports and settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from infra.functions import FUNCTIONS, QUEUE_NAMES, SCHEDULED
from infra.local.ports import choose_free_ports
from infra.local.processes import ROOT

SERVERS = ("firestore", "storage", "tasks", "gemini", "fal", "cards", "github", "telemetry", "telegram")
SCHEDULER = "scheduler"
EVERYTHING = frozenset({*FUNCTIONS, *SERVERS, SCHEDULER})
# Shaped like the real thing and obviously none.
LOCAL_TOKEN = "8700000001:LOCAL-not-a-real-token"  # noqa: S105
LOCAL_CONTACT = "@local_support"
LOCAL_ADMIN_ID = 1  # who the chat page is, unless its address says somebody else
LOCAL_SUPPORT = -1008700000004
"""The operators' group. The product's own bot tells there of alarms and of each day, and passes on what people write to
/support."""
LOCAL_SESSION_KEY = "local-session-key-not-a-real-one-0"
LOCAL_ERASURE_KEY = "local-erasure-key-not-a-real-one-0"
LOCAL_ORDER_KEY = "local-order-key-not-a-real-one-000"
LOCAL_SECRET = "local-webhook-secret-not-a-real-one"  # noqa: S105
LOCAL_USERNAME = "nanobanana_local_bot"
LOCAL_RELEASE_TOKEN = "8700000003:LOCAL-not-a-real-token"  # noqa: S105
LOCAL_RELEASE_USERNAME = "nanobanana_releases_local_bot"
LOCAL_GEMINI_KEY = "local-not-a-real-key"
LOCAL_FAL_KEY = "local-not-a-real-fal-key"
LOCAL_LAVA_WEBHOOK_KEY = "local-lava-webhook-not-a-real-key"
TELEGRAM_API = "https://api.telegram.org"
LOCAL_ENCRYPTION_KEY = ROOT / ".run" / "encryption-key"
"""The file of the key that `make run` wraps data keys with; made at its first start."""


@dataclass(frozen=True)
class Options:
    """How to start a system. The defaults suit a test: free ports, everything local, quick answers."""

    parts: frozenset[str] = EVERYTHING
    """Which of EVERYTHING to start; `without(…)` and `only(…)` make these sets."""
    ports: Mapping[str, int] = field(default_factory=choose_free_ports)
    project: str = "nanobanana-local"
    location: str = "local"
    bucket: str = "nanobanana-media"
    functions_folder: Path = ROOT / "functions"
    environment: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """More variables per function; those under "*" go to all functions."""
    workers: Mapping[str, int] = field(default_factory=dict)
    """gunicorn workers per function, 1 unless named."""
    arguments: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """More command line arguments per server, e.g. {"tasks": ("--log-dispatches",)}."""
    wrappers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """A command prefix per part, e.g. {"webhook": ("taskset", "--cpu-list", "0")} in the bench."""
    queues: tuple[str, ...] = (
        *(f"{name}:rate=500,concurrent=200" for names in QUEUE_NAMES.values() for name in names),
        *(f"{name}:rate=5,concurrent=1,attempts=1" for name in SCHEDULED if name not in QUEUE_NAMES),
    )
    gemini_latency_seconds: float = 0.2
    gemini_text_pace: float = 0.1
    """Factor for the pauses of answers in words: 1 is a real model's, 0 none at all."""
    gemini_video_seconds: float = 0.5
    """How long the local Gemini says that a video takes."""
    sweep_seconds: float = 10
    """Between two calls of a function that the scheduler calls."""
    warm: bool = True
    """Call /ready of each function once, so that the first update finds open connections; off for cold starts."""
    restart: bool = True
    """Start a part again when it dies; off where a test does it by hand."""
    restart_seconds: float = 0.2
    """Minimum time between two starts of a part."""
    restarts_max: int = 1000
    firestore_host: str | None = None
    """`host:port` of an emulator that runs already; none is started then."""
    storage_url: str | None = None
    """Base URL of a storage emulator that runs already; none is started then."""
    webhook_secret: str = LOCAL_SECRET
    order_key: str = LOCAL_ORDER_KEY
    session_key: str = LOCAL_SESSION_KEY
    erasure_key: str = LOCAL_ERASURE_KEY
    encryption_key: Path | None = None
    """The file of the key that wraps data keys; without one documents are plain text, as most tests read them."""
    telegram_token: str | None = None
    """A real bot's token: no local Telegram is started."""
    telegram_api: str | None = None
    """Another Bot API server; by default the local Telegram, or Telegram's own for a real bot."""
    gemini_key: str | None = None
    """A real key: no local Gemini is started."""
    second_provider: bool = False
    """Whether models of fal are on offer, by the local fal unless there is a key."""
    cards: bool = False
    """Whether cards are taken, by the local providers; never with a real bot, whose people cannot reach their page."""
    releases: bool = False
    """Whether releases can be clicked through: a local GitHub, and the release bot at the local Telegram."""
    release_pace_seconds: float = 0.0
    """How long each step of a workflow takes at the local GitHub."""
    telemetry: bool = False
    """Whether the functions export traces and metrics, to a page that shows them."""
    fal_key: str | None = None
    """A real key: no local fal is started."""


FEW_AT_ONCE = tuple(each.replace("concurrent=200", "concurrent=16") for each in Options.queues)
"""Queues for a storm: one process of each function, on a busy machine, would keep two hundred tasks waiting until
Firestore's time limit is over for all of them, each would come again, and it would answer nobody else."""


def only(*parts: str) -> frozenset[str]:
    """These parts and no others. Raises ValueError for an unknown name."""
    if unknown := set(parts) - EVERYTHING:
        raise ValueError(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(sorted(EVERYTHING))}")
    return frozenset(parts)


def without(*parts: str) -> frozenset[str]:
    """Everything but these parts. Raises ValueError for an unknown name."""
    return EVERYTHING - only(*parts)
