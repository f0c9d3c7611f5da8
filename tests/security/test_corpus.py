"""The recorded updates are what they claim to be."""

import pytest
from telegram import Update
from telegram.constants import UpdateType

from shared.telegram.updates import parse_update
from tests.security.corpus import find_people, kind_of, load_all, load_update, read_files

SYNTHETIC = range(710_000_001, 711_000_000)
TELEGRAM_ITSELF = {777_000}
FILE_BYTES_MAX = 4096
UNKNOWN_TO_IT = {"stopped_message_generation", "subscription"}
"""Of Bot API 10.3, which python-telegram-bot 22.8 does not read; when it does, the test says so."""


def test_every_kind_is_there() -> None:
    """There is an update of each kind that python-telegram-bot knows."""
    assert {kind_of(name) for name in read_files()} >= {UpdateType(kind).value for kind in Update.ALL_TYPES}


@pytest.mark.parametrize("name", read_files())
def test_update_is_genuine(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot reads it as the kind its name says, and knows all of its fields."""
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # without it, a time in seconds is a deprecation warning
    update = Update.de_json(load_update(name), None)
    kind = kind_of(name)
    assert getattr(update, kind, None) is not None or kind in UNKNOWN_TO_IT
    assert update.api_kwargs.keys() == {kind} & UNKNOWN_TO_IT
    assert len(read_files()[name]) < FILE_BYTES_MAX


@pytest.mark.parametrize("name", read_files())
def test_update_is_usable(name: str) -> None:
    """We can read it, or see that it is not for us."""
    assert parse_update(read_files()[name]).update_id == load_update(name)["update_id"]


def test_ids_are_synthetic() -> None:
    """Nobody real is in there, and no two updates have the same id."""
    people = {person["id"] for update in load_all().values() for person in find_people(update)}
    assert all(person in SYNTHETIC or person in TELEGRAM_ITSELF for person in people)
    assert len({update["update_id"] for update in load_all().values()}) == len(read_files())
