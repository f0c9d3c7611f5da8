"""What workflows send is read strictly, and refused with the name of the field."""

import json
from typing import Any

import pytest

from shared.errors import UnusableReportError
from shared.problems import read_object
from shared.releases.attempt import Attempt, Evidence
from shared.releases.read_report import read_attempt, read_beginning, read_code
from shared.releases.release import Status

REPORT = {"id": "nanobanana_v1.0.0", "status": "production_rollback", "expect_rev": 3}
BEGINNING = {"service_name": "nanobanana", "release_tag": "v1.0.0", "commit": "c", "tree": "t"}


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b"\xff", b"[" * 200_000, b'{"a": "\\ud800"}'])
def test_no_object(body: bytes) -> None:
    """A body that is no JSON object, or one that cannot be stored."""
    with pytest.raises(UnusableReportError):
        read_object(body)


def test_a_report() -> None:
    """All fields, the old name of a state, and blanks for what is missing or null."""
    said: dict[str, Any] = REPORT | {"phase": "p", "evidence": {"versions": ["a"], "is_traffic_back": True, "new": 1}}
    id_, attempt = read_attempt(read_object(json.dumps(said).encode()))
    assert id_ == REPORT["id"]
    assert attempt == Attempt(Status.ROLLBACK, 3, "p", evidence=Evidence(versions=("a",), is_traffic_back=True))
    assert read_attempt(REPORT | {"phase": None})[1].phase == ""


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": 1}, "id"),
        ({"status": "done"}, "status"),
        ({"expect_rev": "3"}, "expect_rev"),
        ({"expect_rev": True}, "expect_rev"),
        ({"expect_rev": -1}, "expect_rev"),
        ({"expect_rev": 2**70}, "expect_rev"),
        ({"expect_rev": None}, "expect_rev"),
        ({"reason": 1}, "reason"),
        ({"evidence": []}, "evidence"),
        ({"evidence": {"versions": "x"}}, "versions"),
        ({"evidence": {"versions": [1]}}, "versions"),
        ({"evidence": {"is_smoke_passed": 1}}, "is_smoke_passed"),
    ],
)
def test_a_report_with_a_fault(changes: dict[str, Any], field: str) -> None:
    """The field with the fault is named."""
    with pytest.raises(UnusableReportError, match=f"^{field}$"):
        read_attempt(REPORT | changes)


@pytest.mark.parametrize("changes", [{"kind": "toy"}, {"service_name": None}, {"commit": 1}, {"github_ref": []}])
def test_a_beginning_with_a_fault(changes: dict[str, Any]) -> None:
    """Another kind, a missing or wrong field."""
    assert read_beginning(BEGINNING).release_tag == "v1.0.0"
    with pytest.raises(UnusableReportError):
        read_beginning(BEGINNING | changes)


def test_a_code_is_text() -> None:
    """What joins an account names the code, and nothing else will do."""
    assert read_code({"code": "abc"}) == "abc"
    for said in ({}, {"code": 7}):
        with pytest.raises(UnusableReportError):
            read_code(said)
