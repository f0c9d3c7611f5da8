"""The kinds of work that there are, by the function that does them. A new kind is a line here.

A function loads the rooms of its own kinds only.
"""

from shared.jobs.frame import Kind
from shared.ports import PictureStudio, TalkStudio, VideoStudio


def image_kinds() -> dict[str, Kind[PictureStudio]]:
    """What `image` does."""
    from shared.pictures.kind import PICTURE

    return {"picture": PICTURE}


def chat_kinds() -> dict[str, Kind[TalkStudio]]:
    """What `chat` does."""
    from shared.bot.take_spoken import take_spoken
    from shared.conversations.kind import ANSWER
    from shared.voices.kind import make_transcript_kind
    from shared.voices.speech_kind import SPEECH

    return {"answer": ANSWER, "transcript": make_transcript_kind(take_spoken), "speech": SPEECH}


def video_kinds() -> dict[str, Kind[VideoStudio]]:
    """What `video` does."""
    from shared.videos.kind import VIDEO_KIND

    return {"video": VIDEO_KIND}
