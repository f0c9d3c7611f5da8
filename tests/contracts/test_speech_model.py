"""What every SpeechProvider does: the fake, and both of Gemini's APIs in front of the local Gemini."""

from collections.abc import AsyncIterator
from typing import Protocol

import pytest
from google.oauth2.credentials import Credentials

from infra.local.gemini import Fault, Gemini, run_gemini
from infra.local.gemini.faults import Kind
from infra.local.ports import find_free_port
from shared.adapters.gemini_access import Access
from shared.adapters.genai_speech import GeminiSpeech
from shared.credits.catalogue import SPEECH, VOICES
from shared.ports import SpeechProvider
from shared.providers.ogg_opus import is_ogg_opus, seconds_of
from shared.providers.outcomes import Broken, Busy, Gone, ModelOutcome, NoResult, Refused, Spoken, TimedOut
from shared.providers.speech import SpeechTask
from shared.usage import start_usage
from tests.fakes.speech_model import FakeSpeechModel

WORDS = "Hello! How are you today?"
TASK = SpeechTask(WORDS, "Kore")
RUNG = SPEECH.rungs[0]
SECONDS_MAX = 0.3


class World(Protocol):
    """A model that speaks the next text as it is told."""

    @property
    def model(self) -> SpeechProvider: ...

    def go_wrong(self, kind: Kind, reason: str = "") -> None: ...


class FakeWorld:
    def __init__(self) -> None:
        self.fake = FakeSpeechModel()
        self.model: SpeechProvider = self.fake

    def go_wrong(self, kind: Kind, reason: str = "") -> None:
        self.fake.script(_meant(kind, reason))


def _meant(kind: Kind, reason: str) -> ModelOutcome | Gone:
    outcomes: dict[Kind, ModelOutcome | Gone] = {
        "busy": Busy("RESOURCE_EXHAUSTED", 5.0),
        "unavailable": Busy("UNAVAILABLE"),
        "internal": Busy("INTERNAL", is_fault=True),
        "location": Broken("FAILED_PRECONDITION"),
        "gone": Gone(),
        "lost": TimedOut(),
        "slow": TimedOut(),
        "mute": Refused(reason) if "PROHIBITED" in reason else NoResult(reason),
        "corrupt": NoResult("UNREADABLE_SOUND"),
    }
    return outcomes[kind]


class GeminiWorld:
    def __init__(self, server: Gemini, access: Access) -> None:
        self.server = server
        self.gemini = GeminiSpeech(access)
        self.model: SpeechProvider = self.gemini

    def go_wrong(self, kind: Kind, reason: str = "") -> None:
        if kind == "slow":
            self.gemini = self.model = GeminiSpeech(self.gemini._client._access, SECONDS_MAX)
        self.server.set_faults(Fault(kind, reason=reason, seconds=30.0))


@pytest.fixture(params=["fake", "developer", "enterprise"])
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    if request.param == "fake":
        yield FakeWorld()
        return
    async with run_gemini() as server:
        gemini = GeminiWorld(server, make_access(request.param, server.base_url))
        yield gemini
        await gemini.gemini.close()


def make_access(api: str, base_url: str) -> Access:
    if api == "developer":
        return Access(api_key="test-key", base_url=base_url)
    credentials = Credentials("test-token")  # type: ignore[no-untyped-call]
    return Access(project="test-project", base_url=base_url, credentials=credentials)


async def test_speaks(world: World) -> None:
    """The sound is Ogg Opus of the length that is told, and its tokens are counted; one call is counted as one."""
    usage = start_usage()
    spoken = await world.model.speak(RUNG, TASK)
    assert isinstance(spoken, Spoken)
    assert is_ogg_opus(spoken.content)
    assert spoken.seconds == pytest.approx(seconds_of(spoken.content))
    assert 1 < spoken.seconds < 3
    assert spoken.tokens is not None
    assert spoken.tokens.made == pytest.approx(25 * spoken.seconds, abs=1)
    assert usage.model_calls == 1


@pytest.mark.parametrize(
    ("kind", "reason", "outcome"),
    [
        ("busy", "", Busy("RESOURCE_EXHAUSTED", 5.0)),
        ("unavailable", "", Busy("UNAVAILABLE")),
        ("internal", "", Busy("INTERNAL", is_fault=True)),
        ("location", "", Broken("FAILED_PRECONDITION")),
        ("gone", "", Gone()),
        ("mute", "PROHIBITED_CONTENT", Refused("PROHIBITED_CONTENT")),
        ("mute", "OTHER", NoResult("OTHER")),
        ("corrupt", "", NoResult("UNREADABLE_SOUND")),
        ("lost", "", TimedOut()),
        ("slow", "", TimedOut()),
    ],
)
async def test_what_goes_wrong(world: World, kind: Kind, reason: str, outcome: ModelOutcome | Gone) -> None:
    """Each way to fail is an outcome, and nothing is asked twice: above all not where nobody knows whether it spoke."""
    usage = start_usage()
    world.go_wrong(kind, reason)
    assert await world.model.speak(RUNG, TASK) == outcome
    assert usage.model_calls == 1
    if isinstance(world, GeminiWorld):
        assert len(world.server.calls()) == 1


@pytest.fixture(params=["developer", "enterprise"])
async def gemini(request: pytest.FixtureRequest) -> AsyncIterator[GeminiWorld]:
    async with run_gemini() as server:
        made = GeminiWorld(server, make_access(request.param, server.base_url))
        yield made
        await made.gemini.close()


async def test_what_is_sent(gemini: GeminiWorld) -> None:
    """The voice, and the style beside the text; Ogg Opus is asked for; nothing is to be stored."""
    await gemini.model.speak(RUNG, SpeechTask(WORDS, "Puck", "calm and slow"))
    [call] = gemini.server.calls()
    assert (call.prompt, call.voice, call.style) == (WORDS, "Puck", "calm and slow")
    assert (call.model, call.sound_type, call.store) == (RUNG.id, "audio/ogg_opus", False)


async def test_another_form(gemini: GeminiWorld) -> None:
    """A model that answers with WAV all the same is understood: Telegram gets Ogg Opus of the same length."""
    gemini.server.set_faults(Fault("wav"))
    spoken = await gemini.model.speak(RUNG, TASK)
    assert isinstance(spoken, Spoken)
    assert is_ogg_opus(spoken.content)
    assert spoken.seconds == pytest.approx(len(WORDS) / 15, abs=0.02)


async def test_another_model_at_work(gemini: GeminiWorld) -> None:
    """The answer names the model that spoke, also if it was not asked for."""
    gemini.server.set_faults(Fault("rerouted", times=1, reason="gemini-tts-9"))
    for model_id in ("gemini-tts-9", RUNG.id):
        spoken = await gemini.model.speak(RUNG, TASK)
        assert isinstance(spoken, Spoken)
        assert spoken.model_id == model_id


@pytest.mark.parametrize("voice", VOICES)
async def test_every_voice_is_there(gemini: GeminiWorld, voice: str) -> None:
    """The voices that people can choose are the model's."""
    assert isinstance(await gemini.model.speak(RUNG, SpeechTask("Hi.", voice)), Spoken)


async def test_nobody_there() -> None:
    """Without a connection nothing was asked for: it may be asked again."""
    gemini = GeminiSpeech(Access(api_key="test-key", base_url=f"http://127.0.0.1:{find_free_port()}"))
    outcome = await gemini.speak(RUNG, TASK)
    assert isinstance(outcome, Busy)
    assert outcome.is_fault
    await gemini.close()
