"""Files that a question is about: their kinds, and the upper bounds of their tokens and bytes. Pure.

Documents keep Telegram's id of a file and what the sender's app says about it, never its bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.conversations.tokens import PAGE_TOKENS, PICTURE_TOKENS, VIDEO_SECOND_TOKENS
from shared.credits.catalogue import REFERENCES_MAX
from shared.jobs.limits import FILE_BYTES_MAX
from shared.providers.files import FileContent, FileKind, FileTrouble

FILES_MAX = REFERENCES_MAX
"""An album has up to ten; the replied message, and the picture that it replies to, may add more."""
PAGES_MAX = 50
FILES_TOKENS_MAX = PAGES_MAX * PAGE_TOKENS
"""For all files of a question together: 28,000, about 80 pages of plain text. They may raise a price 2.5 times."""
VIDEO_SECONDS_MAX = 90
VIDEO_SLACK_SECONDS = 3
"""A video may be this much longer than its app said."""
VIDEO_TYPE = "video/mp4"
"""The format of every video that Telegram's apps send, and the only one whose length is measured."""
_OFFICE_TYPES = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
_OFFICE_NAMES = (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")
_OLD_TYPES = ("application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint")
_OLD_NAMES = (".doc", ".xls", ".ppt")
_TEXT_TYPES = (
    "text/", "application/json", "application/xml", "application/x-yaml", "application/yaml", "application/toml",
    "application/javascript", "application/x-javascript", "application/x-sh", "application/x-python", "application/sql",
    "application/x-subrip", "application/x-tex", "application/x-httpd-php",
)  # fmt: skip
_TEXT_NAMES = (
    ".txt", ".md", ".csv", ".tsv", ".json", ".jsonl", ".xml", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".env",
    ".log", ".srt", ".vtt", ".tex", ".html", ".htm", ".css", ".svg", ".sql", ".sh", ".bat", ".ps1", ".py", ".ipynb",
    ".js", ".jsx", ".ts", ".tsx", ".java", ".kt", ".c", ".h", ".cpp", ".hpp", ".cs", ".go", ".rs", ".rb", ".php",
    ".swift", ".scala", ".lua", ".pl", ".r", ".dart", ".vue", ".tf", ".diff", ".patch", ".ics",
)  # fmt: skip

_NAME_TOKENS = 150
"""For the file's name and the quotation marks around it. A byte of its text is one token at most: a digit."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at Telegram."""

    file_id: str
    size_bytes: int
    """0 if Telegram does not say."""
    mime_type: str
    name: str = ""
    tokens: int = 0
    """As counted when the file was opened; 0 until then."""
    seconds: int = 0
    """Length of a video by its sender's app; 0 if unknown."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, and its content as the model gets it."""

    file: Attachment
    content: FileContent


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files that go to the model with a question."""

    own: tuple[Opened, ...] = ()
    earlier: dict[str, tuple[Opened, ...]] = field(default_factory=dict)
    """The files of earlier turns, by the turn's job."""


def kind_of(file: Attachment) -> FileKind | None:
    """The kind by the file's type, or else by its name; None if we do not read such files."""
    mime_type, name = file.mime_type, file.name.lower()
    if mime_type.startswith(_TEXT_TYPES):
        return "text"
    if mime_type.startswith("image/"):
        return "picture"
    if mime_type == "application/pdf" or name.endswith(".pdf"):
        return "pdf"
    if mime_type.startswith(_OFFICE_TYPES) or name.endswith(_OFFICE_NAMES):
        return "office"
    if mime_type == VIDEO_TYPE:
        return "video"
    return "text" if name.endswith(_TEXT_NAMES) else None


def find_trouble(files: Sequence[Attachment]) -> FileTrouble | None:
    """Why these files cannot be used, as far as this is known before they are opened; None if they can."""
    for file in files:
        if file.size_bytes > FILE_BYTES_MAX:
            return "size"
        if kind_of(file) is None:
            is_old = file.mime_type.startswith(_OLD_TYPES) or file.name.lower().endswith(_OLD_NAMES)
            return "old" if is_old else "kind"
        if file.seconds > VIDEO_SECONDS_MAX:
            return "long"
    return None


def bound_tokens(files: Sequence[Attachment]) -> int:
    """The most tokens that these files take: a longer file is cut or refused."""
    return min(FILES_TOKENS_MAX, sum(map(bound_file, files)))


def weigh_files(files: Sequence[Attachment]) -> int:
    """Roughly the most memory in bytes for sending them to the model: file, base64 and the request's body."""
    return 4 * sum(min(file.size_bytes or FILE_BYTES_MAX, FILE_BYTES_MAX) for file in files)


def bound_file(file: Attachment) -> int:
    """An upper bound of the file's tokens."""
    kind = kind_of(file)
    if kind == "video" and file.seconds:
        return min(FILES_TOKENS_MAX, (file.seconds + VIDEO_SLACK_SECONDS) * VIDEO_SECOND_TOKENS)
    if kind == "picture":
        return PICTURE_TOKENS
    if kind == "text" and file.size_bytes:
        return min(FILES_TOKENS_MAX, file.size_bytes + _NAME_TOKENS)
    return FILES_TOKENS_MAX
