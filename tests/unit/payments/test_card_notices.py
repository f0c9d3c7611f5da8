"""Who may tell us of a payment by card, and what is read of it."""

import hmac
import json
from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import UnusableUpdateError
from shared.payments.card_notices import (
    CardNotice,
    is_from_lava,
    is_in_networks,
    read_lava_notice,
    read_yookassa_notice,
)
from shared.payments.publish_card_order import find_told_invoice
from shared.settings import YOOKASSA_NETWORKS

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


@pytest.mark.parametrize("is_equal", [False, True])
@pytest.mark.parametrize("given", [KEY, KEY[:-1] + b"x", b"x" * len(KEY), b"x", b"x" * 5_000])
def test_key_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch, given: bytes, *, is_equal: bool) -> None:
    """`hmac.compare_digest` alone decides, on the whole header and the whole secret, once, whatever was given."""
    asked: list[tuple[bytes, bytes]] = []

    def compare(one: bytes, other: bytes) -> bool:
        asked.append((one, other))
        return is_equal

    monkeypatch.setattr(hmac, "compare_digest", compare)
    assert is_from_lava([given.decode()], [], KEY) is is_equal
    assert is_from_lava([], [given.decode()], KEY) is is_equal
    assert asked == [(given, KEY), (given, BASIC.encode())]


def test_notice() -> None:
    """The contract and the event are read, and nothing else."""
    notice = read_lava_notice(json.dumps(NOTICE).encode())
    assert notice == CardNotice("lava", str(NOTICE["contractId"]), "payment.success")


@pytest.mark.parametrize(
    ("change", "invoice_id", "told_invoice"),
    [
        ({"parentContractId": "first-0001"}, "first-0001", NOTICE["contractId"]),
        ({"parentContractId": None}, NOTICE["contractId"], ""),
        ({"parentContractId": ""}, NOTICE["contractId"], ""),
        ({"eventType": "subscription.cancelled"}, NOTICE["contractId"], NOTICE["contractId"]),
    ],
)
def test_notice_of_a_subscription(change: dict[str, object], invoice_id: str, told_invoice: str) -> None:
    """A later payment leads to the contract of the first; a notice about the whole keeps the contract that it named."""
    notice = read_lava_notice(json.dumps(NOTICE | change).encode())
    assert (notice.invoice_id, notice.told_invoice) == (invoice_id, told_invoice)


@pytest.mark.parametrize("said", [{}, {"subscription": None}, {"subscription": 5}])
def test_task_without_a_subscription(said: dict[str, object]) -> None:
    """A task of an older release, or of a single payment, names none."""
    assert find_told_invoice(said) == ""


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
        b'{"contractId": "first-0001", "parentContractId": 5}',
        '{"contractId": "контракт"}'.encode(),
        json.dumps({"contractId": "x" * 65}).encode(),
    ],
)
def test_unusable(body: bytes) -> None:
    """What names no contract is unusable, and breaks nothing."""
    with pytest.raises(UnusableUpdateError):
        read_lava_notice(body)


YOOKASSA_NOTICE = {"type": "notification", "event": "payment.succeeded", "object": {"id": "2d9c-0001", "paid": True}}
REFUND = {"event": "refund.succeeded", "object": {"id": "2d9c-refund", "payment_id": "2d9c-0001"}}


@pytest.mark.parametrize("said", [YOOKASSA_NOTICE, REFUND])
def test_notice_of_yookassa(said: dict[str, object]) -> None:
    """A payment's own id, or the payment that a refund is of."""
    assert read_yookassa_notice(json.dumps(said).encode()) == CardNotice("yookassa", "2d9c-0001", str(said["event"]))


@pytest.mark.parametrize("body", [b"", b"{}", b'{"object": []}', b'{"object": {}}', b'{"object": {"id": 5}}'])
def test_unusable_notice_of_yookassa(body: bytes) -> None:
    """What names no payment is unusable, and breaks nothing."""
    with pytest.raises(UnusableUpdateError):
        read_yookassa_notice(body)


@pytest.mark.parametrize(
    ("address", "is_in"),
    [
        ("185.71.76.1", True),
        ("77.75.156.35", True),
        ("2a02:5180::5", True),
        ("185.71.78.1", False),
        ("::ffff:185.71.76.1", False),
        ("127.0.0.1", False),
        ("", False),
        ("185.71.76.1, 10.0.0.1", False),
    ],
)
def test_networks(address: str, is_in: bool) -> None:  # noqa: FBT001 — a column of the table
    """Only YooKassa's own networks may tell in its name."""
    assert is_in_networks(address, YOOKASSA_NETWORKS) is is_in


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.dictionaries(st.text(), inner)))
def test_anything(said: object) -> None:
    """Whatever a notice holds, it is read or refused."""
    body = json.dumps({"contractId": said, "eventType": said} if isinstance(said, str) else said).encode()
    with suppress(UnusableUpdateError):
        assert read_lava_notice(body).provider == "lava"
