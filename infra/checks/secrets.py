"""Checking that no file of the repository contains a real key or token.

It uses detect-secrets' exact patterns. Its heuristics (high entropy, suspicious names) are off, because they match
every hash of the lock. A line that contains a pattern on purpose has the comment `pragma: allowlist secret`.
"""

from collections.abc import Iterator
from pathlib import Path

from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

from infra.checks.findings import ROOT, exit_with, list_files

DETECTORS = (
    "ArtifactoryDetector",
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "JwtTokenDetector",
    "NpmDetector",
    "OpenAIDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SendGridDetector",
    "SlackDetector",
    "StripeDetector",
    "TelegramBotTokenDetector",
    "TwilioKeyDetector",
)
OWN_DETECTORS = {"GoogleKeyDetector": "google_keys.py"}
BINARY = {".png", ".jpg", ".jpeg", ".webp", ".gif", ".ico", ".woff2", ".pdf", ".ogg", ".mp4"}


def find_secrets(root: Path, files: list[Path]) -> Iterator[str]:
    """One line per likely secret; the secret itself is not repeated."""
    folder = Path(__file__).parent
    own = [{"name": name, "path": (folder / file).as_uri()} for name, file in OWN_DETECTORS.items()]
    with transient_settings({"plugins_used": [*({"name": name} for name in DETECTORS), *own]}):
        for path in files:
            if path.suffix.lower() in BINARY:
                continue
            for secret in scan_file(str(root / path)):
                yield f"{path}:{secret.line_number}: looks like a secret ({secret.type})"


if __name__ == "__main__":
    exit_with(find_secrets(ROOT, list_files(ROOT)))
