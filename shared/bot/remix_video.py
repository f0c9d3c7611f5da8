"""What people see who open the link of a shared video: the video, and the question what should be different in it.

Words in reply open the review of a changed video, as after *Change* under a video of one's own. The new video is made
only while the link is open (`Source.is_shared`).
"""

from shared.bot.describe_share import describe_share
from shared.errors import DeliveryUnknownError, MessengerError, TooManyRequestsError
from shared.jobs.job import Job
from shared.people.users import Waiting
from shared.people.waiting import stop_waiting, wait_for_words
from shared.pictures.keep_shares import Shared
from shared.ports import Ports, Screen, Video
from shared.telegram.answers import answer
from shared.telegram.updates import Message
from shared.telegram.visits import Visit
from shared.texts import html_text, plain_text
from shared.videos.change_video import wish_about
from shared.videos.choice import Choice, fit, price_of_choice, works_for
from shared.videos.video import stored_video, video_request


async def show_shared_video(ports: Ports, visit: Visit, message: Message, shared: Shared) -> None:
    """Show the video and ask. Nothing is bought. Raises MessengerErrors, UnavailableError."""
    language, job, wish = visit.language, shared.job, wish_about(shared.job, "")
    lines = describe_share(shared.share, language, ("shared-video", "shared-video-by"), video_request(job).prompt)
    if "edit" not in works_for(wish):
        await _show(ports, visit, job, Screen("\n".join([*lines, html_text(language, "shared-video-seen")])))
        return
    price, available = price_of_choice(wish, fit(wish, Choice(work="edit"))), visit.opened.user.account.available
    lines.append(html_text(language, "shared-video-what", price=price, credits=available))
    chat = message.chat
    question = Waiting(chat.id, chat.thread_id, "job", job.id, visit.received_at, is_video=True)
    await wait_for_words(ports, visit.opened, question)
    placeholder = plain_text(language, "video-change-placeholder")
    try:
        await _show(ports, visit, job, Screen("\n".join(lines), force_reply=placeholder))
    except (TooManyRequestsError, DeliveryUnknownError):  # the update is delivered again and asks again
        await stop_waiting(ports, question, message.sender.id)
        raise


async def _show(ports: Ports, visit: Visit, job: Job, screen: Screen) -> None:
    """Send the video with this caption; the text alone if Telegram has no file of it."""
    made = stored_video(job)
    if made.file_id:
        video = Video(made.file_id, f"{job.id}.mp4", made.width, made.height, round(made.seconds))
        try:
            await ports.messenger.send_video(visit.place, video, screen)
        except (TooManyRequestsError, DeliveryUnknownError):
            raise
        except MessengerError:
            pass
        else:
            return
    await answer(ports, visit, screen)
