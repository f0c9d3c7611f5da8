"""How checkov's report is read; that it is clean is `make check`'s to say."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.checks.checkov import clean_environment, find_bare_skips, list_skippers, read_reports
from infra.checks.findings import ROOT, list_files

GOOD: list[dict[str, Any]] = [
    {"check_type": kind, "summary": {"passed": 3}, "results": {"failed_checks": [], "parsing_errors": []}}
    for kind in ("terraform", "dockerfile")
]


def write(*reports: Any) -> str:
    return "\n".join(json.dumps(report, indent=4) for report in reports)


def test_a_clean_report_is_no_finding() -> None:
    """One report per folder, alone or in a list, one after the other."""
    assert list(read_reports(write(GOOD[:1], GOOD[1]))) == []


def test_a_failed_check_is_a_finding_once() -> None:
    """A module that two environments use is read twice and reported once."""
    failed = {
        "file_abs_path": f"{ROOT}/terraform/modules/media/main.tf",
        "file_line_range": [8, 50],
        "check_id": "CKV_GCP_29",
        "check_name": "Ensure uniform access",
        "resource": "google_storage_bucket.this",
    }
    report = GOOD[0] | {"results": {"failed_checks": [failed, failed]}}
    assert list(read_reports(write(report, GOOD[1]))) == [
        "terraform/modules/media/main.tf:8: CKV_GCP_29 Ensure uniform access (google_storage_bucket.this)"
    ]


def test_what_was_not_read_is_a_finding() -> None:
    """checkov passes over a file that it cannot read; we do not."""
    report = GOOD[0] | {"results": {"parsing_errors": [f"{ROOT}/terraform/x.tf"]}}
    assert list(read_reports(write(report, GOOD[1]))) == [
        "terraform/x.tf: checkov cannot read it, so it checked nothing in it"
    ]


@pytest.mark.parametrize("text", ["Traceback: …", "{"])
def test_no_report_is_a_finding(text: str) -> None:
    """A crash is no pass."""
    [finding] = read_reports(text)
    assert finding.startswith("checkov reported nothing")


def test_nothing_to_look_at_is_a_finding() -> None:
    """A wrong folder is no pass."""
    assert list(read_reports(write(GOOD[0], {"passed": 0}))) == ["checkov looked at no dockerfile file"]


def test_a_skip_needs_its_reason(tmp_path: Path) -> None:
    """An id alone, or with a word or two, says nothing."""
    (tmp_path / "main.tf").write_text(
        "#checkov:skip=CKV_1:Nobody can reach it from there.\n#checkov:skip=CKV_2\n# checkov:skip=CKV_3:not needed\n"
    )
    assert list(find_bare_skips(tmp_path, [Path("main.tf")])) == [
        "main.tf: checkov:skip=CKV_2 gives no reason",
        "main.tf: checkov:skip=CKV_3 gives no reason",
    ]


def test_every_skip_of_ours_has_its_reason() -> None:
    """The project's own skips say why."""
    files = list_skippers(list_files(ROOT))
    assert files
    assert list(find_bare_skips(ROOT, files)) == []


def test_no_account_reaches_checkov() -> None:
    """It is not told of a platform, and does not look for a newer version of itself."""
    cleaned = clean_environment({"BC_API_KEY": "x", "PRISMA_API_URL": "x", "PATH": "/bin"})
    assert cleaned == {"PATH": "/bin", "SKIP_PACKAGE_UPDATE_CHECK": "true", "LOG_LEVEL": "ERROR"}
