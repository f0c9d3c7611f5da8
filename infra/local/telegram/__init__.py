"""A local Telegram: a real HTTP Bot API server, people who use it, and a chat page for a browser.

Start it: `python -m infra.local.telegram --port 8700 --token 1234567:TEST` (see `__main__`), or in a test:

    async with run_telegram() as tg:
        bot = telegram.Bot(tg.token, base_url=tg.base_url, base_file_url=tg.base_file_url)
        await tg.send(7, text="/start")                    # user 7 writes; a real update is delivered
        await tg.wait_for(7, lambda messages: len(messages) == 2)

Bot API: `/bot<token>/<method>` and `/file/bot<token>/<path>`. It refuses what Telegram refuses, in the same
words, and besides what Telegram only ignores: unknown parameters, unknown fields of keyboards and media,
unknown update kinds. Of parse modes it knows HTML only. Ids of messages and updates
go on counting after a reset and a restart (they begin with the time). One server is one bot; its file_ids are
refused by any other.

Control API (JSON in, `{"ok": true, …}` out; a refusal is `{"ok": false, "error"}` with 400, 403, 404 or 409):

    POST /control/send    {user: id | {id, first_name, language_code}, chat_id?, text?, photo(s)?: base64,
                          document(s)?: {name, mime, content: base64}, attachments?: [{kind, name?, mime,
                          content, duration?, width?, height?, emoji?}], caption?, reply_to_message_id?,
                          message_thread_id?} → {messages}; also as multipart (files by kind: `photo…`,
                          `document…`, the other fields as JSON, `text`, `caption`, `comment` and `quote` plain).
                          Several files are an album;
                          a text over 4,096 UTF-16 units becomes several messages of the same second. A kind
                          is photo, document, video, voice, audio, animation, sticker or video_note. Besides:
                          quote (words of the message replied to); reply_to_chat_id (that message is in
                          another chat: external_reply); via_bot {id, username};
                          forward_origin {type: user | hidden_user | chat | channel, …} and comment, which
                          comes first; sender_chat "group" (an anonymous administrator) or a channel
                          {id, title}, with is_automatic_forward as the post of a linked channel
    POST /control/forward {user, from_chat_id, message_ids, chat_id?, message_thread_id?, comment?} → {messages}
    POST /control/press   {user_id, chat_id, message_id, callback_data | row, col, stale?, wait?,
                          timeout_seconds?} → {query_id, update_id, answered, text, show_alert, url}
    POST /control/inline  {user_id, query, chat_id?, offset?, wait?, timeout_seconds?} → {query_id, update_id,
                          answered, results: [{id, type, title, content}], next_offset, button}: @bot and words
    POST /control/pick    {user_id, query_id, result_id, chat_id?, thread?} → {message}, sent via the bot
    POST /control/prepared {user_id, prepared_id} → {chats: [{id, title}]}: where a person may send a prepared message
    POST /control/share   {user_id, prepared_id, chat_id} → {message}: they send it; refusals in Telegram's words
    POST /control/edit    {user_id, chat_id, message_id, text | caption} → {message}
    POST /control/delete  {chat_id, message_id}; a person deletes a message, the bot is not told
    POST /control/react   {user_id, chat_id, message_id, emoji} → {update_id}: a person's reaction; the same again takes
                          it back. The bot gets message_reaction, if its allowed_updates have it
    POST /control/block   {user_id, blocked}; the bot gets my_chat_member and then 403
    POST /control/stop    {user_id, draft_id?} → {update_id}: Stop on a draft; the bot gets
                          stopped_message_generation, if its allowed_updates have it (they do by default)
    POST /control/pay     {user_id, chat_id, message_id} → {paid, error, charge_id}: Pay on an invoice; `error` is the
                          bot's reason, or BOT_PRECHECKOUT_TIMEOUT; with `link` instead of chat and message: an
                          invoice link, again and again
    POST /control/subscription {user_id, charge_id, act: renew | fail | cancel | enable} → {charge_id, until}: 30 days
                          have passed and it is paid, or cannot be; or the person turns its renewal off or on.
                          `charge_id` is that of the first payment, in the answer that of the new one
    POST /control/raw     any update → {update_id}
    POST /control/repeat  {update_id, new_id} → {update_id}: a former update is delivered again
    POST /control/update-id  {next_id?} → {update_id}: the next update's id, drawn anew as after a quiet week
    POST /control/chats   {id, type, title, is_forum, topics: {thread: name}, members: {user: status},
                          permissions: {can_send_photos: false, …}, sees_everything} → {chat}; groups are in
                          privacy mode unless `sees_everything`, which makes the bot an administrator
    POST /control/upgrade {chat_id, new_id?} → {chat}: a group becomes a supergroup, a chat of its own; the
                          bot gets both service messages, the old id is refused
    POST /control/topic   {chat_id, message_thread_id, status: open | closed | deleted} → {topics, closed}
    POST /control/bot     {chat_id, status: member | administrator | left | kicked} → {chat}; the bot gets
                          my_chat_member
    GET  /control/chats, /control/chats/{id}/messages   now, with `_versions`, `_history`, `_reactions`; the
                          latter also with `drafts`, those that are shown
    GET  /control/calls?since=&method=   Bot API calls: {seq, time, method, params, status, ms, via,
                          result | description}
    GET  /control/updates                {pending, deliveries: [{update, status, try, time}]}
    GET | POST | DELETE /control/faults  faults as in `faults`; POST takes one or a list
    POST /control/reset                  forgets people, chats, files, waiting updates, faults, logs

The page: `/?user=2&lang=ru&chat=-1001&theme=dark&notch=1` (all optional: user 1, the browser's language, the private
chat, the system's appearance; `start=x` is a visit by the link t.me/<bot>?start=x). It is ready when `body` has
the class `ready`. Its `data-testid`s:

    message         a bubble or album; `data-message-id`, `data-from` (me, bot, other), `data-version`
    inside it       message-text, photo, document, sticker, origin (forwarded from, via), quote, code, spoiler,
                    expandable, expand, reaction, more, keyboard, button-<n> (n counts a keyboard's buttons
                    from 0, row by row)
    service         a line in the middle, such as a closed topic; moved (a link to the supergroup)
    messages        the list; draft (and its draft-stop), empty, scroll, scroll-down
    composer        the text field; send, attach, file-input, attachments, attachment, remove-attachment,
                    send-as, reply-bar, cancel-reply, start, commands-open, commands, command-<name>,
                    reply-keyboard, reply-keys-toggle, reply-key-<n>; inline (after "@bot words"):
                    inline-results, inline-result, inline-button, inline-none
    message-menu    menu-reply, menu-quote (with words marked), menu-forward, menu-edit, menu-copy, menu-like,
                    menu-dislike, menu-delete
    toast, alert    answers to taps; alert-ok
    viewer          the photo viewer; viewer-image, viewer-save, viewer-close
    sidebar         chat-private, chat-group, me, second-user, language-ru, language-en, theme, menu (phone)
    title, status   the header; topic-all, topic-<thread>
    app-open        the button beside the message field, where the bot has set one; webapp: the app in its frame,
                    webapp-frame, webapp-back, webapp-main, webapp-close; its `data-haptic`, `data-download`; sharing:
                    the chats for a prepared message, sharing-chat-<id>, sharing-cancel
"""

from infra.local.telegram.server import TEST_TOKEN, Telegram, run_telegram

__all__ = ["TEST_TOKEN", "Telegram", "run_telegram"]
