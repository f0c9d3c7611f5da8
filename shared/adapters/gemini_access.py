"""How a process reaches Gemini, the developer API with a key or the enterprise API as its service account, and the
filters of every call.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

HARM_CATEGORIES = (
    "HARM_CATEGORY_HARASSMENT",
    "HARM_CATEGORY_HATE_SPEECH",
    "HARM_CATEGORY_SEXUALLY_EXPLICIT",
    "HARM_CATEGORY_DANGEROUS_CONTENT",
)
HARM_THRESHOLD = "BLOCK_ONLY_HIGH"
"""Set in each call because newer models have these filters off by default. A stricter threshold refuses ordinary art (a
battle, a nude by an old master), and Google always blocks the worst content.
"""


@dataclass(frozen=True, slots=True)
class Access:
    """The API to use: a key, or a project and a location. `base_url` replaces Google's address."""

    api_key: str = ""
    project: str = ""
    location: str = "global"
    base_url: str = ""
    credentials: "Credentials | None" = None
    """What google-genai shows the enterprise API; None: the environment's default credentials."""
