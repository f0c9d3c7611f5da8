"""A short life of the bot, the same in every run, that ends in the middle: one person for each thing that can be
under way when a new version takes over.

What is over comes first. Then come the things that stay open; the tasks of each are kept aside, so that nothing that
happens to one person moves another's.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, get_args

from shared.codec import encode
from shared.credits.catalogue import FREE_ANSWERS_PER_DAY
from shared.credits.ledger import Change, Charge, TakingBack, TransferKind, book_purchase, take_back
from shared.credits.transfer_documents import create_transfer
from shared.errors import MessageRejectedError, TooManyRequestsError
from shared.growth.book_charges import book_charge, take_charge_back
from shared.growth.growth_documents import create_promo
from shared.growth.promo_code import PromoCode
from shared.growth.settlement import SETTLE_TIME
from shared.growth.take_due import take_due
from shared.hash_ids import hash_id
from shared.people.accounts import open_user
from shared.people.api_keys import ApiKey, hash_secret
from shared.people.card_settings import CardSettings
from shared.people.change_credits import change_credits
from shared.people.library import write_link
from shared.people.note_seen import note_blocked
from shared.people.perks import SpentInCampaign
from shared.people.prompt_documents import decode_prompt
from shared.people.subscriptions import Period, add_period
from shared.people.user_documents import decode_user, user_key
from shared.people.webhooks import OffReason, Webhook, WebhookSecret
from shared.ports import Member, Query, Update
from shared.providers.outcomes import Busy, NoResult, PictureTask, Refused
from shared.providers.talk import Source, Talk
from shared.task import Task
from tests.fakes.cards import FakeCards
from tests.fakes.messenger import Shown
from tests.fakes.text_model import Answer, tell_words
from tests.unit.pictures.albums import album
from tests.world import BOT_ID, GROUP, World

Json = dict[str, Any]
BIRDS = -1007
"""A group with a wallet."""
TOPIC: Json = {"message_thread_id": 5, "is_topic_message": True}


class KilledError(BaseException):
    """Stands for the end of a process: no handler of ours catches it."""


@dataclass
class Stage:
    """The world as it was left, and the tasks that are still to come."""

    world: World = field(default_factory=World)
    tasks: list[Task] = field(default_factory=list)

    def keep_tasks(self) -> None:
        """What was created since, for whoever comes after."""
        self.tasks += self.world.tasks.take_all()

    def keep_update(self, update: Json) -> None:
        """An update that the webhook has stored and nobody has handled."""
        self.tasks.append(Task("bot", "/", json.dumps(update).encode()))


async def play() -> Stage:
    """Everything that a document or a task can tell, each at least once."""
    stage = Stage()
    await _finish_some(stage.world)
    await _finish_a_batch(stage.world)
    await _use_tools(stage.world)
    await _book_changes(stage.world)
    await _give_away(stage)
    await _leave_jobs(stage)
    await _leave_drafts(stage)
    await _leave_questions(stage)
    await _leave_words(stage)
    await _finish_talks(stage.world)
    await _remember(stage.world)
    await _search(stage.world)
    await _begin_to_buy(stage.world)
    await _ask_for_support(stage.world)
    await _hide(stage.world)
    await _leave_talks(stage)
    await _leave_voices(stage)
    await _leave_speech(stage)
    await _leave_updates(stage)
    return stage


async def _begin_to_buy(world: World) -> None:
    """Somebody who wants to pay by card, and is asked for their e-mail."""
    world.sell(b"k" * 32, cards={"lava": FakeCards()})
    await world.send(world.message("/buy", user_id=690))
    await world.send(world.tap("card;", world.shown(690), user_id=690))
    await world.send(world.tap("cardbuy;", world.shown(690), user_id=690))
    world.sell()


async def _ask_for_support(world: World) -> None:
    """Somebody who wants to write to the operators."""
    world.ports = replace(world.ports, support_chat_id=-100700)
    await world.send(world.message("/support", user_id=691))
    world.ports = replace(world.ports, support_chat_id=0)


async def _hide(world: World) -> None:
    """Somebody who asks for a picture incognito."""
    await _choose(world, 692, "incognito", "incognito;on")
    await world.send(world.message("a grey fox", user_id=692))


async def _finish_some(world: World) -> None:
    """Jobs at each of their ends, settings, a deleted picture, something unusable."""
    await _choose(world, 601, "settings", "set;size;2K", "set;original;on")
    await _choose(world, 601, "language", "set;language;ru")
    await _choose(world, 601, "balance", "balcsv")
    await world.send(world.message("a red fox 16:9", user_id=601))
    await world.send(world.reply("and now at night", _picture(world, 601), user_id=601))
    await world.send(world.message("a wolf x2", user_id=602))
    await _delete_first(world, 602)
    await _press_buttons(world, 605)
    await _collect(world, 606)
    world.model.script("nothing good", Refused("SAFETY"))
    world.model.script("nothing at all", NoResult("STOP", "I would rather not"), NoResult("STOP", "Really not"))
    await world.send(world.message("nothing good", user_id=603), world.message("nothing at all", user_id=603))
    await world.deliver(world.message("an owl", user_id=604))
    await world.send(world.tap("cancel", world.shown(604), user_id=604))
    await world.send(world.message("/cancel", user_id=604))
    await world.deliver(world.message("/image a bat", user_id=605, chat_id=GROUP, **TOPIC))
    world.messenger.photoless.add(GROUP)
    await world.settle()
    world.messenger.photoless.clear()
    await world.deliver(b"no update at all")


async def _collect(world: World, user_id: int) -> None:
    """A favourite in a collection, sent again, and a question for the name of another collection."""
    await world.send(world.message("a heron", user_id=user_id))
    await world.send(world.message("/gallery", user_id=user_id))
    shown = world.shown(user_id)
    for action in ("gstar", "gsets", "gname"):
        await world.send(world.tap(action, world.messenger.chats[user_id][shown.message_id], user_id=user_id))
    question = world.shown(user_id)
    replied = {"message_id": question.message_id, "from": {"id": BOT_ID, "is_bot": True}, "text": question.text}
    await world.send(world.message("Birds", user_id=user_id, reply_to_message=replied))
    for action in ("gsend", "gsets", "gname"):
        await world.send(world.tap(action, world.messenger.chats[user_id][shown.message_id], user_id=user_id))


async def _finish_a_batch(world: World) -> None:
    """Two different pictures of one question, which came one by one and then as an album; and two in their album."""
    world.messenger.fail("send_album", MessageRejectedError("no"))
    await world.send(world.message("/batch a stork\na crane", user_id=606))
    asked = world.shown(606)
    await world.send(world.tap("batch;", asked, user_id=606))
    await world.send(world.tap("batchalbum", world.messenger.chats[606][asked.message_id], user_id=606))
    await _choose(world, 699, "settings", "set;original;on")
    await world.send(world.message("/batch a stork\na crane", user_id=699))
    await world.send(world.tap("batch;", world.shown(699), user_id=699))


async def _use_tools(world: World) -> None:
    """A picture with a seed, a version of it that stands beside it, and a tool that asks."""
    await world.send(world.message("a heron --seed 7 --no snow", user_id=606))
    await world.send(world.reply("in the rain", world.shown(606), user_id=606))
    picture = world.shown(606)
    await world.send(world.tap("tools", picture, user_id=606))
    world.clock.advance(3)
    tools = [button for row in world.messenger.chats[606][picture.message_id].buttons for button in row]
    for name in ("compare", "part"):
        data = next(each.data for each in tools if each.data.endswith(f";{name}"))
        await world.send(world.tap_data(data, picture.message_id, user_id=606))


async def _book_changes(world: World) -> None:
    """What nobody does by a message: purchases and their ends, a subscription, an operator's changes."""
    for change in (
        Change(TransferKind.GIFT, 601, 5, "ticket-1", "Thank you for the report"),
        Change(TransferKind.CORRECTION, 601, -2, "ticket-2", "Given twice"),
    ):
        await change_credits(world.store, world.clock, change)
    kinds: tuple[TakingBack, ...] = get_args(TakingBack)
    for kind in kinds:
        charge = Charge(f"made-up-{kind}", 601, 50)
        [stored] = await world.store.read([user_key(601)])
        assert stored is not None
        account, purchase = book_purchase(decode_user(stored).account, charge, world.now)
        account, end = take_back(account, charge, kind, world.now)
        period = Period("order-1", 231, 300, "made-up-charge", is_first=True, paid_at=world.now, until=world.now)
        changed = {"account": encode(account), "subscriptions": encode(add_period((), period))}
        perks = replace(decode_user(stored).perks, cashback=SpentInCampaign("Winter", 4, 1))
        closed = CardSettings(closed_at=world.now, opened="an operator: made up")
        changed |= {"perks": encode(perks), "card": encode(closed), "api_keys": encode((_make_key(world.now),))}
        changed |= {"webhooks": encode((_make_webhook(world.now),))}
        update = Update(user_key(601), changed | {"signed_out_at": world.now}, stored.version)
        await world.store.commit([update, create_transfer(purchase), create_transfer(end)])


def _make_key(now: datetime) -> ApiKey:
    """A key that was renewed and used."""
    return ApiKey("K" * 16, now, ("read",), hash_secret("TEST-new"), 1, hash_secret("TEST-old"), now, now)


def _make_webhook(now: datetime) -> Webhook:
    """One that was renewed, failed, was switched off and told."""
    secrets = (WebhookSecret("whsec_TEST-new"), WebhookSecret("whsec_TEST-old", now))
    return Webhook("K" * 16, now, "https://partner.example.org", secrets, now, now, OffReason.FAILING, is_told=True)


async def _give_away(stage: Stage) -> None:
    """A promo code that waits for a purchase, a wrong one, an invitation, and gifts of each state."""
    world = stage.world
    promo = PromoCode("AB23CD45EF", "winter", world.now + timedelta(days=30), percent=20, uses_max=5)
    await world.store.commit([create_promo(promo)])
    await world.send(world.message("/invite", user_id=607))
    link = world.shown(607).text.partition("?start=")[2].split()[0]
    await world.send(world.message(f"/start {link}", user_id=608))
    await world.send(world.message("/promo ab23c-d45ef", user_id=608), world.message("/promo wrong", user_id=608))
    await _settle_and_return(world, 608)
    for _ in range(3):
        await world.send(world.message("/gift 5", user_id=607))
    gifts = world.messenger.messages(607)[-3:]
    await world.send(world.tap("ungift", gifts[0], user_id=607))
    payload = gifts[1].text.partition("?start=")[2].split()[0]
    await world.deliver(world.message(f"/start {payload}", user_id=608))
    stage.keep_tasks()
    await _use_a_wallet(world)


async def _use_a_wallet(world: World) -> None:
    """A group's wallet that pays one picture, gets the price of another back, and is given up."""
    world.messenger.members[BIRDS] = {607: Member("Ann", is_administrator=True)}
    world.model.script("a sad crow", Refused("SAFETY"))
    for words in ("/wallet 20", "/image a lark", "/image a sad crow", "/wallet"):
        await world.send(world.message(words, user_id=607, chat_id=BIRDS))
    for action in ("wallet;close", "wallet;closeyes"):
        await world.send(world.tap(action, world.shown(BIRDS), user_id=607, chat_id=BIRDS))


async def _settle_and_return(world: World, user_id: int) -> None:
    """Purchases of somebody who was invited, and of who invited: one is returned after it was rewarded, one lasts."""
    for payer, charge_id in ((user_id, "invited"), (607, "lasting")):
        opened, charge = await open_user(world.ports, payer), Charge(hash_id(charge_id), payer, 190)
        booked = book_charge(opened.user, charge, world.now - SETTLE_TIME)
        await world.store.commit([*opened.writes(booked.user), *booked.writes])
        await take_due(world.ports, "settlements", charge.id)
    opened, charge = await open_user(world.ports, user_id), Charge(hash_id("invited"), user_id, 190)
    taken = await take_charge_back(world.store, opened.user, charge, TransferKind.REFUND, world.now)
    await world.store.commit([*opened.writes(taken.user), *taken.writes])
    promo = PromoCode("AB23CD45EF2", "winter", world.now + timedelta(days=30), percent=20, uses_max=5)
    await world.store.commit([create_promo(promo)])
    await world.send(world.message("/promo AB23CD45EF2", user_id=user_id))


async def _leave_jobs(stage: Stage) -> None:
    """A job in each state that is no end."""
    world = stage.world
    queued = world.message("a hare 3:4 x2", user_id=611)
    await world.deliver(queued)
    await world.deliver(world.edited(queued, "a white hare"))
    await world.deliver(world.photo("make it blue", user_id=612))
    await world.deliver(world.message("/image a badger", user_id=613, chat_id=GROUP, **TOPIC))
    await world.deliver(world.message("a mole", user_id=614))
    stage.keep_tasks()
    world.model.script("a busy bee", Busy("429"))
    await _start(stage, "a busy bee", 615)
    await _start_and_die(stage, "a mayfly", 616)
    world.messenger.fail("edit_photo", TooManyRequestsError(20))
    await _start(stage, "a slow snail", 617)
    world.model.script("a bad wolf", Refused("SAFETY"))
    world.messenger.fail("edit_text", TooManyRequestsError(20), TooManyRequestsError(20))  # the clock's edit, the end's
    await _start(stage, "a bad wolf", 618)
    picture = world.shown(601)
    await world.deliver(world.reply("in the rain", picture, user_id=601))
    stage.keep_tasks()


async def _leave_drafts(stage: Stage) -> None:
    """An album that is closed, one that is being collected, a question without an answer, the review of a video."""
    world = stage.world
    *parts, late = album(world, 3, "a collage", user_id=621)
    await world.send(*parts)
    await world.send(late)
    card = {"message_id": world.shown(GROUP).message_id, "from": {"id": BOT_ID, "is_bot": True}}
    for part in album(world, 2, "a poster", user_id=622, chat_id=GROUP, reply_to_message=card, **TOPIC):
        await world.deliver(part)
    await world.deliver(world.photo(user_id=623))
    await world.deliver(world.photo("/video waves roll in", user_id=624))
    stage.keep_tasks()


async def _leave_updates(stage: Stage) -> None:
    """Updates of each kind that is handled, one of them put off."""
    world = stage.world
    await _fail_once(stage, "send_text", world.message("/help", user_id=631))
    stage.keep_update(world.message("a first fox", user_id=632))
    stage.keep_update(world.reply("make it green", world.shown(623), user_id=623))
    stage.keep_update(world.tap("cancel", world.shown(614), user_id=614))
    stage.keep_update(world.tap("again", _picture(world, 602), user_id=602))
    stage.keep_update(world.tap("original", _picture(world, 601), user_id=601))
    stage.keep_update(world.message("/balance", user_id=601))


async def _leave_questions(stage: Stage) -> None:
    """Words that joined an album, words that may be meant for the last picture, one word to a picture, a payload."""
    world = stage.world
    await world.send(world.message("/start spring_sale", user_id=641), world.message("a fawn", user_id=641))
    await world.send(world.message("now at night", user_id=641))
    await world.send(world.reply("blue", _picture(world, 641), user_id=641))
    parts = album(world, 2, "", user_id=642)
    await world.send(parts[0], world.message("a collage of both", user_id=642), parts[1])
    await world.deliver(world.message("a meadow with one more flower " * 136, user_id=643))
    stage.keep_tasks()


async def _leave_words(stage: Stage) -> None:
    """In the mode *Auto*: a wish that was understood and waits, a video that was asked about, words to be read."""
    world = stage.world
    await _choose(world, 671, "mode", "mode;auto", "above;14")
    understood = {"act": "draw", "sure": 1, "prompt": "A red fox"}
    world.text_model.read = lambda talk: Answer((json.dumps(understood),))
    await world.send(world.message("make a video of a dancing bear", user_id=671))
    await world.deliver(world.message("a red fox in the snow", user_id=671))
    await world.run_next()
    await world.deliver(world.message("a grey wolf in the snow", user_id=671))
    stage.keep_tasks()


async def _leave_voices(stage: Stage) -> None:
    """A wish that was drawn, a long talk, noise, one about an album in a group, one that nobody has heard yet."""
    world = stage.world
    await world.send(world.voice("a red fox", user_id=681))
    await world.send(world.voice("A long talk. About foxes.", seconds=600, user_id=681))
    hear, world.text_model.hear = world.text_model.hear, lambda talk: Answer((tell_words("", heard="noise"),))
    await world.send(world.voice("?", user_id=682))
    world.text_model.hear = hear
    sizes = [{"file_id": "album", "file_size": 9, "width": 9, "height": 9}]
    about = {"message_id": 3, "from": {"id": 4711}, "photo": sizes, "media_group_id": "77", "caption": "Two cats"}
    command = {"caption": "/ask", "caption_entities": [{"type": "bot_command", "offset": 0, "length": 4}]}
    options: Json = {"user_id": 683, "chat_id": GROUP, "reply_to_message": about, **command, **TOPIC}
    await world.deliver(world.voice("what is it?", **options))
    stage.keep_tasks()


async def _leave_speech(stage: Stage) -> None:
    """An answer that was spoken, and one whose worker died while Telegram took the voice message."""
    world = stage.world

    async def die() -> None:
        raise KilledError

    await world.send(world.message("/ask what is loud?", user_id=656))
    await world.send(world.tap("speak", world.shown(656), user_id=656))
    await world.send(world.message("/ask what is quiet?", user_id=656))
    await world.deliver(world.tap("speak", world.shown(656), user_id=656))
    [task] = world.tasks.take_all()
    world.messenger.stall("send_voice", die)
    with suppress(KilledError):
        await world.run_task(task)
    stage.tasks.append(task)


async def _finish_talks(world: World) -> None:
    """Answers at each of their ends: long, cut, stopped, refused, free and paid, and asked for by each button."""
    await world.send(world.message("/mode", user_id=651))
    await world.send(world.tap("mode;chat", world.shown(651), user_id=651))
    world.text_model.script("why?", Answer(("A long answer. " * 400,)))
    world.text_model.script("how?", Answer(("It begins. It", " ends"), Busy("503")))
    world.text_model.script("tell me bad things", Answer(ending=Refused("SAFETY")))
    await world.send(world.message("why?", user_id=651))
    await world.send(world.tap("answer-again", world.shown(651), user_id=651))
    await world.send(world.message("how?", user_id=651))
    await world.send(world.tap("answer-continue", world.shown(651), user_id=651))
    await world.send(world.message("/new", user_id=651))
    quoted = {"message_id": 3, "from": {"id": 4711, "is_bot": False}, "text": "The moon is made of cheese."}
    await world.send(world.message("/ask is it?", user_id=651, reply_to_message=quoted))
    await world.send(world.tap("answer-shorter", world.shown(651), user_id=651))
    await world.send(world.message("tell me bad things", user_id=651))
    await world.send(world.message("/new", user_id=651))
    for number in range(FREE_ANSWERS_PER_DAY):
        await world.send(world.message(f"what is {number}?", user_id=651))
    await _stop(world, "tell me a story", 652)
    await world.send(world.file(b"The code is 4711.", "notes.txt", "/ask what is the code?", user_id=656))
    await world.send(world.file(b"no pdf", "a.pdf", "/ask what is in it?", user_id=656))


async def _remember(world: World) -> None:
    """Something to remember, a conversation that was deleted, one that goes on again, and one that gets a name; then
    the person blocks the bot.
    """
    await world.send(world.message("/remember I live in Rome", user_id=653))
    for question in ("/ask where am I?", "/new", "/ask who am I?", "/history"):
        await world.send(world.message(question, user_id=653))
    await world.send(world.tap("talk;", world.shown(653), user_id=653))
    await world.send(world.tap("talk-del;", world.shown(653), user_id=653))
    await world.send(world.tap("talk-del-yes", world.shown(653), user_id=653))
    for action in ("kept;", "kept;365", "hist;", "talk;", "talk-go", "talk-name"):
        await world.send(world.tap(action, world.shown(653), user_id=653))
    await note_blocked(world.ports, 653)


async def _search(world: World) -> None:
    """A search with its sources, a long answer, one about a file, and a shared prompt that is being filled in."""
    page = Source("https://vertexaisearch.cloud.google.com/grounding-api-redirect/made-up", "news.example")
    world.text_model.script("who won?", Answer(("They did.",), searches=1, sources=(page,)))
    await world.send(world.message("/search who won?", user_id=654))
    world.text_model.script(
        "a long story", Answer(("\n\n".join(f"Chapter {n}. " + "words " * 200 for n in range(12)),))
    )
    await world.send(world.message("/ask a long story", user_id=654))
    file: Json = {"file_id": world.messenger.add_file(b"A fox."), "file_name": "fox.txt", "file_size": 6}
    command = [{"type": "bot_command", "offset": 0, "length": 4}]
    about: Json = {"document": file | {"mime_type": "text/plain"}, "caption_entities": command}
    await world.send(world.message(caption="/ask what does it say?", user_id=654, **about))
    await world.send(world.message("/role answer like a pirate", user_id=654), world.message("/zone +3", user_id=654))
    await world.send(world.message("/prompts Letter: write to {whom}", user_id=654))
    await world.send(world.tap("prompt;share", world.shown(654), user_id=654))
    [prompt] = [decode_prompt(record) for record in await world.store.find(Query("prompts", (), 10))]
    await world.send(world.message(f"/start {write_link(prompt)}", user_id=655, **TOPIC))
    await world.send(world.tap("shared;keep", world.shown(655), user_id=655))
    for action in ("prompt;delete", "prompt;erase"):
        await world.send(world.tap(action, world.shown(655), user_id=655))
    await world.send(world.message(f"/start {write_link(prompt)}", user_id=655, **TOPIC))
    press = world.tap("shared;use", world.shown(655), user_id=655)
    press["callback_query"]["message"] |= TOPIC
    await world.send(press)


async def _stop(world: World, words: str, user_id: int) -> None:
    """Ask something, and stop the answer when it has begun."""
    world.text_model.script(words, Answer(("Once upon a time. ", "There was "), pause_seconds=0.5))

    async def press(talk: Talk) -> None:
        if len(world.text_model.talks) > len(world.text_model.canceled) and talk.lines[-1].text == words:
            world.text_model.before = None
            await world.clock.sleep(0)
            await world.deliver(world.stopped(world.messenger.drafts[user_id].draft_id, user_id=user_id))

    world.text_model.before = press
    await world.send(world.message(f"/ask {words}", user_id=user_id))
    world.text_model.before = None


async def _leave_talks(stage: Stage) -> None:
    """Questions that wait for one whose worker died, one that was stopped, one that is made, one that is refused."""
    world = stage.world
    await _ask_and_die(stage, "who am I?", 661)
    await world.deliver(world.message("/ask and who are you?", user_id=661))
    await world.deliver(world.message("/ask and they?", user_id=661))
    stage.keep_tasks()
    await _ask_and_die(stage, "where am I?", 662)
    await world.deliver(world.stopped(world.messenger.drafts[662].draft_id, user_id=662))
    stage.keep_tasks()
    world.text_model.script("a slow one?", Answer(("Yes.",)))
    world.messenger.fail("edit_text", *[TooManyRequestsError(20)] * 2)  # of the stream, of the delivery
    await _start(stage, "/ask a slow one?", 663)
    world.text_model.script("a bad one?", Answer(ending=Refused("SAFETY")))
    world.messenger.fail("edit_text", TooManyRequestsError(20))
    await _start(stage, "/ask a bad one?", 664)
    world.text_model.script("a busy one?", Answer(ending=Busy("503")))
    await _start(stage, "/ask a busy one?", 665)
    stage.keep_update(world.message("/ask what is left?", user_id=666))
    stage.keep_update(world.tap("answer-longer", world.shown(651), user_id=651))


async def _ask_and_die(stage: Stage, words: str, user_id: int) -> None:
    """Ask something of a worker that is gone while the model answers."""
    world = stage.world

    async def die(_: Talk) -> None:
        raise KilledError

    await world.deliver(world.message(f"/ask {words}", user_id=user_id))
    [task] = world.tasks.take_all()
    world.text_model.before = die
    try:
        await world.run_task(task)
    except KilledError:
        world.text_model.before = None
    stage.tasks.append(task)


async def _press_buttons(world: World, user_id: int) -> None:
    """An example, once more; and a question that is answered by its button."""
    await world.send(world.message("/start", user_id=user_id))
    await world.send(world.tap("ex;1", world.shown(user_id), user_id=user_id))
    await world.send(world.tap("again", world.shown(user_id), user_id=user_id))
    await world.send(world.message("otter", user_id=user_id))
    await world.send(world.tap("draw", world.shown(user_id), user_id=user_id))


async def _delete_first(world: World, user_id: int) -> None:
    """Delete the first of several pictures, for good."""
    number = _picture(world, user_id).message_id
    for action in ("pick", "delete", "erase"):
        await world.send(world.tap(action, world.messenger.chats[user_id][number], user_id=user_id))


async def _choose(world: World, user_id: int, menu: str, *actions: str) -> None:
    await world.send(world.message(f"/{menu}", user_id=user_id))
    for action in actions:
        await world.send(world.tap(action, world.shown(user_id), user_id=user_id))


async def _start(stage: Stage, prompt: str, user_id: int) -> None:
    """Accept a request and move its job one step."""
    await stage.world.deliver(stage.world.message(prompt, user_id=user_id))
    await stage.world.run_next()
    stage.keep_tasks()


async def _start_and_die(stage: Stage, prompt: str, user_id: int) -> None:
    """The same with a worker that is gone while the model works: Cloud Tasks keeps the task."""
    world = stage.world

    async def die(_: PictureTask) -> None:
        raise KilledError

    await world.deliver(world.message(prompt, user_id=user_id))
    [task] = world.tasks.take_all()
    world.model.before = die
    try:
        await world.run_task(task)
    except KilledError:
        world.model.before = None
    stage.tasks.append(task)


async def _fail_once(stage: Stage, method: str, update: Json) -> None:
    stage.world.messenger.fail(method, TooManyRequestsError(30))
    await stage.world.deliver(update)
    stage.keep_tasks()


def _picture(world: World, user_id: int) -> Shown:
    """The last picture in a private chat."""
    return [shown for shown in world.messenger.messages(user_id) if shown.kind == "photo"][-1]
