"""Who may tell us of a payment by card, and what is read of it."""

import json
from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UnusableUpdateError
from shared.payments.card_notices import CardNotice, is_from_lava, read_lava_notice

KEY = b"a-key-that-is-obviously-fake"
BASIC = "Basic " + b64encode(b"lava:" + KEY).decode()
NOTICE = {"eventType": "payment.success", "contractId": "7ea82675-4ded-4133-95a7-a6efbaf165cc", "amount": 100}


@pytest.mark.parametrize(("api_keys", "authorizations"), [([KEY.decode()], []), ([], [BASIC])])
def test_lava(api_keys: list[str], authorizations: list[str]) -> None:
    """The key alone, as it is or by Basic, makes a caller lava.top."""
    assert is_from_lava(api_keys, authorizations, KEY)


@pytest.mark.parametrize(
    ("api_keys", "authorizations", "key"),
    [
        ([], [], KEY),
        ([], [], b""),
        ([""], [], b""),
        ([], ["Basic " + b64encode(b"lava:").decode()], b""),
        (["wrong"], [], KEY),
        ([KEY.decode() + "x"], [], KEY),
        ([KEY.decode()] * 2, [], KEY),
        ([KEY.decode()], [BASIC], KEY),
        (["wrong", KEY.decode()], [], KEY),
        ([], ["Bearer " + KEY.decode()], KEY),
        ([], [BASIC.lower()], KEY),
        (["кириллица"], [], KEY),
    ],
)
def test_not_lava(api_keys: list[str], authorizations: list[str], key: bytes) -> None:
    """No key, a wrong one, two headers, or no key of ours: refused."""
    assert not is_from_lava(api_keys, authorizations, key)


def test_notice() -> None:
    """The contract and the event are read, and nothing else."""
    notice = read_lava_notice(json.dumps(NOTICE).encode())
    assert notice == CardNotice("lava", str(NOTICE["contractId"]), "payment.success")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"payment.success"',
        b"\xff",
        b"[" * 100_000,
        b'{"eventType": "payment.success"}',
        b'{"contractId": 1}',
        b'{"contractId": ""}',
        '{"contractId": "контракт"}'.encode(),
        json.dumps({"contractId": "x" * 65}).encode(),
    ],
)
def test_unusable(body: bytes) -> None:
    """What names no contract is unusable, and breaks nothing."""
    with pytest.raises(UnusableUpdateError):
        read_lava_notice(body)


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_anything(said: object) -> None:
    """Whatever a notice holds, it is read or refused."""
    body = json.dumps({"contractId": said, "eventType": said} if isinstance(said, str) else said).encode()
    with suppress(UnusableUpdateError):
        assert read_lava_notice(body).provider == "lava"
