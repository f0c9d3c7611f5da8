"""The pure rules of the room: what is believed of a hearing, how long a recording is, how its words are cut."""

import json
import struct
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.credits.catalogue import GEMINI_FLASH, HEARING
from shared.errors import FileUnreadableError
from shared.jobs.frame import is_known
from shared.jobs.job import Job, JobState
from shared.jobs.limits import FILE_BYTES_MAX
from shared.providers.outcomes import FailureReason
from shared.providers.talk import Tokens
from shared.telegram.address import ChatAddress, as_in_group
from shared.telegram.updates import Recording
from shared.voices.compose_hearing import compose_hearing, estimate_charge
from shared.voices.cut_sound import cut_sound
from shared.voices.join_hearings import PartHeard, join_hearings, write_time
from shared.voices.measure_sound import CHUNKS_MAX, ODD_BYTES_MAX, measure_seconds
from shared.voices.prepare_sound import prepare_sound
from shared.voices.read_hearing import Hearing, read_hearing
from shared.voices.recordings import form_of, is_longer, seconds_max_of, seconds_of, weigh
from shared.voices.said_message import write_message
from shared.voices.spoken_message import SpokenMessage
from shared.voices.transcript import Heard, SpokenLine, Transcript, TranscriptRequest, is_transcript
from shared.voices.transcript_screens import (
    PIECE_UNITS_MAX,
    caption,
    cut,
    kept_card,
    left_card,
    transcript_card,
    transcript_screens,
)
from shared.voices.write_files import write_subtitles, write_text
from shared.wiring import FILES_BYTES
from tests.sounds import make_ogg, make_wav
from tests.world import World

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
VOICE = Recording("voice", "f", 1000, 3, "audio/ogg")
MESSAGE = SpokenMessage(1, 5, 7, NOW, language_code="en")
REQUEST = TranscriptRequest(VOICE, MESSAGE, 3, 100, price=2)
JOB = Job("id", 5, "en", ChatAddress(5, None, 7, True, 1), REQUEST, 1, 1, NOW, NOW, NOW, kind="transcript",
          artefacts=Transcript(Heard.SPEECH, "a fox"))  # fmt: skip


def said(**fields: Any) -> str:
    return json.dumps({"heard": "speech", "language": "en", "sure": 0.9, "words": "a fox"} | fields)


@pytest.mark.parametrize(
    ("text", "hearing"),
    [
        (said(), Hearing(Heard.SPEECH, "a fox", "en", 0.9)),
        (said(words=" a \t fox\x00\n\n  is\u200b red\ud800 "), Hearing(Heard.SPEECH, "a fox\n\nis red?", "en", 0.9)),
        (said(language="x" * 99), Hearing(Heard.SPEECH, "a fox", "x" * 16, 0.9)),
        (said(heard="music"), Hearing(Heard.MUSIC)),
        (said(words=" … "), Hearing(Heard.SILENCE)),
        (said(act="draw", count=10), Hearing(Heard.SPEECH, "a fox", "en", 0.9)),
        ('{"heard": "noise", "sure": 1, "words": ""}', Hearing(Heard.NOISE)),
        (said(heard="order"), None),
        (said(words=7), None),
        (said(language=7), None),
        (said(sure="1"), None),
        (said(sure=1.5), None),
        (said(sure=float("nan")), None),
        (said(words="x" * 200_001), None),
        ("x" * 1_000_001, None),
        ("[]", None),
        ("{", None),
        ("[" * 100_000, None),
    ],
)
def test_what_is_believed(text: str, hearing: Hearing | None) -> None:
    """Exactly the form that was asked for, its words without what nobody can see; anything odd is no answer."""
    assert read_hearing(text) == hearing


def said_long(**fields: Any) -> str:
    lines = [{"at": 1, "words": "a fox"}, {"at": 0.5, "words": " is\nred "}, {"at": 9, "words": "…"}]
    return json.dumps({"heard": "speech", "sure": 1, "summary": " Foxes. ", "lines": lines} | fields)


LINES = (SpokenLine(1.0, "a fox"), SpokenLine(1.0, "is red"))


@pytest.mark.parametrize(
    ("text", "hearing"),
    [
        (said_long(), Hearing(Heard.SPEECH, summary="Foxes.", lines=LINES)),
        (said_long(summary="x" * 999), Hearing(Heard.SPEECH, summary="x" * 600, lines=LINES)),
        (said_long(lines=[]), Hearing(Heard.SILENCE)),
        (said_long(heard="music", lines=7), Hearing(Heard.MUSIC)),
        (said_long(summary=None), None),
        (said_long(lines={}), None),
        (said_long(lines=["a fox"]), None),
        (said_long(lines=[{"at": -1, "words": "x"}]), None),
        (said_long(lines=[{"at": True, "words": "x"}]), None),
        (said_long(lines=[{"at": 1}]), None),
        (said_long(lines=[{"at": 1, "words": "x" * 200_001}]), None),
    ],
)
def test_what_is_believed_of_a_long_one(text: str, hearing: Hearing | None) -> None:
    """Sentences with times that do not go back, and a short summary; anything odd is no answer."""
    assert read_hearing(text, is_long=True) == hearing


def test_files() -> None:
    """Text with a line for each sentence; subtitles that stand until the next, within bounds."""
    lines = [SpokenLine(0.0, "One."), SpokenLine(0.2, "Two."), SpokenLine(3_700.5, "Три.")]
    assert write_text(lines) == b"\xef\xbb\xbf" + "One.\nTwo.\nТри.\n".encode()
    assert write_subtitles(lines).decode() == (
        "1\n00:00:00,000 --> 00:00:01,000\nOne.\n\n"
        "2\n00:00:00,200 --> 00:00:15,200\nTwo.\n\n"
        "3\n01:01:40,500 --> 01:01:55,500\nТри.\n"
    )


def test_parts_without_speech() -> None:
    """A long recording in which nobody speaks at all is what its first part is."""
    parts = [
        PartHeard(0, Hearing(Heard.MUSIC), Tokens(1, 1), "x"),
        PartHeard(900, Hearing(Heard.NOISE), Tokens(1, 1), "x"),
    ]
    assert join_hearings(parts) == Hearing(Heard.MUSIC)
    assert write_time(3_725.9) == "1:02:05"


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)
"""128 kbit/s at 44,100 Hz: 1,152 samples in 417 bytes."""
OLD_FRAME = b"\xff\xf3\x40\xc4" + bytes(68 * 2 - 28 - 4)
"""MPEG 2, 32 kbit/s at 22,050 Hz."""


@pytest.mark.parametrize("seconds", [10, 11])
@pytest.mark.parametrize(("form", "make"), [("audio/ogg", make_ogg), ("audio/wav", make_wav)])
def test_cut_sound(form: str, make: Any, seconds: int) -> None:
    """The parts are recordings of their own, each as long as was asked for, and together all of it."""
    parts = cut_sound(make(None, seconds), form, 4, 9)
    assert [part.begins_at_seconds for part in parts] == [0, 4, 8]
    lengths = [measure_seconds(part.content, form) for part in parts]
    if form == "audio/wav":
        assert lengths == [4, 4, seconds - 8]
    assert len(cut_sound(make(None, 3), form, 4, 9)) == 1


def test_cut_mp3() -> None:
    """Frames stay whole; what is not sound is left out."""
    content = b"ID3 tags \xff" + MP3_FRAME * 100 + b"TAG"
    length = 100 * 1_152 / 44_100
    assert measure_seconds(content, "audio/mpeg") == pytest.approx(length)
    parts = cut_sound(content, "audio/mpeg", 1, 9)
    assert [part.begins_at_seconds for part in parts] == [0, 1, 2]
    assert b"".join(part.content for part in parts) == MP3_FRAME * 100


def test_a_file_of_odd_bytes() -> None:
    """What begins no frame is passed over in steps that have an end, and a picture in the tags takes none at all."""
    length = pytest.approx(10 * 1_152 / 44_100)
    assert measure_seconds(b"\xff" * ODD_BYTES_MAX + MP3_FRAME * 10, "audio/mpeg") is None
    size = bytes([0, 0, 0, ODD_BYTES_MAX >> 14, 0, 0])
    picture = b"ID3\4" + size + b"\xff" * ODD_BYTES_MAX
    assert measure_seconds(picture + MP3_FRAME * 10, "audio/mpeg") == length
    assert measure_seconds(b"ID3", "audio/mpeg") is None
    boxes = box(b"free", b"") * CHUNKS_MAX + box(b"moov", box(b"mvhd", MVHD))
    assert measure_seconds(boxes, "audio/mp4") is None
    assert measure_seconds(wav(1)[:12] + b"free\0\0\0\0" * CHUNKS_MAX + wav(1)[12:], "audio/wav") is None


async def test_the_loop_is_left_alone(world: World) -> None:
    """A recording is measured and cut where files are read, not in the loop in which answers stream."""
    works = list[str]()

    async def run(work: Any) -> Any:
        works.append(work.__qualname__)
        return work()

    world.talk_studio.reader.run = run  # type: ignore[method-assign]
    await world.send(world.voice("a fox"))
    assert len(works) == 1


def test_what_cannot_be_cut() -> None:
    """A form that stays whole, and a file that holds nothing, are one part."""
    assert [part.content for part in cut_sound(b"anything", "audio/mp4", 4, 9)] == [b"anything"]
    assert [part.content for part in cut_sound(b"", "audio/ogg", 4, 9)] == [b""]


@pytest.mark.parametrize(("form", "make"), [("audio/ogg", make_ogg), ("audio/wav", make_wav)])
def test_never_more_parts(form: str, make: Any) -> None:
    """Each part is a paid call: there are no more than were counted, and the last holds what is left."""
    content = make(None, 10)
    parts = cut_sound(content, form, 4, 2)
    assert [part.begins_at_seconds for part in parts] == [0, 4]
    assert sum(len(part.content) for part in parts) > len(content) - 100


def test_what_a_wav_claims() -> None:
    """A WAV whose numbers contradict each other makes no more calls than its counted length, and none where it lies."""
    forms = [struct.pack("<HHIIHH", 1, 1, 1, 1, block, 8) for block in (1, 0)]
    lies = [
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + form + b"data" + struct.pack("<I", 2_000) + bytes(99_999) for form in forms
    ]
    request = replace(REQUEST, recording=replace(VOICE, mime_type="audio/wav"), seconds=2_000)
    assert len(prepare_sound(lies[0], request)) == 3
    with pytest.raises(FileUnreadableError):
        prepare_sound(lies[1], request)


def page(granule: int, payload: bytes = b"", marks: int = 0, magic: bytes = b"OggS") -> bytes:
    """A page of an Ogg file with one packet."""
    return struct.pack("<4sBBqIIIB", magic, 0, marks, granule, 1, 0, 0, 1) + bytes([len(payload)]) + payload


def head(skip: int = 312) -> bytes:
    return page(0, b"OpusHead\1\1" + struct.pack("<HIhB", skip, 48_000, 0, 0), 2)


def wav(seconds: int, size: int | None = None) -> bytes:
    samples = bytes(8_000 * seconds)
    form = struct.pack("<HHIIHH", 1, 1, 8_000, 8_000, 1, 8)
    chunks = b"LIST" + struct.pack("<I", 3) + b"abc\0" + b"fmt " + struct.pack("<I", 16) + form
    return b"RIFF\0\0\0\0WAVE" + chunks + b"data" + struct.pack("<I", len(samples) if size is None else size) + samples


def box(name: bytes, content: bytes, size: int | None = None) -> bytes:
    return struct.pack(">I4s", 8 + len(content) if size is None else size, name) + content


MVHD = struct.pack(">IIIII", 0, 0, 0, 1_000, 61_000)
LONG_MVHD = b"\1\0\0\0" + struct.pack(">QQIQ", 0, 0, 600, 6_000)
LARGE_BOX = struct.pack(">I4sQ", 1, b"free", 20) + bytes(4)


@pytest.mark.parametrize(
    ("content", "form", "seconds"),
    [
        (head() + page(48_312, b"x"), "audio/ogg", 1.0),
        (head() + page(-1, b"x") + page(96_312, b"x"), "audio/ogg", 2.0),
        (head() + page(48_312, b"x") + head() + page(48_312, b"x"), "audio/ogg", 2.0),
        (b"noise" + head() + page(48_312, b"OggS") + b"OggS", "audio/ogg", 1.0),
        (page(0, b"\x01vorbis", 2) + page(48_000, b"x"), "audio/ogg", None),
        (page(0, b"OpusHead", 2), "audio/ogg", None),
        (b"", "audio/ogg", None),
        (wav(3), "audio/wav", 3.0),
        (wav(3, 0xFFFFFFFF), "audio/wav", 3.0),
        (wav(3, 8_000), "audio/wav", 1.0),
        (b"RIFX" + wav(3)[4:], "audio/wav", None),
        (wav(3)[:40], "audio/wav", None),
        (b"RIFF\0\0\0\0WAVE", "audio/wav", None),
        (wav(1).replace(struct.pack("<II", 8_000, 8_000), bytes(8)), "audio/wav", None),
        (box(b"ftyp", b"x") + box(b"moov", box(b"free", b"") + box(b"mvhd", MVHD)), "audio/mp4", 61.0),
        (LARGE_BOX + box(b"moov", box(b"mvhd", LONG_MVHD), 0), "video/mp4", 10.0),
        (box(b"moov", b""), "audio/mp4", None),
        (box(b"free", b"", 4) + box(b"moov", box(b"mvhd", MVHD)), "audio/mp4", None),
        (box(b"moov", box(b"mvhd", b"")), "audio/mp4", None),
        (b"anything", "audio/mpeg", None),
        (MP3_FRAME * 2, "audio/mpeg", None),
        (b"\xff\xfb\xf0\x00\xff\xfb\x0c\x00\xff\xff\x90\x00\xff\xeb\x90\x00" * 9, "audio/mpeg", None),
        (b"\xff\xf3\x40\xc4" * 3, "audio/mpeg", None),
        (b"anything", "audio/flac", None),
    ],
)
def test_how_long_it_is(content: bytes, form: str, seconds: float | None) -> None:
    """Ogg Opus, WAV and MP4 say how long they are, also in several streams; what says nothing is not measured."""
    assert measure_seconds(content, form) == seconds


@pytest.mark.parametrize(
    ("packet", "seconds"),
    [(b"\x18", 0.06), (b"\x19", 0.12), (b"\x1b\x04", 0.24), (b"\xfb\x03", 0.06), (b"\x60" * 255, 0.01)],
)
def test_an_ogg_that_lies(packet: bytes, seconds: float) -> None:
    """Where the times of an Ogg file are less than what its packets last, these count: a decoder plays them all."""
    tags = page(0, b"OpusTags")
    rest = page(0, b"", 1) if len(packet) == 255 else b""
    assert measure_seconds(head(0) + tags + (page(0, packet) + rest) * 10, "audio/ogg") == pytest.approx(10 * seconds)


def test_a_wav_that_lies() -> None:
    """A WAV whose bytes per second are not what its rate and its channels say is not measured, nor a packed one."""
    assert (
        measure_seconds(wav(1).replace(struct.pack("<II", 8_000, 8_000), struct.pack("<II", 80, 8_000)), "audio/wav")
        is None
    )
    assert measure_seconds(wav(1).replace(b"\x10\0\0\0\x01\0", b"\x10\0\0\0\x11\0"), "audio/wav") is None


@pytest.mark.parametrize(
    ("recording", "form", "seconds"),
    [
        (replace(VOICE, size_bytes=6_400_000), "audio/ogg", 100),
        (replace(VOICE, mime_type="audio/mp4", size_bytes=6_400_000), "audio/mp4", 32),
        (VOICE, "audio/ogg", 3),
        (replace(VOICE, seconds=0, size_bytes=80_000), "audio/ogg", 10),
        (replace(VOICE, seconds=0, size_bytes=0), "audio/ogg", 1),
        (replace(VOICE, mime_type="audio/ogg; codecs=opus"), "audio/ogg", 3),
        (replace(VOICE, mime_type="audio/mpeg", size_bytes=800_000), "audio/mpeg", 3),
        (replace(VOICE, mime_type="audio/aac", size_bytes=800_000), "audio/aac", 100),
        (replace(VOICE, mime_type="audio/aac", seconds=200, size_bytes=800_000), "audio/aac", 200),
        (replace(VOICE, mime_type="audio/x-unknown"), "", 3),
    ],
)
def test_what_telegram_tells(recording: Recording, form: str, seconds: int) -> None:
    """What can be measured later is believed for now; of other forms the size counts too."""
    assert form_of(recording) == form
    assert seconds_of(recording) == seconds


def test_what_it_weighs() -> None:
    """A recording takes several times its size; one of an unknown size is taken for the largest."""
    assert weigh(VOICE) == 6_000
    assert weigh(replace(VOICE, size_bytes=0)) == 6 * FILE_BYTES_MAX
    voices = 20 * weigh(replace(VOICE, size_bytes=100_000))
    assert 6 * FILE_BYTES_MAX + voices <= FILES_BYTES, "voices pass beside the largest recording"


def test_a_little_longer_is_the_same() -> None:
    """Apps round: a few seconds and a tenth are no lie."""
    assert not is_longer(115.0, 100)
    assert is_longer(115.1, 100)


def test_what_it_costs() -> None:
    """The bound grows with the seconds and the calls, is higher for a film, and follows the price of the day."""
    day, later = date(2026, 11, 29), date(2027, 1, 1)
    minute = HEARING.bound_usd_micros(60, day, is_film=False)
    assert minute < HEARING.bound_usd_micros(60, day, is_film=True)
    assert minute < HEARING.bound_usd_micros(60, later, is_film=False)
    assert HEARING.bound_usd_micros(1_800, day, is_film=False) > 20 * minute
    for film in (False, True):
        charged = estimate_charge(60, "x" * 9_999, is_film=film)
        assert GEMINI_FLASH.cost_of(charged, day) <= HEARING.bound_usd_micros(60, day, is_film=film)


def test_the_instruction_fits() -> None:
    """Our instruction and the form are within what a call is counted for."""
    from shared.conversations.tokens import CHARACTERS_PER_TOKEN
    from shared.providers.talk import Sound

    for is_long in (False, True):
        talk = compose_hearing(Sound(b"", "audio/ogg"), 60, is_long=is_long)
        form = json.dumps(dict(talk.schema or {}))
        given = len(talk.instruction + talk.lines[0].text + form) // CHARACTERS_PER_TOKEN
        assert given <= HEARING.instruction_tokens_max
        assert talk.output_tokens_max == 800


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("a fox", [5]),
        ("x" * (PIECE_UNITS_MAX + 1), [PIECE_UNITS_MAX, 1]),
        ("🦊" * PIECE_UNITS_MAX, [PIECE_UNITS_MAX // 2] * 2),
        ("word " * 1_000, [3_999, 999 + 1]),
        (" " + "x" * PIECE_UNITS_MAX, [PIECE_UNITS_MAX, 1]),
    ],
)
def test_cut(text: str, sizes: list[int]) -> None:
    """A long transcript is cut between words, by the units that Telegram counts; no character is cut in two."""
    pieces = cut(text)
    assert [len(piece) for piece in pieces] == sizes
    assert "".join("".join(pieces).split()) == "".join(text.split())


@pytest.mark.parametrize("state", list(JobState))
@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_state_has_a_card(state: JobState, language: Any) -> None:
    """Whatever a transcript's state, its card says something, in both languages."""
    job = replace(JOB, state=state, language=language)
    assert transcript_card(job, NOW).text


@pytest.mark.parametrize("reason", list(FailureReason))
def test_every_failure_has_words(reason: FailureReason) -> None:
    """Each reason is told, with what it means for the credits; nothing heard at all counts as silence."""
    job = replace(JOB, state=JobState.FAILED, failure=reason, artefacts=Transcript())
    assert "2 credits are back" in transcript_card(job, NOW).text
    assert "2 credits" not in transcript_card(as_in_group(job), NOW).text


def test_other_screens() -> None:
    """What stands in a group whose transcript went elsewhere, and while a provider is away."""
    assert left_card(JOB).text
    [[button]] = kept_card(JOB, "https://t.me/x").buttons
    assert button.url == "https://t.me/x"
    assert caption(JOB, 0) == transcript_screens(JOB)[-1]
    busy, faulty = (
        transcript_card(replace(JOB, busy_since=NOW, is_faulty=is_faulty), NOW).text for is_faulty in (False, True)
    )
    assert busy != faulty


def test_whose_words() -> None:
    """Recorded words are the person's own, forwarded ones somebody's; only own words can be doubtful."""
    assert write_message(JOB).text == "a fox"
    assert is_transcript(JOB)
    unsure = replace(JOB, artefacts=Transcript(Heard.SPEECH, "a fox", sure=0.5))
    spoken = write_message(unsure).spoken
    assert spoken is not None
    assert spoken.is_doubtful
    foreign = replace(unsure, request=replace(REQUEST, message=replace(MESSAGE, is_foreign=True)))
    assert write_message(foreign).own_words == ""
    assert not write_message(foreign).spoken.is_doubtful  # type: ignore[union-attr]


def test_known(world: World) -> None:
    """This release has the kind in its tables."""
    assert is_known(world.ports, JOB)


@pytest.mark.parametrize(("size_bytes", "seconds"), [(10_000, 60), (20_000_000, 800)])
def test_a_film_of_unknown_length(size_bytes: int, seconds: int) -> None:
    """A video that was sent as a file is counted by its size, so that the largest still fits into one call."""
    film = Recording("video", "f", size_bytes, 0, "video/mp4")
    assert seconds_of(film) == seconds <= seconds_max_of(film)
