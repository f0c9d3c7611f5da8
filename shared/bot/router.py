"""Routing one update: parse it, check whether it was handled before, pass it to its handler."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from shared.bot.commands import OTHER_NAMES
from shared.bot.read_fact import read_fact
from shared.bot.usage_replies import as_command, find_asked_command
from shared.delivery import Delivery
from shared.errors import (
    DeliveryUnknownError,
    LaterError,
    MessengerError,
    PlaceRefusedError,
    TooManyRequestsError,
)
from shared.jobs.accept_request import find_accepted
from shared.jobs.identity import query_key, update_key
from shared.jobs.job import JobState
from shared.jobs.job_documents import inbox_key
from shared.jobs.open_jobs import open_jobs
from shared.late import late_modules
from shared.people.accounts import OpenUser, open_record
from shared.people.note_seen import note_seen
from shared.people.operators import Role, role_of
from shared.people.user_documents import user_key
from shared.pictures.wishes import COMMAND_WORDS, find_command
from shared.ports import Place, Ports, Record, Screen, TalkStudio
from shared.telegram.announce_jobs import resume_jobs
from shared.telegram.answers import answer, answer_again, put_off, read_answer
from shared.telegram.callbacks import Callback, read_callback
from shared.telegram.group_changes import BotPlaced, GroupMoved
from shared.telegram.inline_query import InlineAsked
from shared.telegram.move_place import FETCH_PAYLOAD, bring_here
from shared.telegram.taps import answer_tap
from shared.telegram.updates import (
    DraftStopped,
    Faceless,
    GuestCalled,
    Incoming,
    Message,
    OwnerConnected,
    Reacted,
    RenewalChanged,
    Tap,
    Unhandled,
    parse_update,
    without_mention,
)
from shared.telegram.visits import Visit, record_visit
from shared.texts import html_text, plain_text

# Each is loaded when the first update needs it. Of these modules only functions can be used here, no constants.
if TYPE_CHECKING:
    from shared.bot import (
        answer_inline,
        api_page,
        balance,
        decline_calls,
        gallery_page,
        keep_payload,
        lend_role,
        memory_page,
        menus,
        misspelled,
        models_page,
        open_admin,
        open_app,
        post,
        press_said,
        price,
        prompts,
        reasons,
        role,
        share,
        stats_page,
        take_rating,
    )
    from shared.broadcasts import press_broadcast, press_news, take_broadcast
    from shared.conversations import history, mode, press_words, stop_answer, take_files, take_questions, take_words
    from shared.gallery import press_batch_picture, press_gallery, press_shelves, request_archive, show_gallery
    from shared.growth import give_gift, invite, redeem_promo
    from shared.payments import card_shop, shop, subscription_page, take_payment, take_renewal
    from shared.pictures import (
        go_on,
        open_drafts,
        press_album,
        press_batch,
        press_order,
        press_results,
        press_styles,
        press_tools,
        remix,
        take_batches,
        take_requests,
    )
    from shared.privacy import press_erase, press_incognito, press_term, privacy_page
    from shared.statement import press_balance, press_receipt, send_csv
    from shared.support import answer_person, talk_to_support
    from shared.videos import change_video, press_review, press_videos, say_movement, take_videos
    from shared.voices import ask_what_was_said, press_speech, take_voices, voice_panel
    from shared.wallets import follow_group, show_wallet
    from shared.wording import browse_examples, describe, improve, styles
else:
    for _package, _names in {
        "shared.bot": (
            "answer_inline api_page balance decline_calls gallery_page keep_payload lend_role memory_page menus "
            "misspelled models_page open_admin open_app post press_said price prompts reasons role share stats_page "
            "take_rating"
        ),
        "shared.broadcasts": "press_broadcast press_news take_broadcast",
        "shared.conversations": "history mode press_words stop_answer take_files take_questions take_words",
        "shared.gallery": "press_batch_picture press_gallery press_shelves request_archive show_gallery",
        "shared.growth": "give_gift invite redeem_promo",
        "shared.payments": "card_shop shop subscription_page take_payment take_renewal",
        "shared.pictures": (
            "go_on open_drafts press_album press_batch press_order press_results press_styles "
            "press_tools remix take_batches take_requests"
        ),
        "shared.privacy": "press_erase press_incognito press_term privacy_page",
        "shared.statement": "press_balance press_receipt send_csv",
        "shared.support": "answer_person talk_to_support",
        "shared.videos": "change_video press_review press_videos say_movement take_videos",
        "shared.voices": "ask_what_was_said press_speech take_voices voice_panel",
        "shared.wallets": "follow_group show_wallet",
        "shared.wording": "browse_examples describe improve styles",
    }.items():
        globals().update(late_modules(_package, _names))

CommandHandler = Callable[[Ports, Visit, Message], Awaitable[None]]
TapHandler = Callable[[Ports, Visit, Tap, tuple[str, ...]], Awaitable[None]]

COMMANDS: dict[str, CommandHandler] = {
    "start": menus.show_start,
    "help": menus.show_help,
    "image": take_requests.take_image_command,
    "img": take_requests.take_image_command,
    "gen": take_requests.take_image_command,
    "video": take_videos.take_video_command,
    "batch": take_batches.take_batch_command,
    "ask": take_questions.take_ask_command,
    "styles": styles.show_styles,
    "improve": improve.take_improve_command,
    "describe": describe.take_describe_command,
    "transcribe": take_voices.take_transcribe_command,
    "search": take_questions.take_search_command,
    "mode": mode.show_mode,
    "new": mode.begin_anew,
    "voice": voice_panel.show_voice,
    "role": role.show_role,
    "zone": role.show_zone,
    "prompts": prompts.show_prompts,
    "post": post.take_post_command,
    "history": history.show_history,
    "rename": history.take_rename_command,
    "gallery": gallery_page.take_gallery_command,
    "memory": memory_page.show_memory,
    "remember": memory_page.take_remember_command,
    "app": open_app.show_app,
    "balance": balance.show_balance,
    "receipt": balance.show_receipt,
    "stats": stats_page.show_stats,
    "buy": shop.show_shop,
    "subscription": subscription_page.show_subscription,
    "paysupport": shop.show_paysupport,
    "terms": shop.show_terms,
    "support": talk_to_support.show_support,
    "promo": redeem_promo.take_promo_command,
    "gift": give_gift.take_gift_command,
    "wallet": show_wallet.take_wallet_command,
    "invite": invite.show_invitation,
    "profile": balance.show_balance,
    "models": models_page.show_models,
    "price": price.show_price,
    "settings": menus.show_settings,
    "language": menus.show_language,
    "cancel": menus.cancel_everything,
    "stop": menus.cancel_everything,
    "menu": menus.show_start,
    "privacy": privacy_page.show_privacy,
    "incognito": press_incognito.show_incognito,
    "api": api_page.show_api,
}
OPERATOR_COMMANDS: dict[str, CommandHandler] = {"broadcast": take_broadcast.take_broadcast_command}
ROLE_COMMANDS: dict[str, CommandHandler] = {"admin": open_admin.show_admin}
"""For whoever may write to everybody, and for whoever has a role. For everybody else these are unknown commands."""
TAPS: dict[str, TapHandler] = {
    "cast": press_broadcast.press_broadcast,
    "news": press_news.press_news,
    "set": menus.press_setting,
    "ex": menus.press_example,
    "mode": mode.press_mode,
    "above": mode.press_ask_above,
    "manner": role.press_manner,
    "lend": lend_role.press_lent,
    "prompt": prompts.press_prompt,
    "shared": prompts.press_shared,
    "share": share.press_share,
    "sharing": share.press_sharing,
    "hist": history.press_list,
    "talk": history.press_open,
    "talk-go": history.press_go,
    "talk-name": history.press_name,
    "talk-file": history.press_file,
    "talk-del": history.press_delete,
    "talk-del-yes": history.press_delete_surely,
    "kept": history.press_kept,
    "fact-del": memory_page.press_erase,
    "facts": memory_page.press_switch,
    "draw": take_requests.press_draw,
    "drawlast": take_requests.press_draw_last,
    "batch": press_batch.press_batch,
    "batchdrop": press_batch.press_batch_drop,
    "batchstop": press_batch.press_batch_stop,
    "batchalbum": press_album.press_album,
    "batchpic": press_batch_picture.press_batch_picture,
    "phototools": press_tools.press_photo_tools,
    "phototool": press_tools.press_photo_tool,
    "photoback": press_tools.press_photo_back,
    "photoopen": press_tools.press_photo_open,
    "photoask": press_tools.press_photo_ask,
    "mix": remix.press_mix,
    "mixin": remix.press_mix_in,
    "inwords": press_words.press_answer_instead,
    "onlywords": press_words.press_only_answer,
    "cost": price.press_price,
    "buy": shop.press_buy,
    "card": card_shop.press_card,
    "cardbuy": card_shop.press_card_buy,
    "email": card_shop.press_email,
    "ungift": give_gift.press_recall,
    "wallet": show_wallet.press_wallet,
    "sub": subscription_page.press_subscription,
    "order": press_order.press_order,
    "vset": press_review.press_choice,
    "vmake": press_review.press_make,
    "vdrop": press_review.press_drop,
    "animate": take_videos.press_animate,
    "film": take_videos.press_film,
    "photoanimate": take_videos.press_photo_animate,
    "vagain": take_videos.press_video_again,
    "speak": press_speech.press_speak,
    "unsay": press_speech.press_unsay,
    "speech": voice_panel.press_choice,
    "sample": voice_panel.press_sample,
    "said": press_said.press_said,
    "improve": improve.press_improve,
    "variant": improve.press_variant,
    "vfilm": improve.press_film_variant,
    "describe": describe.press_describe,
    "style": styles.press_style,
    "stylelast": styles.press_last,
    "stylesee": browse_examples.press_example,
    "photostyles": press_styles.press_photo_styles,
    "photostyle": press_styles.press_photo_style,
    "why": reasons.press_why,
    "code": reasons.press_code,
    "gal": show_gallery.press_show,
    "golder": show_gallery.press_older,
    "gnewer": show_gallery.press_newer,
    "gstar": press_gallery.press_star,
    "gsend": press_gallery.press_send,
    "gfile": press_gallery.press_file,
    "gdel": press_gallery.press_delete,
    "gerase": press_gallery.press_erase,
    "gback": press_gallery.press_back,
    "gmenu": press_gallery.press_menu,
    "galbum": press_gallery.press_album,
    "gsets": press_shelves.press_shelves,
    "gput": press_shelves.press_put,
    "gname": press_shelves.press_name,
    "gzip": request_archive.press_zip,
    "gstop": request_archive.press_stop,
    "export": privacy_page.press_export,
    "estop": privacy_page.press_stop,
    "erasure": press_erase.press_erase,
    "term": press_term.press_term,
    "incognito": press_incognito.press_incognito,
    "gdrop": press_shelves.press_drop,
    "gdropy": press_shelves.press_drop_surely,
    "bal": press_balance.press_page,
    "balpick": press_balance.press_pick,
    "receipt": press_receipt.press_receipt,
    "balcsv": send_csv.press_csv,
    "support": talk_to_support.press_support,
    "apikey": api_page.press_key,
}
VIDEO_TAPS: dict[str, press_videos.Handler] = {
    "vchange": change_video.press_change,
    "vextend": change_video.press_extend,
    "vstop": press_videos.stop,
    "vdelete": press_videos.ask_erase,
    "vkeep": press_videos.keep,
    "verase": press_videos.erase,
    "vdetails": press_videos.tell_details,
}
_TAKE_WORDS = frozenset({"image", "img", "gen", "ask", "search"})
"""Commands whose words may be edited."""
_KNOWN_NAMES = {name: name for name in COMMANDS} | {"img": "image", "gen": "image"} | COMMAND_WORDS
"""Names that a misspelled command is compared with → the command's proper name."""
NAME_PAUSE_SECONDS = 5.0
TELEGRAMS_SECOND = timedelta(seconds=1)
"""Telegram's times are in whole seconds, rounded down."""


async def handle_update(ports: Ports, body: bytes, delivery: Delivery, studio: TalkStudio | None = None) -> Incoming:
    """Handle an update once, however often it is delivered; returns the parsed update, for the log.

    `studio` gives access to a model, in functions that have one. Raises UnusableUpdateError, UnavailableError,
    LaterError if the same bytes should be delivered later, with one more deferral, and ElsewhereError if they should
    go to a function with a studio.
    """
    update = parse_update(body)
    if isinstance(update, DraftStopped):
        await stop_answer.stop_draft(ports, update.chat, update.draft_id)
        return update
    if isinstance(update, OwnerConnected | GuestCalled):
        await decline_calls.decline_call(ports, update, delivery)
        return update
    if isinstance(update, InlineAsked):
        await answer_inline.answer_inline(ports, update, delivery)
        return update
    if isinstance(update, RenewalChanged):
        await take_renewal.take_renewal(ports, update, delivery)
        return update
    if isinstance(update, Reacted | BotPlaced | GroupMoved):
        await _take_news(ports, update)
        return update
    if isinstance(update, Message | Faceless) and update.chat.id == ports.support_chat_id:
        await answer_person.answer_person(ports, body, delivery)
        return update
    if isinstance(update, Unhandled) or not await _is_addressed(ports, update):
        return update
    if isinstance(update, Faceless):
        await decline_calls.answer_faceless(ports, update, delivery)
        return update
    if isinstance(update, Message) and update.mentions and not update.chat.is_private:
        update = without_mention(update, await _username(ports))
    await handle_once(ports, update, transport_key(ports.bot_id, update), delivery, studio)
    return update


async def _take_news(ports: Ports, update: Reacted | BotPlaced | GroupMoved) -> None:
    """Handle what nobody gets an answer to."""
    if isinstance(update, Reacted):
        await take_rating.take_rating(ports, update)
    elif isinstance(update, BotPlaced):
        await follow_group.follow_bot(ports, update)
    else:
        await follow_group.follow_move(ports, update)


async def handle_once(
    ports: Ports, update: Message | Tap, transport: str, delivery: Delivery, studio: TalkStudio | None
) -> None:
    """Handle a message or tap once under this transport key. Raises as `handle_update` does."""
    inbox = inbox_key(transport)
    seen, user = await ports.store.read([inbox, user_key(update.sender.id)])
    opened = await open_record(ports, update.sender.id, user)
    if seen is None and _is_from_before(update, opened):
        return
    code = update.sender.language_code
    opened = await note_seen(ports, opened, code, is_private=update.chat.is_private)
    visit = Visit(update, opened, inbox.id, delivery.received_at, studio, recorded=seen is not None)
    try:
        await _respond(ports, visit, seen, delivery)
    except (TooManyRequestsError, DeliveryUnknownError) as error:
        put_off(ports, delivery, error)
    except MessengerError:
        pass  # Telegram refuses the answer for good; the request itself is stored
    await record_visit(ports, visit)


def _is_from_before(update: Message | Tap, opened: OpenUser) -> bool:
    """Whether somebody sent this before they were erased: it comes late, and must not make them a profile again."""
    if opened.erased_at is None or not isinstance(update, Message) or update.payment is not None:
        return False
    return update.sent_at + TELEGRAMS_SECOND <= opened.erased_at


async def _respond(ports: Ports, visit: Visit, seen: Record | None, delivery: Delivery) -> None:
    """Handle a new update; for one that was seen before, finish what may be unfinished."""
    try:
        if seen is None:
            await _route(ports, visit, delivery.deferrals)
        elif (kept := read_answer(seen)) is None:
            await resume_jobs(ports, await open_jobs(ports, seen.fields["jobs"]))
        else:
            await answer_again(ports, seen, kept, delivery)
            if isinstance(visit.update, Message) and visit.update.payment is not None:
                await _go_on(ports, visit)
    except PlaceRefusedError:
        await _answer_in_private(ports, visit)


async def _answer_in_private(ports: Ports, visit: Visit) -> None:
    """Tell the person in private that we may not write in the group, if they ever opened the private chat."""
    if not visit.update.chat.is_private:
        screen = Screen(html_text(visit.language, "place-refused"))
        await answer(ports, visit, screen, Place(visit.update.sender.id))


def transport_key(bot_id: int, update: Message | Tap) -> str:
    """The idempotency key of an update. A repeated tap may have another update id, but has the same query id."""
    return query_key(bot_id, update.query_id) if isinstance(update, Tap) else update_key(bot_id, update.update_id)


async def _route(ports: Ports, visit: Visit, deferrals: int) -> None:
    update = visit.update
    if isinstance(update, Tap):
        await _route_tap(ports, visit, update)
    elif await _is_for_support(ports, visit, update):
        return
    elif update.edited:
        await _route_edit(ports, visit, update, deferrals)
    else:
        await _route_message(ports, visit, update)


async def _is_for_support(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether the message was passed on to the operators; only who writes to them loads what it takes."""
    if not ports.support_chat_id or not message.chat.is_private or message.command is not None or message.payment:
        return False
    replied = () if message.replied is None else message.replied.buttons
    if visit.opened.user.support_until is None and not replied and not message.edited:
        return False
    return await talk_to_support.take_if_meant(ports, visit, message)


async def _route_message(ports: Ports, visit: Visit, message: Message) -> None:
    if message.payment is not None:
        await take_payment.take_payment(ports, visit, message.payment)
        await _go_on(ports, visit)
    elif _has_recording(message) and (recording := take_voices.find_spoken(ports, message)) is not None:
        await take_voices.take_voice(ports, visit, message, recording)
    elif message.spoken is not None and ask_what_was_said.is_asked_about(message):
        await ask_what_was_said.ask_what_was_said(ports, visit, message)
    elif message.command is not None:
        await _route_command(ports, visit, message, message.command.name)
    elif message.new_members:
        await menus.greet_group(ports, visit)
    elif message.file is None and (name := find_command(message.own_words)) is not None:
        await _route_command(ports, visit, message, name)
    elif (asked := find_asked_command(ports.bot_id, message)) is not None:
        await COMMANDS[asked](ports, visit, as_command(message, asked))
    else:
        await _route_words(ports, visit, message)


def _has_recording(message: Message) -> bool:
    return message.recording is not None or (message.replied is not None and message.replied.recording is not None)


async def _go_on(ports: Ports, visit: Visit) -> None:
    chat = visit.update.chat
    await go_on.go_on(ports, visit.opened.user.id, Place(chat.id, chat.thread_id), visit.received_at)


async def _follow_mode(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether plain words are taken as a list of pictures, as ones about a video, or by the mode *Video* or *Auto*."""
    if take_batches.is_batch(ports, visit, message):
        await take_batches.take_list(ports, visit, message)
        return True
    if (meant := await change_video.find_video_meant(ports, visit, message)) is not None:
        await change_video.take_change(ports, visit, message, meant)
        return True
    if await say_movement.take_movement(ports, visit, message):
        return True
    if await take_videos.take_in_mode(ports, visit, message):
        return True
    if take_words.is_for_auto(ports, visit, message):
        await take_words.take_words(ports, visit, message)
        return True
    return False


async def _takes_name(ports: Ports, visit: Visit, message: Message) -> bool:
    """Whether the message names something, as a reply to our question how it shall be called."""
    if message.replied is None:
        return False
    if history.is_new_name(ports, message):
        await history.take_name(ports, visit, message)
    elif press_shelves.is_shelf_name(ports, message):
        await press_shelves.take_shelf_name(ports, visit, message)
    else:
        return False
    return True


async def _route_words(ports: Ports, visit: Visit, message: Message) -> None:
    """Route a message that is not a command: to an open question of ours first, then by its words and the mode."""
    user = visit.opened.user
    if ports.cards and user.card.wish is not None and await card_shop.take_email(ports, visit, message):
        pass
    elif user.filling and (filling := prompts.find_prompt_to_fill(ports, visit, message)) is not None:
        await prompts.take_values(ports, visit, message, filling)
    elif message.replied is not None and prompts.says_values(ports, message):
        await prompts.refuse_values(ports, visit)
    elif fact := read_fact(message):
        await memory_page.take_fact(ports, visit, fact)
    elif await _takes_name(ports, visit, message) or await _follow_mode(ports, visit, message):
        pass
    elif (found := await take_questions.find_question(ports, visit, message)) is not None:
        await take_questions.take_question(ports, visit, message, found)
    elif await take_files.take_file(ports, visit, message):
        pass
    elif message.text or message.file is not None or message.unsupported:
        await take_requests.take_message(ports, visit, message)
    elif message.mentions and not message.chat.is_private:
        await menus.greet_group(ports, visit)  # the bot was called by name, without other words


async def _route_edit(ports: Ports, visit: Visit, message: Message, deferrals: int) -> None:
    """Route an edited message: an edited question, an edited wish, or a message to handle like a new one."""
    if message.command is not None and message.command.name not in _TAKE_WORDS:
        if message.command.name == "batch":  # a question with the new lines, which buys nothing by itself
            await take_batches.take_batch_command(ports, visit, replace(message, edited=False))
        elif message.command.name == "support":
            await talk_to_support.tell_edit(ports, visit, message)
        return
    if message.unsupported and message.attached is None:
        return  # a live location or a poll: not a request
    from shared.conversations.answer import is_answer
    from shared.videos.video import is_video

    accepted = await find_accepted(ports, open_drafts.draft_id_of(ports, message))
    if accepted is not None and is_answer(accepted.jobs[0].job):
        await take_questions.take_edit(ports, visit, message, accepted.jobs[0])
    elif message.attached is not None:
        return  # not a request, or not yet one
    elif accepted is not None and is_video(accepted.jobs[0].job):
        await take_videos.take_edit(ports, visit, message, accepted.jobs[0].job)
    elif not await take_requests.take_edit(ports, visit, message, accepted, deferrals):
        await _route_message(ports, visit, replace(message, edited=False))


async def _route_command(ports: Ports, visit: Visit, message: Message, name: str) -> None:
    name = COMMAND_WORDS.get(name, name)  # "/отмена" is no command for Telegram, but people write it as one
    name = OTHER_NAMES.get(name, name)
    handler = COMMANDS.get(name)
    if handler is None and role_of(ports, message.sender.id) is Role.ADMIN:
        handler = OPERATOR_COMMANDS.get(name)
    if handler is None and role_of(ports, message.sender.id) is not None:
        handler = ROLE_COMMANDS.get(name)
    if name != "support":
        await _end_writing(ports, visit)
    if name == "start":
        await invite.take_invitation(ports, visit, message.text)  # first: only somebody new can be invited
        await keep_payload.keep_payload(ports, visit, message.text)
        if message.chat.is_private and await _brings_picture(ports, visit, message):
            return
    if handler is not None:
        await handler(ports, visit, message)
    elif message.chat.is_private or (message.command is not None and message.command.target):
        await misspelled.suggest(ports, visit, message, name, _KNOWN_NAMES)


async def _brings_picture(ports: Ports, visit: Visit, message: Message) -> bool:
    """Deliver a kept picture if this /start comes from its button; returns whether it does."""
    job_id = message.text.removeprefix(FETCH_PAYLOAD)
    if job_id == message.text:
        return False
    job = await bring_here(ports, message.sender.id, message.chat.id, job_id)
    if job is None or job.state is not JobState.MADE:
        return False
    if job.lease_until is not None:  # a worker is sending it already
        await answer(ports, visit, Screen(html_text(visit.language, "kept-held")))
    return True


async def _end_writing(ports: Ports, visit: Visit) -> None:
    """Whoever does something else has told the operators all."""
    if ports.support_chat_id and visit.opened.user.support_until is not None:
        await talk_to_support.end_writing(ports, visit)


async def _route_tap(ports: Ports, visit: Visit, tap: Tap) -> None:
    callback = read_callback(tap.data)
    if callback is None or callback.action != "support":
        await _end_writing(ports, visit)
    if callback is not None and callback.action in TAPS:
        await TAPS[callback.action](ports, visit, tap, callback.arguments)
    elif callback is not None and callback.action in VIDEO_TAPS:
        await press_videos.press_video(ports, visit, tap, VIDEO_TAPS[callback.action], callback.arguments)
    elif callback is None or not await _press_result(ports, visit, tap, callback):
        await answer_tap(ports, tap.query_id, plain_text(visit.language, "old-menu"))


async def _press_result(ports: Ports, visit: Visit, tap: Tap, callback: Callback) -> bool:
    """Handle a button under an answer or a picture; returns whether it is one. A picture's loads no answers."""
    action, arguments = callback.action, callback.arguments
    if action.startswith("answer-"):
        from shared.conversations.take_questions import FILE, STOP, WAYS

        if is_known := action in {STOP, FILE, *WAYS}:
            await take_questions.press_answer(ports, visit, tap, action, arguments)
        return is_known
    from shared.pictures.press_results import PRESSES

    if is_known := action in PRESSES:
        await press_results.press(ports, visit, tap, PRESSES[action], arguments)
    return is_known


async def _is_addressed(ports: Ports, update: Message | Tap | Faceless) -> bool:
    """Whether the bot is addressed: in a group only by commands, replies to it and mentions."""
    if isinstance(update, Tap) or update.chat.is_private:
        return True
    if isinstance(update, Message) and update.via_bot_id == ports.bot_id:
        return False  # our own inline result coming back
    if isinstance(update, Faceless) and update.is_channel:  # whose other posts are for its readers
        command = update.command
        if command is None or command.name not in COMMANDS:
            return False
        return not command.target or command.target == await _username(ports)
    if isinstance(update, Message) and update.new_members:
        return ports.bot_id in update.new_members
    if update.command is not None:
        return not update.command.target or update.command.target == await _username(ports)
    if update.replied is not None and update.replied.sender_id == ports.bot_id:
        return True
    return bool(update.mentions) and await _username(ports) in update.mentions


async def _username(ports: Ports) -> str:
    """The bot's username. Raises LaterError if Telegram does not answer: the update may be addressed to us."""
    try:
        return (await ports.messenger.username()).lower()
    except TooManyRequestsError as error:
        raise LaterError(error.retry_after_seconds) from error
    except MessengerError as error:
        raise LaterError(NAME_PAUSE_SECONDS) from error
