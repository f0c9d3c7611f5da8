"""Files that a question is about: of which kind they are, and how many tokens they take at most. Pure.

Documents keep where a file is at Telegram and what its sender's app says of it, never its bytes.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.conversations.tokens import PAGE_TOKENS, PICTURE_TOKENS, VIDEO_SECOND_TOKENS
from shared.credits.catalogue import REFERENCES_MAX
from shared.jobs.limits import FILE_BYTES_MAX
from shared.providers.files import FileContent, FileKind, FileTrouble

FILES_MAX = REFERENCES_MAX
"""An album has ten; the message that it answers, and the picture that this answers, may bring more."""
PAGES_MAX = 50
FILES_TOKENS_MAX = PAGES_MAX * PAGE_TOKENS
"""Of all files of a question together: 28,000, about 80 pages of plain text. An answer may cost 2.5 times as much."""
VIDEO_SECONDS_MAX = 90
VIDEO_SLACK_SECONDS = 3
"""A video may be so much longer than its app said."""
VIDEO_TYPE = "video/mp4"
"""What Telegram's apps make of every video, and the only form whose length is measured here."""
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
"""The file's name, and the borders around it. Of its text a byte is one token at most: a digit."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file at Telegram."""

    file_id: str
    size_bytes: int
    """0 where Telegram does not say."""
    mime_type: str
    name: str = ""
    tokens: int = 0
    """What it took when it was read; 0 until then."""
    seconds: int = 0
    """Of a video, as its sender's app says; 0 where it does not."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, and what a model gets of it."""

    file: Attachment
    content: FileContent


@dataclass(frozen=True, slots=True)
class Gathered:
    """The files that go to the model with a question."""

    own: tuple[Opened, ...] = ()
    earlier: dict[str, tuple[Opened, ...]] = field(default_factory=dict)
    """Those of earlier turns, by the job of the turn."""


def kind_of(file: Attachment) -> FileKind | None:
    """What its type, or else its name, says; None for what is not read."""
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
    """Why these cannot be asked about, as far as that is known before they are opened."""
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
    """The most tokens that these take: what is longer is cut, or not read."""
    return min(FILES_TOKENS_MAX, sum(map(bound_file, files)))


def weigh_files(files: Sequence[Attachment]) -> int:
    """The bytes that these hold at most on their way to the model, roughly: themselves, base64, the request's body."""
    return 4 * sum(min(file.size_bytes or FILE_BYTES_MAX, FILE_BYTES_MAX) for file in files)


def bound_file(file: Attachment) -> int:
    """The most tokens that this one takes."""
    kind = kind_of(file)
    if kind == "video" and file.seconds:
        return min(FILES_TOKENS_MAX, (file.seconds + VIDEO_SLACK_SECONDS) * VIDEO_SECOND_TOKENS)
    if kind == "picture":
        return PICTURE_TOKENS
    if kind == "text" and file.size_bytes:
        return min(FILES_TOKENS_MAX, file.size_bytes + _NAME_TOKENS)
    return FILES_TOKENS_MAX
