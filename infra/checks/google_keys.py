"""A detect-secrets plugin: keys and tokens that Google issues."""

import re
from typing import ClassVar

from detect_secrets.plugins.base import RegexBasedDetector


class GoogleKeyDetector(RegexBasedDetector):
    """API keys (`AIza…`), OAuth client secrets (`GOCSPX-…`) and access tokens (`ya29.…`)."""

    secret_type = "Google key"  # noqa: S105 — the name of a kind
    denylist: ClassVar = [
        re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b"),
        re.compile(r"\bGOCSPX-[0-9A-Za-z_-]{28}\b"),
        re.compile(r"\bya29\.[0-9A-Za-z_-]{30,}"),
    ]
