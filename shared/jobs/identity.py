"""Idempotency keys of updates and wishes, and the job ids derived from them."""

from shared.hash_ids import hash_id


def update_key(bot_id: int, update_id: int) -> str:
    """The transport key: one per update that Telegram sends."""
    return hash_id("update", bot_id, update_id)


def query_key(bot_id: int, query_id: str) -> str:
    """The transport key of a tap: Telegram may send one callback query under several update ids."""
    return hash_id("query", bot_id, query_id)


def connection_key(bot_id: int, connection_id: str) -> str:
    """The inbox id for a Business connection, the same for every update about it."""
    return hash_id("connection", bot_id, connection_id)


def channel_key(bot_id: int, chat_id: int) -> str:
    """The inbox id for all commands in a channel, which are answered once."""
    return hash_id("channel", bot_id, chat_id)


def message_intent(bot_id: int, chat_id: int, message_id: int) -> str:
    """The intent of a message, however many updates bring it."""
    return hash_id("message", bot_id, chat_id, message_id)


def transcript_intent(asked: str) -> str:
    """The intent of transcribing a message; the request in its words has the message's own intent."""
    return hash_id("transcript", asked)


def spoken_key(job_id: str) -> str:
    """The transport key of spoken words: their transcript hands them over once."""
    return hash_id("spoken", job_id)


def album_intent(bot_id: int, chat_id: int, media_group_id: str) -> str:
    """The intent of an album, the same for all its parts."""
    return hash_id("album", bot_id, chat_id, media_group_id)


def tap_intent(bot_id: int, job_id: str, action: str, nonce: str) -> str:
    """The intent of a button: each nonce allows one use of one action."""
    return hash_id("tap", bot_id, job_id, action, nonce)


def late_intent(job_id: str) -> str:
    """The intent of the job that delivers a result which came after this job was given up."""
    return hash_id("late", job_id)


def job_id_of(intent: str, index: int) -> str:
    """The id of job number `index` (from 1) of an intent."""
    return hash_id("job", intent, index)
