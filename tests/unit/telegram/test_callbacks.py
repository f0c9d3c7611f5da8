"""What a button carries is what its tap says."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hash_ids import ID_CHARACTERS
from shared.telegram.callbacks import Callback, read_callback, read_moment, write_callback, write_moment

WORD = st.text(alphabet=st.characters(exclude_characters=";", codec="utf-8"), max_size=10)


@given(action=WORD, arguments=st.lists(WORD, max_size=4))
def test_round_trip(action: str, arguments: list[str]) -> None:
    """Whatever is written is read."""
    assert read_callback(write_callback(action, *arguments)) == Callback(action, tuple(arguments))


@pytest.mark.parametrize("data", ["", "1", "0;again;x", "2;again", "again", "x" * 64])
def test_nobodys_data(data: str) -> None:
    """Other versions and forgeries are none of ours."""
    assert read_callback(data) is None


@pytest.mark.parametrize(
    ("action", "arguments"),
    [
        ("original", ("x" * ID_CHARACTERS, "n" * 8)),
        ("set", ("language", "ru", 2**53)),
        ("set", ("original", "off", -(2**63))),
        ("make", ("x" * ID_CHARACTERS, "hAsH-8_x.999999", "fffffffff", "16:9 9999")),
        ("why", (2**53, 999_999)),
        ("code", (2**53, "E-FILE-SIZE", "n" * 6)),
    ],
)
def test_fits_into_a_button(action: str, arguments: tuple[object, ...]) -> None:
    """The longest arguments that can come up stay within Telegram's 64 bytes."""
    assert len(write_callback(action, *arguments).encode()) <= 64


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 — made aware
def test_moments(at: datetime) -> None:
    """A time is read back to a tenth of a second."""
    read = read_moment(write_moment(at))
    assert read is not None
    assert timedelta() <= at - read <= timedelta(seconds=0.101)


@pytest.mark.parametrize("text", ["", "x", "-1", "f" * 10, "1.5"])
def test_no_moment(text: str) -> None:
    """What is no time is none."""
    assert read_moment(text) is None
