"""The ports: one narrow protocol for each outside service.

Each has an adapter in `shared/adapters`, a fake in `tests/fakes`, and one contract suite that both pass.
Adapters are created once per process and used from one event loop.
"""

from shared.ports.blobs import BlobAbout, BlobStore, MediaStore, StoredBlob
from shared.ports.cards import CardInvoice, CardPayments, CardSale, InvoiceState, OpenedInvoice
from shared.ports.documents import Create, Fields, Increment, Key, Op, Query, Record, Store, Update, Version, Write
from shared.ports.media import FileReader, LinkReader, Pictures, VideoFiles
from shared.ports.messenger import (
    NO_CAPTION,
    Action,
    Button,
    InlineAnswer,
    InlineResult,
    Invoice,
    Mark,
    Media,
    Messenger,
    Place,
    Screen,
    Sent,
    StarTransaction,
    StoredFile,
    Video,
)
from shared.ports.models import Provider, SpeechProvider, TextProvider, Transcoder, VideoProvider
from shared.ports.process import Budget, Clock, Ids, Spending, TaskQueue
from shared.ports.sets import (
    DEFAULT_SELLERS,
    AppPorts,
    PictureStudio,
    Ports,
    RepairPorts,
    Studio,
    TalkStudio,
    VideoStudio,
)

__all__ = [
    "DEFAULT_SELLERS",
    "NO_CAPTION",
    "Action",
    "AppPorts",
    "BlobAbout",
    "BlobStore",
    "Budget",
    "Button",
    "CardInvoice",
    "CardPayments",
    "CardSale",
    "Clock",
    "Create",
    "Fields",
    "FileReader",
    "Ids",
    "Increment",
    "InlineAnswer",
    "InlineResult",
    "Invoice",
    "InvoiceState",
    "Key",
    "LinkReader",
    "Mark",
    "Media",
    "MediaStore",
    "Messenger",
    "Op",
    "OpenedInvoice",
    "PictureStudio",
    "Pictures",
    "Place",
    "Ports",
    "Provider",
    "Query",
    "Record",
    "RepairPorts",
    "Screen",
    "Sent",
    "SpeechProvider",
    "Spending",
    "StarTransaction",
    "Store",
    "StoredBlob",
    "StoredFile",
    "Studio",
    "TalkStudio",
    "TaskQueue",
    "TextProvider",
    "Transcoder",
    "Update",
    "Version",
    "Video",
    "VideoFiles",
    "VideoProvider",
    "VideoStudio",
    "Write",
]
