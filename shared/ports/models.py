"""The providers' models."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from shared.providers.copies import CopyPoll, CopyStart, CopyTask
from shared.providers.ladder import PictureRung, TextRung, VideoRung
from shared.providers.outcomes import Gone, ModelOutcome, PictureTask
from shared.providers.speech import SpeechTask
from shared.providers.talk import Talk
from shared.providers.videos import Poll, VideoMade, VideoTask


class Provider(Protocol):
    """A provider's picture models (Gemini)."""

    async def generate(self, rung: PictureRung, task: PictureTask) -> ModelOutcome | Gone:
        """Call one model once, without retries. Never raises for what the provider did; the caller limits the time."""
        ...


class SpeechProvider(Protocol):
    """A provider's speech models."""

    async def speak(self, rung: TextRung, task: SpeechTask) -> ModelOutcome | Gone:
        """Call one model once, without retries. Never raises for what the provider did; the caller limits the time.

        `Spoken` is Ogg Opus. `TimedOut` means that the provider may have spoken and may charge us.
        """
        ...


class VideoProvider(Protocol):
    """Somebody's models that make videos. No method raises for what the provider did, but where it says so."""

    async def start(self, rung: VideoRung, task: VideoTask, prefix: str) -> ModelOutcome | Gone:
        """Ask one model once, without retries. `Begun` where it is at work now.

        `prefix` begins the names of this attempt's own files in our bucket ("videos/…/"): the provider writes there
        where it can. `TimedOut` wherever nobody knows whether the provider has begun, and charges.
        """
        ...

    async def poll(self, operation: str, prefix: str) -> Poll:
        """How far it is. May be repeated."""
        ...

    async def find(self, prefix: str) -> VideoMade | None:
        """What a provider has written under the attempt's own prefix, if anything. Raises UnavailableError.

        Where it cannot write there, this is always None.
        """
        ...

    async def read(self, made: VideoMade) -> AsyncIterator[bytes]:
        """The file in pieces. Raises BlobMissingError, UnavailableError; so does the iterator."""
        ...

    async def cancel(self, operation: str) -> None:
        """Have the provider stop, if it still can; it may charge all the same. May be repeated, never raises."""
        ...

    async def forget(self, operation: str) -> bool:
        """Delete what the provider keeps of it, prompt and pictures included. May be repeated.

        False where it could not be asked: try again later.
        """
        ...


class Transcoder(Protocol):
    """Makes smaller copies of videos in our bucket. No method waits for a copy, and none raises."""

    async def start(self, task: CopyTask) -> CopyStart:
        """Ask for one copy once, without retries."""
        ...

    async def poll(self, operation: str) -> CopyPoll:
        """How far it is. May be repeated."""
        ...

    async def forget(self, operation: str) -> None:
        """Delete what is kept of it there. May be repeated; what it misses is deleted there after a day."""
        ...


class TextProvider(Protocol):
    """A provider's text models."""

    async def stream(self, rung: TextRung, talk: Talk, hear: Callable[[str], None]) -> ModelOutcome | Gone:
        """Call one model once, without retries; `hear` gets the words as they arrive and must return at once.

        `Told` contains the whole text. Never raises for what the provider did; the caller limits the time. Canceling
        the coroutine ends the call at the provider within a moment.
        """
        ...
