"""/voice: whether answers are spoken, in which voice, how fast. Each button has an absolute value and its owner."""

from dataclasses import replace
from datetime import date
from math import ceil

from shared.conversations.speech_intents import sample_intent
from shared.credits.catalogue import PACES, VOICES, VoiceName, speech_minute_credits
from shared.errors import MessageRejectedError, MessengerError
from shared.jobs.accept_request import Accepted
from shared.people.change_setting import save_setting
from shared.people.speech_settings import HEARINGS, SPEECH_MODES, SpeechSettings
from shared.people.users import Language, User
from shared.ports import Button, Media, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.taps import answer_tap, say_declined
from shared.telegram.updates import Message, Tap
from shared.telegram.visits import Visit, origin_of
from shared.texts import html_text, plain_text
from shared.voices.request_speech import known_settings, order_sample, start_speech
from shared.voices.samples import find_sample
from shared.voices.speech_screens import sample_caption

VOICES_IN_A_ROW = 3


async def show_voice(ports: Ports, visit: Visit, message: Message) -> None:
    """/voice: show the panel, with the current choices marked."""
    await answer(ports, visit, _panel(ports, visit, visit.opened.user))


async def press_choice(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Store a choice and redraw the panel."""
    name, value, owner, *_ = (*arguments, "", "", "")
    if owner != str(tap.sender.id):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "not-yours"))
        return
    user = await save_setting(ports, visit.opened, f"speech_{name}", value, visit.received_at)
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-saved"))
    await ports.messenger.edit_text(visit.place, tap.message_id, _panel(ports, visit, user))


async def press_sample(ports: Ports, visit: Visit, tap: Tap, arguments: tuple[str, ...]) -> None:
    """Send a sample of the chosen voice: the file that Telegram has, or a new one, for free."""
    voice = next((each for each in VOICES if arguments and each == arguments[0]), None)
    if voice is None:
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))
        return
    sample = await find_sample(ports, voice, visit.language)
    if sample is not None:
        await answer_tap(ports, tap.query_id)
        seconds = max(1, ceil(sample.seconds))
        try:
            file = Media(sample.file_id, "")
            await ports.messenger.send_voice(visit.place, file, seconds, sample_caption(voice))
        except MessageRejectedError:  # the file is gone: make another
            pass
        except MessengerError:
            return
        else:
            return
    await _make_sample(ports, visit, tap, voice)


async def _make_sample(ports: Ports, visit: Visit, tap: Tap, voice: VoiceName) -> None:
    intent = sample_intent(ports.bot_id, tap.sender.id, voice, visit.language, visit.received_at)
    origin = replace(origin_of(visit, intent), waiting=None)
    came_of_it = await order_sample(ports, visit.opened, origin, voice)
    if not isinstance(came_of_it, Accepted):
        await say_declined(ports, visit, tap, came_of_it)
        return
    visit.recorded = came_of_it.fresh
    await start_speech(ports, came_of_it)
    await answer_tap(ports, tap.query_id, plain_text(visit.language, "toast-sample"))


def _panel(ports: Ports, visit: Visit, user: User) -> Screen:
    day = ports.clock.now().date() if visit.update.chat.is_private else None
    return voice_panel(user.speech, visit.language, user.id, day)


def voice_panel(speech: SpeechSettings, language: Language, user_id: int, day: date | None) -> Screen:
    """All choices, and the button for a sample. `day` None hides the prices, in groups."""
    settings = known_settings(speech)

    def button(name: str, value: str, label: str, *, is_chosen: bool) -> Button:
        shown = plain_text(language, "chosen", label=label) if is_chosen else label
        return Button(shown, write_callback("speech", name, value, user_id))

    modes = tuple(
        button("mode", each, plain_text(language, f"speech-{each}"), is_chosen=each == settings.mode)
        for each in SPEECH_MODES
    )
    voices = tuple(button("voice", each, each, is_chosen=each == settings.voice) for each in VOICES)
    paces = tuple(
        button("pace", each, plain_text(language, f"speech-{each}"), is_chosen=each == settings.pace) for each in PACES
    )
    listen = Button(
        plain_text(language, "button-sample", voice=settings.voice), write_callback("sample", settings.voice)
    )
    hearings = tuple(
        button("hearing", each, plain_text(language, f"hearing-{each}"), is_chosen=each == speech.hearing)
        for each in HEARINGS
    )
    rows = (
        *((each,) for each in modes),
        *(voices[start : start + VOICES_IN_A_ROW] for start in range(0, len(voices), VOICES_IN_A_ROW)),
        paces,
        (listen,),
        hearings,
    )
    parts = [html_text(language, "voice-title")]
    if day is not None:
        parts.append(html_text(language, "voice-price", price=speech_minute_credits(day)))
    return Screen("\n\n".join((*parts, html_text(language, "hearing-title"))), rows)
