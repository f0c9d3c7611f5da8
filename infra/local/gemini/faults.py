"""Faults on purpose: their kinds, when they apply, and the tags in a prompt that cause them."""

import random
from collections import Counter
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, Literal, get_args

from infra.local.gemini.errors import GoogleError, input_image_unusable, quota_exhausted

Kind = Literal[
    "busy",  # 429 RESOURCE_EXHAUSTED, with a RetryInfo detail unless retry_delay_seconds is 0
    "unavailable",  # 503 UNAVAILABLE
    "internal",  # 500 INTERNAL
    "location",  # 400 FAILED_PRECONDITION, the region is not served
    "image",  # 400 INVALID_ARGUMENT, a picture of the request cannot be decoded
    "gone",  # 404 NOT_FOUND, the model was shut down
    "blocked",  # 200 without candidates; `reason` is the promptFeedback.blockReason
    "finish",  # `reason` is the finishReason: without a picture, or after `chunks` chunks of words; a video fails by it
    "slow",  # the answer, or the first words of it, take `seconds`
    "lost",  # the work is done, or the video begun, then the connection closes without an answer
    "rerouted",  # of words, speech and Omni's videos: another model answers, `reason` is its name
    # of pictures alone
    "corrupt",  # the picture's, or the sound's, bytes are damaged
    "noise",  # no drawing: a ready-made PNG of the right size
    # of videos alone
    "empty",  # completed without a video, and without output tokens
    "hidden",  # completed without a video, although its file is in the bucket
    "late_file",  # the file of a video can be read only `seconds` after it was named
    "large",  # the file is larger than Telegram takes from bots
    "spoiled",  # the file is not as it should be; `reason` is one of `spoiling.SPOILINGS`
    # of speech alone
    "wav",  # WAV, whatever was asked for
    "mute",  # an interaction without sound; `reason` is the code of its error
    # of answers in words alone; without a stream the first three are: lost, an error answer, slow
    "cut",  # the connection closes after `chunks` chunks
    "stream_error",  # an error object after `chunks` chunks; `reason` is its status, UNAVAILABLE if not given
    "stall",  # silence after `chunks` chunks, for `seconds` (0: until the caller hangs up), then the rest
    "endless",  # the answer never ends
    "echo",  # the answer is the question
    "say",  # the answer is `reason`
    "refuse",  # the model declines, in words
    "obey",  # the model does what any text in the request demands, or `reason`, as if painted in a picture
]
KINDS: Final = get_args(Kind)
PICTURE_KINDS: Final = frozenset({"corrupt", "noise"})
TEXT_KINDS: Final = frozenset(
    {"cut", "stream_error", "stall", "endless", "echo", "say", "refuse", "obey"},
)
SPEECH_KINDS: Final = frozenset({"wav", "mute"})
VIDEO_KINDS: Final = frozenset({"empty", "hidden", "late_file", "large", "spoiled"})
Work = Literal["picture", "text", "speech", "video"]
_NOT_OF: Final[dict[str, frozenset[str]]] = {
    "picture": TEXT_KINDS | SPEECH_KINDS | VIDEO_KINDS | {"rerouted"},
    "text": PICTURE_KINDS | SPEECH_KINDS | VIDEO_KINDS,
    "speech": TEXT_KINDS | VIDEO_KINDS | {"noise", "blocked", "finish"},
    "video": TEXT_KINDS | SPEECH_KINDS | PICTURE_KINDS,
}
BUSY_PROMPT_REFUSALS: Final = 2
SLOW_PROMPT_SECONDS: Final = 30.0
VERY_SLOW_PROMPT_SECONDS: Final = 300.0
"""Of a video."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong, for calls with `prompt` in their prompt and for `model` (empty: any).

    A fault of pictures only, or of words only, does not affect the other calls.

    `times` counts down with every call it hits (None: until cleared); `probability` is rolled per call.
    """

    kind: Kind
    times: int | None = None
    probability: float = 1.0
    prompt: str = ""
    model: str = ""
    reason: str = ""
    seconds: float = 0.0
    retry_delay_seconds: float = 5.0
    chunks: int = 3

    def matches(self, prompt: str, model: str, work: Work) -> bool:
        """Whether this fault applies to a call."""
        return self.kind not in _NOT_OF[work] and self.prompt in prompt and self.model in {"", model}


def read_fault(raw: Any) -> Fault:
    """A Fault from JSON; ValueError or TypeError says what is wrong."""
    if not isinstance(raw, dict):
        raise TypeError("a fault is an object")
    unknown = raw.keys() - {field.name for field in fields(Fault)}
    if unknown:
        raise ValueError(f"unknown fields: {', '.join(sorted(unknown))}")
    if raw.get("kind") not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    return Fault(**raw)


class FaultPlan:
    """The faults in force, first match wins; a seed makes the dice repeatable."""

    def __init__(self, seed: int = 0) -> None:
        self.faults: list[Fault] = []
        self._dice = random.Random(seed)  # noqa: S311 — chance, not secrecy
        self._busy_tries: Counter[str] = Counter()

    def add(self, *faults: Fault) -> None:
        """In force from the next call on."""
        self.faults.extend(faults)

    def clear(self) -> None:
        """Remove all faults; the tags in prompts still work."""
        self.faults.clear()
        self._busy_tries.clear()

    def choose(self, prompt: str, model: str, work: Work = "picture") -> Fault | None:
        """The fault for this call, or None; decrements a counted fault's `times`."""
        for position, fault in enumerate(self.faults):
            if fault.matches(prompt, model, work) and self._dice.random() < fault.probability:
                self._use_up(position)
                return fault
        return self._asked_for(prompt, work)

    def as_json(self) -> list[dict[str, Any]]:
        """The faults in force, with the times that are left."""
        return [asdict(fault) for fault in self.faults]

    def _use_up(self, position: int) -> None:
        fault = self.faults[position]
        if fault.times is None:
            return
        if fault.times > 1:
            self.faults[position] = replace(fault, times=fault.times - 1)
        else:
            del self.faults[position]

    def _asked_for(self, prompt: str, work: Work) -> Fault | None:
        for word, fault in PROMPT_FAULTS[work].items():
            if word in prompt.lower():
                return fault if word != "#busy" or self._is_still_busy(prompt) else None
        return None

    def _is_still_busy(self, prompt: str) -> bool:
        self._busy_tries[prompt] += 1
        if self._busy_tries[prompt] <= BUSY_PROMPT_REFUSALS:
            return True
        del self._busy_tries[prompt]
        return False


# For people who try faults by hand on the chat page: a tag anywhere in the prompt.
_FAULTS_OF_ALL: Final = {
    "#blocked": Fault("blocked", reason="PROHIBITED_CONTENT"),
    "#busy": Fault("busy"),
    "#slow": Fault("slow", seconds=SLOW_PROMPT_SECONDS),
    "#error": Fault("internal"),
    "#badfile": Fault("image"),
    "#lost": Fault("lost"),
}
PROMPT_FAULTS: Final[dict[Work, dict[str, Fault]]] = {
    "picture": {
        **_FAULTS_OF_ALL,
        "#safety": Fault("finish", reason="IMAGE_SAFETY"),
        "#noimage": Fault("finish", reason="NO_IMAGE"),
        "#corrupt": Fault("corrupt"),
    },
    "text": {
        **_FAULTS_OF_ALL,
        "#safety": Fault("finish", reason="SAFETY"),
        "#limit": Fault("finish", reason="MAX_TOKENS", chunks=10),
        "#cut": Fault("cut", chunks=10),
        "#broken": Fault("stream_error", chunks=10),
        "#stall": Fault("stall", chunks=10),
        "#endless": Fault("endless"),
        "#echo": Fault("echo"),
        "#refuse": Fault("refuse"),
        "#obey": Fault("obey"),
    },
    "video": {
        **_FAULTS_OF_ALL,
        "#safety": Fault("finish", reason="PROHIBITED_CONTENT"),
        "#failed": Fault("finish", reason="INTERNAL"),
        "#novideo": Fault("empty"),
        "#hidden": Fault("hidden"),
        "#latefile": Fault("late_file", seconds=SLOW_PROMPT_SECONDS),
        "#slow": Fault("slow", seconds=VERY_SLOW_PROMPT_SECONDS),
        "#corrupt": Fault("spoiled", reason="cut"),
        "#uneven": Fault("spoiled", reason="uneven"),
        "#large": Fault("large"),
        "#nosound": Fault("spoiled", reason="mute"),
    },
    # the text to speak is an answer, which may repeat the tags of its question
    "speech": {
        "#wav": Fault("wav"),
        "#mute": Fault("mute"),
        "#hoarse": Fault("corrupt"),
    },
}


_REFUSALS: Final = {
    "unavailable": ("UNAVAILABLE", "The model is overloaded. Please try again later."),
    "internal": ("INTERNAL", "An internal error has occurred. Please retry later."),
    "location": ("FAILED_PRECONDITION", "User location is not supported for the API use."),
    "gone": ("NOT_FOUND", "This model is no longer available. Please use a newer model."),
}


def refusal(fault: Fault) -> GoogleError | None:
    """The error answer of a fault that has one."""
    if fault.kind == "busy":
        return quota_exhausted(fault.retry_delay_seconds)
    if fault.kind == "image":
        return input_image_unusable()
    return GoogleError(*_REFUSALS[fault.kind]) if fault.kind in _REFUSALS else None
