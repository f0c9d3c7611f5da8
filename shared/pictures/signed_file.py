"""A picture and its model's thought signature in one file, picture first: one write, and neither is there alone.

Where the picture ends is written in its job's document and beside the file. Decoders of PNG, JPEG and WebP stop at the
picture's own end, so that a release which does not know of signatures in files shows the same picture.
"""

from shared.pictures.picture import Result
from shared.ports import BlobStore, StoredBlob

MODEL_FACT, SIZE_FACT = "model-id", "picture-bytes"
"""Metadata of a picture's file: facts that otherwise only the job's document has."""
SIGNED_FACT = "signed"
"""What earlier releases wrote: "yes" where the signature is in a file of its own."""


def facts_of(result: Result) -> dict[str, str]:
    """What is to be written beside a picture."""
    return {MODEL_FACT: result.model_id, SIZE_FACT: str(result.size_bytes)}


def describe_file(name: str, stored: StoredBlob) -> Result:
    """What is known of a stored file without opening its picture."""
    size_bytes = int(stored.facts.get(SIZE_FACT, len(stored.content)))
    signature = f"{name}.signature" if stored.facts.get(SIGNED_FACT) == "yes" else None
    return Result(name, stored.mime_type, 0, 0, size_bytes, signature, stored.facts.get(MODEL_FACT, ""))


def split_file(content: bytes, picture_bytes: int) -> tuple[bytes, bytes]:
    """The picture, and the signature behind it; empty where there is none."""
    return content[:picture_bytes], content[picture_bytes:]


async def read_picture(blobs: BlobStore, result: Result) -> bytes:
    """The picture alone, byte for byte as the model made it. Raises BlobMissingError, UnavailableError."""
    picture, _ = split_file(await blobs.get(result.blob), result.size_bytes)
    return picture
