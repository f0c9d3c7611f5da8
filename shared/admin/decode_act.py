"""Reading documents with an operator's reason, which is encrypted: one whose key is lost does not hide its page."""

from typing import TypeVar

from shared.codec import decode
from shared.errors import DocumentUnreadableError
from shared.logs import log_event
from shared.ports import Record

T = TypeVar("T")


def decode_act(kind: type[T], record: Record) -> T:
    """The document; without its reason if that cannot be decrypted.

    Raises DocumentUnreadableError for another fault.
    """
    try:
        return decode(kind, record.fields)
    except DocumentUnreadableError as error:
        readable = decode(kind, record.fields | {"reason": ""})
        log_event("document_unreadable", severity="ERROR", error=error, key=f"{record.key.collection}/{record.key.id}")
        return readable
