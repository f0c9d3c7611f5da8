"""The tables of surfaces and of the screens of each kind, for `Ports`. A new one is a line here.

The screens of a kind are loaded when a process meets its first job of that kind.
"""

from shared.jobs.frame import Surface
from shared.jobs.screens import Screens
from shared.late import LateTable
from shared.rest.surface import API, ApiSurface
from shared.telegram.address import TELEGRAM
from shared.telegram.chat import TelegramChat

SURFACES: dict[str, Surface] = {TELEGRAM: TelegramChat(), API: ApiSurface()}
SCREENS = LateTable[Screens](
    {
        "picture": "shared.pictures.cards:PICTURE_SCREENS",
        "answer": "shared.conversations.answer_screens:ANSWER_SCREENS",
        "transcript": "shared.voices.transcript_screens:TRANSCRIPT_SCREENS",
        "speech": "shared.voices.speech_screens:SPEECH_SCREENS",
        "video": "shared.videos.video_screens:VIDEO_SCREENS",
        "archive": "shared.gallery.archive_screens:ARCHIVE_SCREENS",
        "export": "shared.privacy.export_screens:EXPORT_SCREENS",
    },
    Screens,
)
