"""Real keys and tokens are found, examples that are obviously none are not."""

from pathlib import Path

import pytest

from infra.checks.secrets import find_secrets

# Put together here, so that this file holds no secret's shape itself.
SHAPES = [
    "12345678" + ":AA" + "Hq3kd8Zp0vWm4nT6yR2xC9bL7sJ1fGeUo",
    "AIza" + "Sy" + "3kf9Qw2Lz8Rt5Vb1Nm7Xc4Hj6Gp0Ye_uA",
    "GOCSPX-" + "k3Jd8Zp0vWm4nT6yR2xC9bL7sJ1f",
    "-----BEGIN " + "PRIVATE KEY-----",
    "AKIA" + "IOSFODNN7EXAMPLQ",
    "ghp_" + "k3Jd8Zp0vWm4nT6yR2xC9bL7sJ1fGeUo5hQa",
    "https://user:" + "hunter22" + "@example.org/simple",
]


def scan(tmp_path: Path, text: str) -> list[str]:
    (tmp_path / "settings.py").write_text(text, encoding="utf-8")
    return list(find_secrets(tmp_path, [Path("settings.py")]))


@pytest.mark.parametrize("shape", SHAPES)
def test_secret_is_found_but_not_repeated(tmp_path: Path, shape: str) -> None:
    """A key is one finding that names the line and keeps the key to itself."""
    findings = scan(tmp_path, f'a = 1\nVALUE = "{shape}"\n')
    assert findings
    assert all(finding.startswith("settings.py:2: ") and shape not in finding for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        'TOKEN = "1234567:TEST-not-a-real-token"',
        'secret = "local-webhook-secret"',
        "    --hash=sha256:" + "ab12" * 16,
    ],
)
def test_example_is_no_finding(tmp_path: Path, text: str) -> None:
    """Obviously fake tokens and the lock's hashes pass."""
    assert scan(tmp_path, text) == []


def test_line_marked_on_purpose_passes(tmp_path: Path) -> None:
    """A shown pattern is allowed where its line says so."""
    assert scan(tmp_path, f'VALUE = "{SHAPES[0]}"  # pragma: allowlist secret\n') == []
