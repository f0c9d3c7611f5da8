"""Words after the review of pictures that came without any: they say what moves, and are reviewed in their turn.

*Animate*, or pictures alone ── the review ── words alone ──▶ a review of them, which buys nothing either
                                           ── an order to draw, a question, thanks ──▶ what they are without it
"""

from dataclasses import replace

from shared.conversations.read_rules import Act, Situation, read_rules
from shared.people.users import Waiting, find_waiting
from shared.people.waiting import find_video_question, take_answer
from shared.pictures.draft import Draft, DraftState
from shared.pictures.open_drafts import open_draft
from shared.pictures.wishes import ANSWERS, read_words
from shared.ports import Ports
from shared.telegram.updates import Message
from shared.telegram.visits import Visit, is_plain
from shared.videos.ask_review import ask_review
from shared.videos.choice import choice_for
from shared.videos.read_wish import read_parameters, read_work, says_no_movement
from shared.videos.review import wish_of


async def take_movement(ports: Ports, visit: Visit, message: Message) -> bool:
    """Show the review of these words; False if they do not say what moves. Raises MessengerErrors, UnavailableError."""
    waiting = _find_question(ports, visit, message)
    if waiting is None or not _may_say_movement(message):
        return False
    opened = await open_draft(ports, waiting.id)
    if opened is None or not (waiting.message_id or _is_without_words(opened.draft)):
        return False
    await take_answer(ports, waiting, message.message_id, message.sender.id)
    wish = replace(wish_of(opened.draft), words=message.text)
    wish, choice = read_parameters(wish, choice_for(wish.shape))
    await ask_review(ports, visit, wish, read_work(wish, choice))
    return True


def _find_question(ports: Ports, visit: Visit, message: Message) -> Waiting | None:
    """The review without words that this message may answer."""
    waiting = find_waiting(visit.opened.user, message.chat.id, message.chat.thread_id, ports.clock.now())
    return find_video_question(waiting, "draft", message.message_id)


def _may_say_movement(message: Message) -> bool:
    is_alone = is_plain(message) and message.attached is None
    is_order = read_rules(message.text, Situation()) is Act.DRAW
    return is_alone and not is_order and read_words(message.text) in ANSWERS


def _is_without_words(draft: Draft) -> bool:
    return draft.state is DraftState.ASKING and draft.wants_video and says_no_movement(wish_of(draft))
