"""Files for the bench: PDFs as large as Telegram hands out, and voice messages."""

import os

from infra.bench.crowd import Crowd
from infra.local.gemini.sound import SAMPLES_PER_SECOND, write_ogg

PDF_BYTES = 19_900_000
"""Telegram hands out 20 MiB."""
VOICE_SECONDS = 30
WORDS = "Which rivers flow into the North Sea?"


async def ask_about_pdf(crowd: Crowd, user_id: int) -> str:
    """Ask what is in a large PDF; the id of the job it will become."""
    return await crowd.send_file(
        user_id, "document", ("report.pdf", make_pdf(PDF_BYTES), "application/pdf"), "/ask What is in it?"
    )


async def say(crowd: Crowd, user_id: int) -> str:
    """Send a voice message; the id of the job of its transcript."""
    voice = write_ogg(bytes(2 * SAMPLES_PER_SECOND * VOICE_SECONDS), WORDS)
    return await crowd.send_file(user_id, "voice", ("voice.ogg", voice, "audio/ogg"))


def make_pdf(size_bytes: int) -> bytes:
    """A PDF of one page about this large, full of noise that nothing makes small."""
    noise = os.urandom(size_bytes).replace(b"endstream", b"END STREA")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R >>",
        b"<< /Length " + str(size_bytes).encode() + b" >>\nstream\n" + noise + b"\nendstream",
    )
    bodies = [str(number).encode() + b" 0 obj\n" + body + b"\nendobj\n" for number, body in enumerate(objects, 1)]
    return b"".join([b"%PDF-1.4\n", *bodies, b"trailer\n<< /Root 1 0 R >>\n%%EOF\n"])
