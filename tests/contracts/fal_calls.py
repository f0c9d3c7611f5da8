"""Rungs and tasks for the tests of fal, and the client's address."""

from infra.local.fal import Fal
from shared.adapters.fal import FalPictures
from shared.adapters.fal_once import FalAccess
from shared.adapters.fal_requests import GPT_IMAGE, KLING, SEEDANCE, SEEDREAM
from shared.adapters.fal_videos import FalVideos
from shared.credits.catalogue import COMMON_RATIOS
from shared.providers.ladder import PictureRung, VideoRung
from shared.providers.outcomes import PictureTask
from shared.providers.videos import VideoTask

KEY = "TEST-fal-key:not-a-real-one"
SECRET_PROMPT = "SECRET red fox"
TASK = PictureTask(SECRET_PROMPT, "16:9", "2K")
DREAM = PictureRung(
    provider="fal",
    id=SEEDREAM,
    costs_usd_micros={"1K": 40_000, "2K": 40_000, "4K": 40_000},
    ratios=COMMON_RATIOS,
    references_max=10,
    shutdown_on=None,
)
GPT = PictureRung(
    provider="fal",
    id=GPT_IMAGE,
    costs_usd_micros={"1K": 86_000, "2K": 140_000, "4K": 172_000},
    ratios=COMMON_RATIOS,
    references_max=1,
    shutdown_on=None,
)


def video_rung(rung_id: str) -> VideoRung:
    return VideoRung(
        provider="fal",
        id=rung_id,
        shutdown_on=None,
        works=frozenset({"text", "image"}),
        costs_usd_micros={"720p": 112_000, "1080p": 140_000},
        seconds=tuple(range(3, 16)),
        ratios=("16:9", "9:16"),
    )


KLING_RUNG, SEEDANCE_RUNG = video_rung(KLING), video_rung(SEEDANCE)
FILM = VideoTask(work="text", prompt=SECRET_PROMPT, seconds=3, ratio="16:9", resolution="720p", label="a-job")
PREFIX = "videos/a-job/1/"


def open_pictures(fal: Fal, key: str = KEY, seconds_max: float = 20.0) -> FalPictures:
    return FalPictures(FalAccess(key, fal.base_url), seconds_max)


def open_videos(fal: Fal, key: str = KEY, seconds_max: float = 20.0) -> FalVideos:
    return FalVideos(FalAccess(key, fal.base_url), seconds_max)
