"""Every error the product raises on purpose.

NanoBananaError
├── SettingsError           the environment lacks or garbles a setting    the process does not start
├── OffersError             the file of offers has a fault               the process does not start
├── UnauthenticatedError    no or a wrong webhook secret                  401
├── ForbiddenError          a task call without a valid OIDC token        403
├── BodyTooLargeError       more bytes than an endpoint reads             413; the webhook answers 200
├── BodyTooSlowError        a file that comes too slowly                  408
├── UnusableFormError       a form of the Mini App that no page of ours sends   400
├── UnusableReportError     a body that an API of ours cannot use        400
├── UnusableUpdateError     authentic, but we cannot act on it            200, quarantined
├── UnusableChangeError     an operator's change that cannot be made      the command tells the reason
├── ConflictError           a precondition failed: someone wrote first    read again, decide again
│   └── OtherIsSentError    another broadcast is being sent               wait for it
├── LeaseLostError          another worker owns the job now               stop, write nothing
├── StoppedError            SIGTERM came before the work was done         the job is released
├── NoRoomError             this process has used up its memory budget    200, and a new task for later
├── LaterError              to be retried after so many seconds           200, and a new task for then
├── ElsewhereError          `chat` has to handle this update              200, and a task for it
├── UnavailableError        our own store, queue or bucket is out         503
│   └── BeingErasedError        of this person nothing is read meanwhile      later; 503
├── CardsUnavailableError   a provider of card payments does not answer  the order is asked for later
├── CardsRefusedError       a provider of card payments refuses a sale   the person is told
├── ReceiverError           a program's webhook was not reached, with its `trouble`   tried again later
├── NoticeRefusedError      a place of the operators refuses a notice     the others have it
├── CallRefusedError        our own store refuses the call: a bug, or a missing right   500
├── DocumentUnreadableError a stored document that this release cannot read
├── BlobMissingError        the bucket has no such object
├── FileTooLargeError       the file is above Telegram's limit for bots
├── FileTooManyPixelsError  a picture that needs more memory than is reserved
├── FileUnreadableError     not a picture, or a broken one
│   ├── FileUnusableError       a file of a question, with a `trouble` for its sender
│   ├── LinkUnusableError       a link that is not fetched, with its `trouble`
│   └── VideoUnusableError      a video that cannot be shown, with its `trouble`
└── MessengerError          Telegram did not do what was asked
    ├── TooManyRequestsError    try again after `retry_after_seconds`
    ├── MessageGoneError        the message to edit, delete or answer does not exist (any more)
    ├── BotBlockedError         the person blocked the bot or never started it: stop
    ├── PlaceRefusedError       the group, its topic or our rights forbid it: another place may accept it
    │   ├── TopicClosedError        the topic is closed: it can be opened again
    │   └── TopicGoneError          the topic does not exist (any more)
    ├── ChatMigratedError       the group has become the supergroup `new_chat_id`
    ├── MessageRejectedError    Telegram will never accept this call
    ├── FileAwayError           the file is unavailable at Telegram now
    └── DeliveryUnknownError    no response: the call may or may not have happened
"""


class NanoBananaError(Exception):
    """The root of the tree."""


class SettingsError(NanoBananaError):
    """A setting is missing or malformed; the message names it."""


class OffersError(NanoBananaError):
    """The file of offers has a fault; the message names its place."""


class UnauthenticatedError(NanoBananaError):
    """A public call without the right secret."""


class ForbiddenError(NanoBananaError):
    """A task call without a valid token of the expected service account."""


class BodyTooLargeError(NanoBananaError):
    """A body longer than the endpoint reads."""


class BodyTooSlowError(NanoBananaError):
    """A body that comes so slowly that it would keep others waiting."""


class UnusableFormError(NanoBananaError):
    """A form that no page of ours sends."""


class UnusableReportError(NanoBananaError):
    """A call of an API of ours that cannot be used as it is; the message names the field."""


class UnusableUpdateError(NanoBananaError):
    """An authentic update in an unknown format."""


class UnusableChangeError(NanoBananaError):
    """An operator's change is invalid; the message tells the reason."""


class ConflictError(NanoBananaError):
    """A commit's precondition did not hold; nothing of it was written."""


class OtherIsSentError(ConflictError):
    """Another broadcast is being sent; there is one at a time."""


class LeaseLostError(NanoBananaError):
    """The fence was raised, or the job ended: this worker must not write any more."""


class StoppedError(NanoBananaError):
    """The process got SIGTERM, and its work was not nearly done."""


class NoRoomError(NanoBananaError):
    """The memory budget of this process stayed used up."""


class LaterError(NanoBananaError):
    """The same call should be delivered again after a pause."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:g} s")
        self.seconds = seconds


class ElsewhereError(NanoBananaError):
    """A model has to read the message, which this function does not have: `chat` handles the update."""


class UnavailableError(NanoBananaError):
    """A service of ours did not answer; the caller should retry."""


class BeingErasedError(UnavailableError):
    """The person is being erased; in some minutes they are new."""


class ReceiverError(NanoBananaError):
    """A webhook of a program gave no answer, for a reason of `shared.webhooks.event.Trouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class CardsUnavailableError(NanoBananaError):
    """A provider of card payments did not answer, answered nonsense, or refuses our key."""


class CardsRefusedError(NanoBananaError):
    """A provider of card payments does not take this sale or refund, for example because of the e-mail."""


class CardsByHandError(NanoBananaError):
    """A provider of card payments returns money only in its cabinet."""


class NoticeRefusedError(NanoBananaError):
    """A place will never take this notice; repeating would not help."""


class CallRefusedError(NanoBananaError):
    """A service of ours rejected the call for good."""


class DocumentUnreadableError(NanoBananaError):
    """A document lacks a field, or has a value of another type in it; the message names the field."""


class BlobMissingError(NanoBananaError):
    """The object is not in the bucket."""


class FileTooLargeError(NanoBananaError):
    """The file is over the 20 MB that Telegram lets bots download."""


class FileTooManyPixelsError(NanoBananaError):
    """Decoding the picture would need more memory than is reserved for one."""


class FileUnreadableError(NanoBananaError):
    """The bytes are not a readable picture."""


class FileUnusableError(FileUnreadableError):
    """A file of a question cannot be read, for a reason of `shared.providers.files.FileTrouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class LinkUnusableError(FileUnreadableError):
    """What a link leads to cannot be used, for a reason of `shared.providers.links.LinkTrouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class VideoUnusableError(FileUnreadableError):
    """A video that a model made cannot be shown, for a reason of `shared.providers.mp4.VideoTrouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class MessengerError(NanoBananaError):
    """The base of all errors of a call to Telegram."""


class TooManyRequestsError(MessengerError):
    """Flood control."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"retry after {retry_after_seconds:g} s")
        self.retry_after_seconds = retry_after_seconds


class MessageGoneError(MessengerError):
    """The message, or the query to answer, no longer exists."""


class BotBlockedError(MessengerError):
    """403: the bot was blocked or never started, or the account is deleted."""


class PlaceRefusedError(MessengerError):
    """Photos or messages are forbidden there, the topic is closed, or the bot was removed from the group."""


class TopicClosedError(PlaceRefusedError):
    """The topic is closed, and we may not write in closed ones."""


class TopicGoneError(PlaceRefusedError):
    """The topic was deleted, or never was."""


class ChatMigratedError(MessengerError):
    """A group became a supergroup: the same people under another id, without the old messages."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"moved to {new_chat_id}")
        self.new_chat_id = new_chat_id


class MessageRejectedError(MessengerError):
    """400 for a reason that a retry does not cure."""


class FileAwayError(MessengerError):
    """Telegram does not know the file, or cannot reach it now: its error is the same."""


class DeliveryUnknownError(MessengerError):
    """The connection broke or timed out, or Telegram answered 5xx."""
