"""Begins a video without its review, for people who want that of cheap ones (`reviews_above`).

Only the wish of a message in the private chat can begin like this: in clear words, with the person's own photo or
picture or without any, at the default choice. Everything else has its review. The intent is the message's, so it is
one video, however often the message is delivered.
"""

from dataclasses import replace

from shared.credits.catalogue import VIDEO, sold_videos
from shared.jobs.accept_request import Accepted, Order
from shared.jobs.identity import message_intent
from shared.jobs.limits import check_means
from shared.people.talk import reviews_above
from shared.pictures.find_material import Target
from shared.pictures.place_order import place_order
from shared.ports import Ports
from shared.telegram.announce_jobs import announce_jobs, resume_jobs
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit, origin_of
from shared.videos.choice import Choice, Wish, keep_to_sold, plan_video
from shared.videos.read_wish import is_clear
from shared.videos.video import VideoArtefacts, VideoRequest


async def start_at_once(
    ports: Ports, visit: Visit, message: Message, target: Target, wish: Wish, choice: Choice
) -> bool:
    """Begin a video that needs no review; False if it needs one. Raises MessengerErrors, UnavailableError."""
    user, count = visit.opened.user, wish.picture_count
    is_meant = count <= 1 and _is_own(message, target) and is_clear(message.text, has_picture=count == 1)
    limit = reviews_above(user.talk)
    if not limit or not is_meant:
        return False
    request = plan_video(wish, keep_to_sold(choice, sold_videos(ports.sellers)))
    if not isinstance(request, VideoRequest) or request.price > limit:
        return False
    if check_means(user, request.price, 1, ports.clock.now()) is not None:
        return False  # the review says what helps
    await _order(ports, visit, message, request)
    return True


def _is_own(message: Message, target: Target) -> bool:
    """Whether the words were typed, in the private chat, as they are, about nothing or about an own picture."""
    is_typed = not (message.is_foreign or message.edited) and message.spoken is None
    job = target.job
    is_known = target.is_nothing or (job is not None and job.user_id == message.sender.id and target == Target(job=job))
    return message.chat.is_private and is_typed and is_known


async def _order(ports: Ports, visit: Visit, message: Message, request: VideoRequest) -> None:
    """Begin it. A photo that follows in the same moment does not join it, as it would join a picture."""
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    origin = replace(origin_of(visit, intent), waiting=None, is_plain=False)
    order = Order(VIDEO.kind, request, VideoArtefacts(), 1, is_recent=False)
    came_of_it = await place_order(ports, visit.opened, origin, order, is_confirmed=True)
    if isinstance(came_of_it, Accepted):
        visit.recorded = came_of_it.fresh
        await (announce_jobs if came_of_it.fresh else resume_jobs)(ports, came_of_it.jobs)
    else:
        await answer(ports, visit, came_of_it)
