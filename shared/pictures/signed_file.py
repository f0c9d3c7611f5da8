"""A picture and its model's thought signature in one file, picture first, so that one write stores both.

The job's document and the file's metadata have the picture's size. Decoders of PNG, JPEG and WebP stop at the picture's
own end, so a release that does not know signatures in files shows the same picture.
"""

from shared.pictures.picture import Result
from shared.ports import BlobStore, StoredBlob

MODEL_FACT, SIZE_FACT = "model-id", "picture-bytes"
"""The names of metadata of a picture's file, which allow to recover its job."""
SIGNED_FACT = "signed"
"""Metadata of earlier releases: "yes" if the signature is in a separate file."""


def facts_of(result: Result) -> dict[str, str]:
    """The metadata of a picture."""
    return {MODEL_FACT: result.model_id, SIZE_FACT: str(result.size_bytes)}


def describe_file(name: str, stored: StoredBlob) -> Result:
    """The facts about a stored file that are known without decoding it."""
    size_bytes = int(stored.facts.get(SIZE_FACT, len(stored.content)))
    signature = f"{name}.signature" if stored.facts.get(SIGNED_FACT) == "yes" else None
    return Result(name, stored.mime_type, 0, 0, size_bytes, signature, stored.facts.get(MODEL_FACT, ""))


def split_file(content: bytes, picture_bytes: int) -> tuple[bytes, bytes]:
    """The picture and the signature after it; the signature is empty if there is none."""
    return content[:picture_bytes], content[picture_bytes:]


async def read_picture(blobs: BlobStore, result: Result) -> bytes:
    """The picture alone, byte for byte as the model made it. Raises BlobMissingError, UnavailableError."""
    picture, _ = split_file(await blobs.get(result.blob), result.size_bytes)
    return picture
