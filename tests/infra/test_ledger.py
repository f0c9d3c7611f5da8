"""`python -m infra.ledger` on a machine where nobody is logged in."""

from pathlib import Path

import pytest

from infra import ledger


def test_without_a_login_it_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No traceback: what is missing, and the command that cures it."""
    monkeypatch.delenv("GOOGLE_APPLICATION_CREDENTIALS", raising=False)
    for name, value in {"HOME": tmp_path, "CLOUDSDK_CONFIG": tmp_path, "NO_GCE_CHECK": "true"}.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "nanobanana-dev")
    monkeypatch.setattr("sys.argv", ["ledger"])
    with pytest.raises(
        SystemExit, match=r"^ledger: no usable login \(gcloud auth application-default login\): [^\n]+$"
    ):
        ledger.main()
