"""What the tests of fal ask for: the models that the catalogue sells."""

from infra.local.fal import Fal
from shared.adapters.fal import FalPictures
from shared.adapters.fal_once import FalAccess
from shared.adapters.fal_videos import FalVideos
from shared.credits.catalogue import OFFERS, VIDEOS
from shared.providers.outcomes import PictureTask
from shared.providers.videos import VideoTask

KEY = "TEST-fal-key:not-a-real-one"
SECRET_PROMPT = "SECRET red fox"
TASK = PictureTask(SECRET_PROMPT, "16:9", "2K")
DREAM, GPT = OFFERS["dream"].rungs[0], OFFERS["gpt"].rungs[0]
KLING_RUNG, SEEDANCE_RUNG = VIDEOS["kling"].rungs[0], VIDEOS["seedance"].rungs[0]
FILM = VideoTask(work="text", prompt=SECRET_PROMPT, seconds=3, ratio="16:9", resolution="720p", label="a-job")
PREFIX = "videos/a-job/1/"


def open_pictures(fal: Fal, key: str = KEY, seconds_max: float = 20.0) -> FalPictures:
    return FalPictures(FalAccess(key, fal.base_url), seconds_max)


def open_videos(fal: Fal, key: str = KEY, seconds_max: float = 20.0) -> FalVideos:
    return FalVideos(FalAccess(key, fal.base_url), seconds_max)
