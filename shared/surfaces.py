"""The tables of surfaces and of the screens of each kind, for `Ports`. A new one is a line here."""

from shared.conversations.answer_screens import ANSWER_SCREENS
from shared.gallery.archive_screens import ARCHIVE_SCREENS
from shared.jobs.frame import Surface
from shared.jobs.screens import Screens
from shared.pictures.cards import PICTURE_SCREENS
from shared.telegram.address import TELEGRAM
from shared.telegram.chat import TelegramChat
from shared.videos.video_screens import VIDEO_SCREENS
from shared.voices.speech_screens import SPEECH_SCREENS
from shared.voices.transcript_screens import TRANSCRIPT_SCREENS

SURFACES: dict[str, Surface] = {TELEGRAM: TelegramChat()}
SCREENS: dict[str, Screens] = {
    "picture": PICTURE_SCREENS,
    "answer": ANSWER_SCREENS,
    "transcript": TRANSCRIPT_SCREENS,
    "speech": SPEECH_SCREENS,
    "video": VIDEO_SCREENS,
    "archive": ARCHIVE_SCREENS,
}
