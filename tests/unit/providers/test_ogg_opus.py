"""What is read of Ogg Opus: whether a file is that, and how long it lasts."""

import pytest

from shared.providers.ogg_opus import is_ogg_opus, read_pages, seconds_of
from tests.fakes.speech_model import make_ogg


def test_length() -> None:
    """The length is that of the sound, without what a decoder skips."""
    assert is_ogg_opus(make_ogg(2.5))
    assert seconds_of(make_ogg(2.5)) == pytest.approx(2.5)


def test_pages() -> None:
    """Pages are read until something else comes, or the last is not whole."""
    content = make_ogg(1)
    assert len(list(read_pages(content))) == 3
    assert len(list(read_pages(content + b"more"))) == 3
    assert len(list(read_pages(content[:-1]))) == 2
    assert list(read_pages(b"OggS" + bytes(22) + b"\5")) == []


def test_no_length() -> None:
    """A page on which no packet ends tells no length; what is no Ogg Opus has none."""
    content = make_ogg(1)
    last = content.rindex(b"OggS")
    assert seconds_of(content[: last + 6] + b"\xff" * 8 + content[last + 14 :]) == 0
    assert seconds_of(content.replace(b"OpusHead", b"Vorbis  ")) == 0
    assert seconds_of(b"") == 0
    assert not is_ogg_opus(b"ID3")
