"""How a process reaches Gemini: the developer API with a key, or the enterprise API as its service account."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from google.auth.credentials import Credentials


@dataclass(frozen=True, slots=True)
class Access:
    """The API to use: a key, or a project and a location. `base_url` replaces Google's address."""

    api_key: str = ""
    project: str = ""
    location: str = "global"
    base_url: str = ""
    credentials: "Credentials | None" = None
    """What google-genai shows the enterprise API; None: the environment's default credentials."""
