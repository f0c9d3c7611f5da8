"""Acting on a model's reading of a message: an answer, one picture at the person's settings, or a free question.

Only three things come from the model: the prompt of one picture, its format, and the picture to change. If the model is
not sure, or the picture costs more than the person allows without a question, the bot asks in the person's own words.
"""

from shared.conversations import vocabulary as known
from shared.conversations.read_message import Seen
from shared.conversations.read_rules import Act
from shared.conversations.reading import Understanding, decide
from shared.conversations.take_questions import take_question
from shared.jobs.identity import message_intent
from shared.jobs.job import Job
from shared.people.talk import asks_above
from shared.pictures import take_requests as requests
from shared.pictures.ask_first import Question
from shared.pictures.draft import Doubt
from shared.pictures.find_material import Target, material_of
from shared.pictures.picture import PictureRequest
from shared.pictures.prompts import parse_prompt
from shared.pictures.request import Material, plan_one
from shared.ports import Ports
from shared.providers.outcomes import DeclineReason
from shared.telegram.updates import Message
from shared.telegram.visits import Visit


async def carry_out(ports: Ports, visit: Visit, message: Message, seen: Seen) -> None:
    """Do what the message asks for, or ask back. Raises UnavailableError."""
    brings_picture = message.file is not None
    act = decide(seen.understood, message.text, len(seen.pictures), brings_picture=brings_picture)
    if act is Act.ANSWER:
        await take_question(ports, visit, message)
    elif act is Act.ANIMATE:
        question = Question(message.text, Material(), Doubt.ALONE, wants_video=True)
        await requests.ask(ports, visit, message, Target(job=_find_picture(message, seen)), question)
    elif act is Act.ASK or seen.understood is None:
        await _ask(ports, visit, message, seen)
    else:
        await _draw(ports, visit, message, seen, seen.understood)


async def draw_description(ports: Ports, visit: Visit, message: Message) -> None:
    """Draw a description that the rules recognised; without an explicit order, the card shows what was understood."""
    parsed = parse_prompt(message.text)
    understood = Understanding(Act.DRAW, 1.0, parsed.text, ratio=parsed.ratio)
    await carry_out(ports, visit, message, Seen(understood))


async def change_picture(ports: Ports, visit: Visit, message: Message, picture: Job) -> None:
    """Change this picture: the words can mean nothing else."""
    parsed = parse_prompt(message.text)
    understood = Understanding(Act.EDIT, 1.0, parsed.text, which=0, ratio=parsed.ratio)
    await carry_out(ports, visit, message, Seen(understood, (picture,)))


async def _draw(ports: Ports, visit: Visit, message: Message, seen: Seen, understood: Understanding) -> None:
    """Draw one picture, unless it costs more than the person allows without a question."""
    request = _plan(visit, message, understood, _find_picture(message, seen))
    if isinstance(request, DeclineReason) or request.price > asks_above(visit.opened.user.talk):
        await _ask(ports, visit, message, seen)
        return
    intent = message_intent(ports.bot_id, message.chat.id, message.message_id)
    # The limit of *Auto* counts here, also where it is above the usual one.
    came_of_it = await requests.start_order(ports, visit, intent, request, 1, is_confirmed=True)
    await requests.tell_declined(ports, visit, came_of_it)


def _find_picture(message: Message, seen: Seen) -> Job | None:
    """The picture to change: one of those shown to the model, and only if the message itself brings none."""
    understood = seen.understood
    if (
        understood is None
        or understood.act not in {Act.EDIT, Act.ANIMATE}
        or message.file is not None
        or understood.which is None
    ):
        return None
    return next(iter(seen.pictures[understood.which :]), None)


def _plan(
    visit: Visit, message: Message, understood: Understanding, parent: Job | None
) -> PictureRequest | DeclineReason:
    material = material_of(Target(job=parent), requests.own_pictures(message))
    assert not isinstance(material, DeclineReason), "only pictures that are there were shown"
    prompt = understood.prompt or message.text
    return plan_one(prompt, understood.ratio, message.text, visit.opened.user.settings, material)


async def _ask(ports: Ports, visit: Visit, message: Message, seen: Seen) -> None:
    """Ask for free whether to draw or to answer. Only the wording of the question may come from the model."""
    said = seen.understood
    asks = said.question if said is not None and said.act is Act.ASK else ""
    asks = "" if known.POINTS_OUT.search(asks) else asks
    target = Target(job=_find_picture(message, seen))
    await requests.ask(ports, visit, message, target, Question(message.text, Material(), Doubt.ALONE, asks=asks))
