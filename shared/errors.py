"""Every error the product raises on purpose.

NanoBananaError
├── SettingsError           the environment lacks or garbles a setting    the process does not start
├── UnauthenticatedError    no or a wrong webhook secret                  401
├── ForbiddenError          a task call without a valid OIDC token        403
├── BodyTooLargeError       more bytes than an endpoint reads             413; the webhook answers 200
├── UnusableUpdateError     authentic, but nothing we can act on          200, quarantined
├── UnusableChangeError     an operator's change that cannot be booked    the command says why
├── ConflictError           a precondition failed: someone wrote first    read again and decide anew
├── LeaseLostError          another worker owns the job now               stop, write nothing
├── StoppedError            this process is to end before its work was done  the job is given back
├── NoRoomError             this process holds as many bytes as it may    200, and a new task for later
├── LaterError              not now, but in so many seconds               200, and a new task for then
├── ElsewhereError          another function has what this update needs   200, and a task for it
├── UnavailableError        our own store, queue or bucket is out         503
├── CallRefusedError        our own store takes no such call: a bug, or a right that is missing   500
├── DocumentUnreadableError a stored document that this version cannot read
├── BlobMissingError        the bucket has no such object
├── FileTooLargeError       Telegram does not hand out the file
├── FileTooManyPixelsError  a picture that takes more memory than is set aside
├── FileUnreadableError     not a picture, or a broken one
│   ├── FileUnusableError       a file to be read, with a `trouble` that its sender can be told
│   └── VideoUnusableError      a video that cannot be shown, with its `trouble`
└── MessengerError          Telegram did not do what was asked
    ├── TooManyRequestsError    try again after `retry_after_seconds`
    ├── MessageGoneError        the message to edit, delete or answer is not there (any more)
    ├── BotBlockedError         the person does not want us, or was never here: stop
    ├── PlaceRefusedError       the group, its topic or its rights do not let us: another place may
    ├── ChatMigratedError       the group has become the supergroup `new_chat_id`
    ├── MessageRejectedError    Telegram will never accept this call
    ├── FileAwayError           Telegram does not hand out the file now
    └── DeliveryUnknownError    no answer came: it may or may not have happened
"""


class NanoBananaError(Exception):
    """The root of the tree."""


class SettingsError(NanoBananaError):
    """A setting is missing or malformed; the message names it."""


class UnauthenticatedError(NanoBananaError):
    """A public call without the right secret."""


class ForbiddenError(NanoBananaError):
    """A task call without a valid token of the expected service account."""


class BodyTooLargeError(NanoBananaError):
    """A body longer than the endpoint reads."""


class UnusableUpdateError(NanoBananaError):
    """An authentic update that has not the shape of anything we know."""


class UnusableChangeError(NanoBananaError):
    """What an operator wants to do to somebody's credits cannot be; the message says why."""


class ConflictError(NanoBananaError):
    """A commit's precondition did not hold; nothing of it was written."""


class LeaseLostError(NanoBananaError):
    """The fence was raised, or the job ended: what this worker still wants to write is void."""


class StoppedError(NanoBananaError):
    """The process was told to end, and its work was not nearly done."""


class NoRoomError(NanoBananaError):
    """The byte budget of this process stayed spent."""


class LaterError(NanoBananaError):
    """The same call should come again after a pause."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"in {seconds:g} s")
        self.seconds = seconds


class ElsewhereError(NanoBananaError):
    """A model has to read the message, and none is at hand here: `chat` handles the update."""


class UnavailableError(NanoBananaError):
    """A service of ours did not answer; the caller should come again."""


class CallRefusedError(NanoBananaError):
    """A service of ours understood the call and will never do it."""


class DocumentUnreadableError(NanoBananaError):
    """A document lacks a field, or holds another kind of value in it; the message names the field."""


class BlobMissingError(NanoBananaError):
    """The object is not in the bucket."""


class FileTooLargeError(NanoBananaError):
    """The file is over the 20 MB that Telegram lets bots download."""


class FileTooManyPixelsError(NanoBananaError):
    """Decoding the picture would take more memory than is set aside for one."""


class FileUnreadableError(NanoBananaError):
    """The bytes are no picture that can be opened."""


class FileUnusableError(FileUnreadableError):
    """A file that somebody asks about cannot be read, for a reason of `shared.providers.files.FileTrouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class VideoUnusableError(FileUnreadableError):
    """A video that a model made cannot be shown, for a reason of `shared.providers.mp4.VideoTrouble`."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class MessengerError(NanoBananaError):
    """The root of what can go wrong with a call to Telegram."""


class TooManyRequestsError(MessengerError):
    """Flood control."""

    def __init__(self, retry_after_seconds: float) -> None:
        super().__init__(f"retry after {retry_after_seconds:g} s")
        self.retry_after_seconds = retry_after_seconds


class MessageGoneError(MessengerError):
    """The message, or the query to answer, does not exist any more."""


class BotBlockedError(MessengerError):
    """403: blocked, never started, or the account is gone."""


class PlaceRefusedError(MessengerError):
    """Photos or messages are forbidden there, the topic is closed, or we were put out of the group."""


class ChatMigratedError(MessengerError):
    """A group has become a supergroup: the same people under another id, without the old messages."""

    def __init__(self, new_chat_id: int) -> None:
        super().__init__(f"moved to {new_chat_id}")
        self.new_chat_id = new_chat_id


class MessageRejectedError(MessengerError):
    """400 for a reason that a repetition does not cure."""


class FileAwayError(MessengerError):
    """Telegram knows no such file, or cannot reach it now: it says the same for both."""


class DeliveryUnknownError(MessengerError):
    """The connection broke or timed out, or Telegram answered 5xx."""
