"""Numbers of receipts: short, forgiving, and tied to one transfer."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.credits.receipt_number import ALPHABET, EPOCH, read_number, write_number

AT = datetime(2026, 11, 29, 16, 30, 5, 123456, tzinfo=UTC)


def test_number_is_short_and_plain() -> None:
    """Ten characters of an alphabet without look-alikes."""
    number = write_number("hold:abc", AT)
    assert len(number) == 10
    assert set(number) - {"-"} <= set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@given(st.text(), st.datetimes(datetime(2024, 1, 1), datetime(2057, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_number_leads_to_its_second(transfer_id: str, at: datetime) -> None:
    """A number says when its transfer was booked, to the second."""
    assert read_number(write_number(transfer_id, at)) == (write_number(transfer_id, at), at.replace(microsecond=0))


@pytest.mark.parametrize(
    "change",
    [str.lower, lambda text: text.replace("-", ""), lambda text: f" {text} ", lambda text: text.replace("0", "O")],
)
def test_number_as_people_type_it(change: object) -> None:
    """Small letters, no dash, blanks and the letter O are forgiven."""
    assert callable(change)
    number = write_number("x", EPOCH + timedelta(seconds=32))
    assert number.startswith("00001")
    assert read_number(change(number)) == (number, EPOCH + timedelta(seconds=32))


def test_other_letters_for_one() -> None:
    """I and L are read as 1."""
    assert read_number("0000I-Li11") == ("00001-1111", EPOCH + timedelta(seconds=33))


@pytest.mark.parametrize("text", ["", "abc", "00001-11111", "00001-111U", "0000!-1111", "٠٠٠٠٠-٠٠٠٠"])
def test_what_is_no_number(text: str) -> None:
    """Anything else is none."""
    assert read_number(text) is None


def test_transfers_of_one_second_differ() -> None:
    """Two transfers of the same moment have two numbers."""
    assert write_number("hold:a", AT) != write_number("hold:b", AT)
