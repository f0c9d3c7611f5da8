"""Photos, albums and files that are asked about, end to end: the model got them, and says what they hold."""

import io

import pytest
from PIL import Image

from shared.jobs.job import JobState
from tests.e2e.backstage import Backstage
from tests.e2e.people import Json, Person, as_document, list_buttons, read_words
from tests.office_files import make_docx, make_pdf, make_xlsx

pytestmark = [
    pytest.mark.emulator,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("books_stay_right"),
]

PDF, DOCX = "application/pdf", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def paint(colour: str, width: int = 640, height: int = 480) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG")
    return buffer.getvalue()


async def wait_for_answer(person: Person, count: int = 1) -> str:
    """The words of the newest answer, once there are so many that can be gone on with."""

    def look(messages: list[Json]) -> Json | None:
        found = [each for each in messages if any("answer-longer" in data for data in list_buttons(each))]
        return found[-1] if len(found) >= count else None

    return read_words(await person.wait_for(look))


async def choose(person: Person, mode: str, title: str) -> None:
    await person.send("/mode")
    await person.press(await person.wait_for_text(title), "mode", mode)


async def test_photos_in_chat(anna: Person, backstage: Backstage) -> None:
    """In *Chat* a photo is asked about, the next question still sees it, and one without words is described."""
    await choose(anna, "chat", "plain words")
    await anna.send("what do you see?", photos=[paint("red", 640, 480)])
    assert "640×480 pixels, mostly red" in await wait_for_answer(anna)
    await anna.send("and is it warm?")
    await wait_for_answer(anna, 2)
    assert [call["images_in"] for call in await backstage.model_calls("and is it warm?")] == [1]
    await anna.send(photos=[paint("blue", 300, 200)])
    asked = await anna.wait_for_text("What shall I do with this picture?")
    await anna.press(asked, "inwords")
    assert "300×200 pixels, mostly blue" in await wait_for_answer(anna, 3)
    assert (await backstage.wait_for_rest(anna.id)).available == 20
    assert [job.state for job in await backstage.jobs(anna.id)] == [JobState.DELIVERED] * 3


async def test_an_album_is_one_question(boris: Person, backstage: Backstage) -> None:
    """Several photos, one caption, one answer that is about all of them."""
    await choose(boris, "chat", "обычными словами")
    await boris.send("Чем они отличаются?", photos=[paint("red", 640, 480), paint("blue", 320, 240)])
    answer = await wait_for_answer(boris)
    assert "640×480" in answer
    assert "320×240" in answer
    await backstage.wait_for_rest(boris.id)
    assert len(await backstage.jobs(boris.id)) == 1


async def test_files(anna: Person, backstage: Backstage) -> None:
    """/ask takes a PDF, a text and office files; the answer says what stands in them."""
    files = [
        ("report.pdf", make_pdf("Profit grew by 12 percent."), PDF, "Profit grew"),
        ("notes.txt", b"Buy milk and bread.", "text/plain", "Buy milk"),
        ("letter.docx", make_docx("Dear Anna, the code is 4711."), DOCX, "Dear Anna"),
        ("sums.xlsx", make_xlsx('<row><c r="A1"><v>4242</v></c></row>'), "application/octet-stream", "4242"),
    ]
    for number, (name, content, mime, words) in enumerate(files, 1):
        await anna.send("/ask what is in it?", document=as_document(name, content, mime))
        assert words in await wait_for_answer(anna, number)
    assert (await backstage.wait_for_rest(anna.id)).available == 20


async def test_a_reply_to_a_picture_of_ours(anna: Person, backstage: Backstage) -> None:
    """*What is this?* in reply to a picture that the bot drew sees it."""
    [wish] = await anna.send("/image a red fox in the snow")
    picture = await anna.wait_for_picture(wish)
    await anna.send("/ask what is this?", reply_to=picture["message_id"])
    assert "In the picture" in await wait_for_answer(anna)
    await backstage.wait_for_rest(anna.id)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("locked.pdf", make_pdf("x", extra="/Encrypt 1 0 R "), "защищён паролем"),
        ("empty.txt", b" \n", "нечего читать"),
        ("a.zip", b"PK", "такого вида"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "старый формат"),
    ],
)
async def test_files_that_cannot_be_read(
    boris: Person, backstage: Backstage, name: str, content: bytes, said: str
) -> None:
    """Each has its words, and costs nothing."""
    await boris.send("/ask что там?", document=as_document(name, content, "application/octet-stream"))
    message = await boris.wait_for_text(said)
    assert "Ничего не списано" in read_words(message)
    assert (await backstage.wait_for_rest(boris.id)).available == 20
