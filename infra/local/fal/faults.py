"""Faults on purpose: their kinds, when they apply, and the tags in a prompt that cause them."""

from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Literal, get_args

from infra.local.fal.errors import FalError, model_error, platform_error, refusal

Kind = Literal[
    # at once, for each call
    "busy",  # 429 with Retry-After
    "unavailable",  # 503 runner_scheduling_failure
    "internal",  # 500
    "proxy",  # 502, a page of the proxy in front
    "gone",  # 404, no such app
    "locked",  # 403, the account may not spend
    "nonsense",  # 200, and not JSON
    "lost",  # the work is done, or the request queued, then the connection closes without an answer
    "slow",  # the answer takes `seconds`; a video takes them longer
    # by the model: for a video at its end
    "blocked",  # 422 content_policy_violation
    "image",  # 422 image_load_error
    "empty",  # 422 no_media_generated; `reason` are the model's words
    "nothing",  # 200 without a picture or video
    "failed",  # 500 internal_server_error
    "timeout",  # 504 generation_timeout
    # of pictures alone
    "nsfw",  # 200, the picture is marked
    "link",  # 200, the picture is a file, although it was wanted in the answer
    "corrupt",  # the picture's bytes are damaged
    # of videos alone
    "spoiled",  # the file is not as it should be; `reason` is one of `infra.local.gemini.spoiling.SPOILINGS`
    "late_status",  # the state has a name that the client does not know
]
KINDS: Final = get_args(Kind)
PICTURE_KINDS: Final = frozenset({"nsfw", "link", "corrupt"})
VIDEO_KINDS: Final = frozenset({"spoiled", "late_status"})
BUSY_PROMPT_REFUSALS: Final = 2
SLOW_PROMPT_SECONDS: Final = 30.0
Work = Literal["picture", "video"]


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, for calls with `prompt` in their prompt and to `endpoint` (empty: any).

    `times` counts down with every call it hits (None: until cleared).
    """

    kind: Kind
    times: int | None = None
    prompt: str = ""
    endpoint: str = ""
    reason: str = ""
    seconds: float = 0.0
    retry_after_seconds: float = 5.0

    def matches(self, prompt: str, endpoint: str, work: Work) -> bool:
        """Whether this fault applies to a call."""
        others = VIDEO_KINDS if work == "picture" else PICTURE_KINDS
        return self.kind not in others and self.prompt in prompt and self.endpoint in {"", endpoint}


def read_fault(raw: Any) -> Fault:
    """A Fault from JSON; ValueError or TypeError says what is wrong."""
    if not isinstance(raw, dict):
        raise TypeError("a fault is an object")
    if unknown := raw.keys() - {field.name for field in fields(Fault)}:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    if raw.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    return Fault(**raw)


class FaultPlan:
    """The faults in force; the first match wins."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._busy_tries: Counter[str] = Counter()

    def choose(self, prompt: str, endpoint: str, work: Work) -> Fault | None:
        """The fault for this call, or None; decrements a counted fault's `times`."""
        for position, fault in enumerate(self.faults):
            if fault.matches(prompt, endpoint, work):
                self._use_up(position, fault)
                return fault
        return self._asked_for(prompt, work)

    def as_json(self) -> list[dict[str, Any]]:
        """The faults in force, with the times that are left."""
        return [asdict(fault) for fault in self.faults]

    def _use_up(self, position: int, fault: Fault) -> None:
        if fault.times is not None and fault.times > 1:
            self.faults[position] = replace(fault, times=fault.times - 1)
        elif fault.times is not None:
            del self.faults[position]

    def _asked_for(self, prompt: str, work: Work) -> Fault | None:
        fault = next((fault for word, fault in PROMPT_FAULTS[work].items() if word in prompt.lower()), None)
        if fault is None or fault.kind != "busy":
            return fault
        self._busy_tries[prompt] += 1
        if self._busy_tries[prompt] <= BUSY_PROMPT_REFUSALS:
            return fault
        del self._busy_tries[prompt]
        return None


# For people who try faults by hand on the chat page: a tag anywhere in the prompt, as with the local Gemini.
_FAULTS_OF_ALL: Final = {
    "#blocked": Fault("blocked"),
    "#safety": Fault("blocked"),
    "#busy": Fault("busy"),
    "#slow": Fault("slow", seconds=SLOW_PROMPT_SECONDS),
    "#error": Fault("internal"),
    "#badfile": Fault("image"),
    "#lost": Fault("lost"),
}
PROMPT_FAULTS: Final[dict[Work, dict[str, Fault]]] = {
    "picture": {**_FAULTS_OF_ALL, "#noimage": Fault("empty"), "#corrupt": Fault("corrupt")},
    "video": {
        **_FAULTS_OF_ALL,
        "#failed": Fault("failed"),
        "#novideo": Fault("nothing"),
        "#corrupt": Fault("spoiled", reason="cut"),
        "#uneven": Fault("spoiled", reason="uneven"),
        "#nosound": Fault("spoiled", reason="mute"),
    },
}


def error_at_once(fault: Fault) -> FalError | None:
    """The answer of a fault that needs no model."""
    match fault.kind:
        case "busy":
            return refusal(429, "Too many requests.", **{"Retry-After": f"{fault.retry_after_seconds:g}"})
        case "unavailable":
            return platform_error(503, "runner_scheduling_failure", "No runner could be allocated.")
        case "internal":
            return platform_error(500, "internal_error", "Internal Server Error")
        case "proxy":
            return refusal(502, "<html>nginx</html>")
        case "gone":
            return refusal(404, "Application not found")
        case "locked":
            return refusal(403, "User is locked. Reason: Exhausted balance. Top up your balance.")
        case _:
            return None


def error_of_model(fault: Fault) -> FalError | None:
    """The model's own answer."""
    match fault.kind:
        case "blocked":
            return model_error("content_policy_violation", "The content was flagged by a content checker.", "prompt")
        case "image":
            return model_error("image_load_error", "Failed to load the image.", "image_url")
        case "empty":
            return model_error("no_media_generated", fault.reason or "The model returned no media.")
        case "failed":
            return model_error("internal_server_error", "Internal server error", status=500)
        case "timeout":
            return model_error("generation_timeout", "Generation took too long", status=504)
        case _:
            return None
