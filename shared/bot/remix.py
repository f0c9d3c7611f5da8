"""What people see who open the link of a shared result: the picture, and the free question what to change in it.

t.me/…?start=r_… ──▶ the picture ──▶ the question, with the price ── words, or a tool ──▶ a picture of their own

The question is a draft like that of a photo without words. The picture in it is read from our bucket when it is needed,
so the author's message may be gone; it is refused once the link is closed or the picture deleted.
"""

from dataclasses import replace
from datetime import datetime

from shared.bot.describe_share import describe_share
from shared.bot.remix_video import show_shared_video
from shared.credits.catalogue import price_of
from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.limits import FILE_BYTES_MAX
from shared.people.users import Language, User
from shared.pictures.ask_first import keep_question
from shared.pictures.declines import way_to_credits
from shared.pictures.draft import Draft, DraftState
from shared.pictures.keep_shares import Shared, open_share
from shared.pictures.keyboards import PHOTO_TOOLS, animate_button
from shared.pictures.open_drafts import new_draft, post_card
from shared.pictures.picture import Reference, artefacts_of, is_picture, request_of, result_of
from shared.pictures.share import read_share_link
from shared.ports import Button, Media, Place, Ports, Screen
from shared.telegram.answers import answer
from shared.telegram.callbacks import write_callback
from shared.telegram.updates import Message
from shared.telegram.visits import Visit, mode_of
from shared.texts import html_text, plain_text
from shared.videos.video import is_video, video_artefacts


async def show_shared_result(ports: Ports, visit: Visit, message: Message) -> bool:
    """Show what a link leads to, and ask what to change in it; False for any other payload. Nothing is bought.

    Raises TooManyRequestsError, UnavailableError.
    """
    link = read_share_link(message.text)
    if link is None:
        return False
    shared = await open_share(ports, *link)
    if shared is not None and is_picture(shared.job) and artefacts_of(shared.job).result is not None:
        await _ask(ports, visit, message, shared)
    elif shared is not None and is_video(shared.job) and video_artefacts(shared.job).video is not None:
        await show_shared_video(ports, visit, message, shared)
    else:
        await answer(ports, visit, Screen(html_text(visit.language, "shared-gone")))
    return True


async def _ask(ports: Ports, visit: Visit, message: Message, shared: Shared) -> None:
    can_answer = mode_of(ports, visit) != "picture"
    draft = replace(new_draft(ports, visit, message), can_answer=can_answer, parts={"0": material_of_share(shared)})
    asking = replace(draft, state=DraftState.ASKING, sweep_at=None)
    if await keep_question(ports, visit, asking):
        await _show_picture(ports, asking, shared)
        user, language = visit.opened.user, visit.language
        await post_card(ports, asking, shared_screen(asking, shared, user, language, ports.clock.now()))


def material_of_share(shared: Shared) -> Reference:
    """A shared picture as the material of another. Older releases, which do not know shares, take Telegram's copy."""
    result, job = result_of(shared.job), shared.job
    size_bytes = min(result.size_bytes, FILE_BYTES_MAX)
    return Reference(result.photo_file_id, size_bytes, request_of(job).ratio, shared_id=job.id)


async def _show_picture(ports: Ports, draft: Draft, shared: Shared) -> None:
    """Send the picture as Telegram keeps it. The question is asked without it too."""
    file_id = result_of(shared.job).photo_file_id
    if not file_id:
        return
    try:
        place = Place(draft.chat_id, draft.thread_id)
        await ports.messenger.send_photo(place, Media(file_id, f"{draft.id}.jpg"), Screen(""))
    except (TooManyRequestsError, DeliveryUnknownError):
        raise
    except MessengerError:
        return


def shared_screen(draft: Draft, shared: Shared, user: User, language: Language, now: datetime) -> Screen:
    """The question about a shared picture, with the price of a version; without enough credits, what helps."""
    settings = user.settings
    price = price_of(settings.model, settings.size) * settings.count
    lines = describe_share(shared.share, language, ("shared", "shared-by"), request_of(shared.job).prompt)
    if user.account.available < price:
        way = way_to_credits(language, user, price, now)
        lines.append(html_text(language, "shared-short", price=price, credits=user.account.available, way=way))
        return Screen("\n".join(lines))
    lines.append(html_text(language, "shared-what", price=price, credits=user.account.available))
    tools = Button(plain_text(language, "button-tools"), write_callback(PHOTO_TOOLS, draft.id))
    return Screen("\n".join(lines), ((animate_button(draft, language), tools),))
