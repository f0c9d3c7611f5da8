"""Recordings that a player plays and that carry their words in the file, as the local Gemini's own do."""

import struct

_SAMPLES_PER_PACKET = 960
_RATE = 48_000
_SILENCE = b"\xf8\xff\xfe"
"""A packet of Opus: 20 ms of nothing."""
_PACKETS_PER_PAGE = 50
_FIRST, _LAST = 2, 4
_SPOKEN = b"\0spoken\0"


def make_ogg(words: str | None, seconds: int = 2) -> bytes:
    """An Ogg Opus file, silent, with words in the comment TRANSCRIPT of OpusTags; None: without any."""
    comments = [] if words is None else [b"TRANSCRIPT=" + words.encode()]
    vendor = b"tests"
    tags = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments))
    tags += b"".join(struct.pack("<I", len(each)) + each for each in comments)
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, _RATE, 0, 0)
    pages = [_page(0, 0, [head], _FIRST)]
    pages += _split(1, b"OpusTags" + tags)
    total = seconds * _RATE // _SAMPLES_PER_PACKET
    for start in range(0, total, _PACKETS_PER_PAGE):
        count = min(_PACKETS_PER_PAGE, total - start)
        end = start + count
        mark = _LAST if end == total else 0
        pages.append(_page(len(pages), end * _SAMPLES_PER_PACKET, [_SILENCE] * count, mark))
    return b"".join(pages)


def make_spoken(words: str, form: str = "audio/ogg", seconds: int = 1) -> bytes:
    """The shortest recording of a form whose length can be measured; `read_spoken` finds the words behind it."""
    if form == "audio/mpeg":
        sound = (b"\xff\xfb\x90\x00" + bytes(413)) * 3
    elif form.endswith("/mp4"):
        sound = struct.pack(">I4sI4sIIIII", 36, b"moov", 28, b"mvhd", 0, 0, 0, 1, seconds)
    else:
        head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 0, _RATE, 0, 0)
        sound = (
            _page(0, 0, [head], _FIRST) + _page(1, 0, [b"OpusTags"], 0) + _page(2, seconds * _RATE, [_SILENCE], _LAST)
        )
    return sound + _SPOKEN + words.encode()


def read_spoken(content: bytes) -> str:
    """The words of `make_spoken`; of other recordings all there is."""
    return content.rpartition(_SPOKEN)[2].decode()


def make_wav(words: str | None, seconds: int = 1) -> bytes:
    """A WAV file, silent, with words in the field ICMT of its list INFO; None: without any."""
    samples = bytes(16_000 * seconds)
    chunks = b"fmt " + struct.pack("<IHHIIHH", 16, 1, 1, 8_000, 16_000, 2, 16)
    if words is not None:
        text = words.encode() + b"\0"
        text += b"\0" * (len(text) % 2)
        info = b"INFOICMT" + struct.pack("<I", len(text)) + text
        chunks += b"LIST" + struct.pack("<I", len(info)) + info
    body = b"WAVE" + chunks + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _split(number: int, packet: bytes) -> list[bytes]:
    """A packet over as many pages as it needs: a page holds 255 pieces of 255 bytes."""
    pages, room = list[bytes](), 255 * 255
    while len(packet) >= room:
        pages.append(_write(number + len(pages), -1 if packet[room:] else 0, bytes([255] * 255), packet[:room], 0))
        packet = packet[room:]
    lacing = bytes([255] * (len(packet) // 255) + [len(packet) % 255])
    pages.append(_write(number + len(pages), 0, lacing, packet, 1 if pages else 0))
    return pages


def _page(number: int, granule: int, packets: list[bytes], marks: int) -> bytes:
    return _write(number, granule, bytes(len(packet) for packet in packets), b"".join(packets), marks)


def _write(number: int, granule: int, lacing: bytes, body: bytes, marks: int) -> bytes:
    head = struct.pack("<4sBBqIIIB", b"OggS", 0, marks, granule, 7, number, 0, len(lacing)) + lacing
    crc = struct.pack("<I", _checksum(head + body))
    return head[:22] + crc + head[26:] + body


def _checksum(page: bytes) -> int:
    crc = 0
    for byte in page:
        crc = (crc << 8 & 0xFFFFFFFF) ^ _TABLE[crc >> 24 ^ byte]
    return crc


def _fill_table() -> list[int]:
    """Of CRC-32 with the polynomial that Ogg uses, not reflected."""
    table = list(range(256))
    for number in table:
        crc = number << 24
        for _ in range(8):
            crc = (crc << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 if crc & 0x80000000 else 0)
        table[number] = crc
    return table


_TABLE = _fill_table()
