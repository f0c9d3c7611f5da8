"""The tables of kinds, one for each function that moves jobs. A new kind is a line here.

A function imports only the rooms of its own kinds.
"""

from shared.jobs.frame import Kind
from shared.ports import PictureStudio, TalkStudio, VideoStudio


def image_kinds() -> dict[str, Kind[PictureStudio]]:
    """The kinds of `image`."""
    from shared.pictures.kind import PICTURE

    return {"picture": PICTURE}


def chat_kinds() -> dict[str, Kind[TalkStudio]]:
    """The kinds of `chat`."""
    from shared.bot.take_spoken import take_spoken
    from shared.conversations.kind import ANSWER
    from shared.voices.kind import make_transcript_kind
    from shared.voices.speech_kind import SPEECH

    return {"answer": ANSWER, "transcript": make_transcript_kind(take_spoken), "speech": SPEECH}


def video_kinds() -> dict[str, Kind[VideoStudio]]:
    """What `video` does."""
    from shared.gallery.archive_kind import ARCHIVE_KIND
    from shared.privacy.make_export import EXPORT_KIND
    from shared.videos.kind import VIDEO_KIND

    return {"video": VIDEO_KIND, "archive": ARCHIVE_KIND, "export": EXPORT_KIND}
