"""What the local Gemini paints, seen through google-genai."""

import io
from collections.abc import Callable

import pytest
from google.genai import types
from google.genai.client import AsyncClient
from PIL import Image, ImageChops

from infra.local.gemini import Fault, Gemini
from infra.local.gemini.models import MODELS, pixel_size
from infra.local.gemini.noise import noise_png

MODEL = "gemini-nano-banana-2.1"
Config = Callable[..., types.GenerateContentConfig]
Picture = Callable[..., types.Part]


def image_of(response: types.GenerateContentResponse) -> Image.Image:
    [part] = [part for part in response.parts or [] if part.inline_data]
    assert part.inline_data is not None
    assert part.inline_data.data is not None
    assert part.inline_data.mime_type == "image/png"
    image = Image.open(io.BytesIO(part.inline_data.data))
    image.load()
    assert image.format == "PNG"
    return image


def mean_colour(image: Image.Image, box: tuple[float, float, float, float]) -> tuple[int, ...]:
    left, top, right, bottom = box
    corners = (left * image.width, top * image.height, right * image.width, bottom * image.height)
    pixel = image.convert("RGB").crop(corners).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(pixel, tuple)
    return tuple(map(int, pixel))


@pytest.mark.parametrize("ratio", MODELS[MODEL].ratios)
async def test_every_ratio_has_its_size(developer: AsyncClient, image_config: Config, ratio: str) -> None:
    """Each of the fourteen ratios gives a PNG of exactly the published pixel size."""
    response = await developer.models.generate_content(model=MODEL, contents="a lake", config=image_config(ratio))
    assert image_of(response).size == pixel_size(ratio, "1K")


@pytest.mark.parametrize(("size", "pixels"), [("1K", (1376, 768)), ("2K", (2752, 1536)), ("4K", (5504, 3072))])
async def test_every_size_has_its_pixels(
    developer: AsyncClient, image_config: Config, size: str, pixels: tuple[int, int]
) -> None:
    """1K, 2K and 4K double the pixels of a ratio each time."""
    response = await developer.models.generate_content(
        model=MODEL, contents="a lake", config=image_config("16:9", size)
    )
    assert image_of(response).size == pixels


async def test_prompt_decides_the_first_picture(gemini: Gemini, developer: AsyncClient, image_config: Config) -> None:
    """A seed makes a picture repeatable; without one, asking again gives another picture."""
    config = image_config(seed=7)
    ask = developer.models.generate_content
    first, again = [image_of(await ask(model=MODEL, contents="a cat", config=config)) for _ in range(2)]
    assert first.tobytes() == again.tobytes()
    one, two = [image_of(await ask(model=MODEL, contents="a cat", config=image_config())) for _ in range(2)]
    assert one.tobytes() != two.tobytes()


async def test_edit_shows_its_input(developer: AsyncClient, image_config: Config, picture_part: Picture) -> None:
    """One input picture fills the answer, changed but recognisable by its colour."""
    contents: list[types.PartUnion] = ["make it a sunset", picture_part("blue")]
    image = image_of(await developer.models.generate_content(model=MODEL, contents=contents, config=image_config()))
    red, green, blue = mean_colour(image, (0.3, 0.3, 0.7, 0.7))
    assert blue > red
    assert blue > green
    assert (red, green, blue) != (0, 0, 255)


async def test_edit_keeps_the_inputs_shape(developer: AsyncClient, image_config: Config, picture_part: Picture) -> None:
    """Without a ratio an edit has the ratio nearest to its input, as the model's documentation says."""
    contents: list[types.PartUnion] = ["warmer", picture_part("blue", (1920, 1080), "JPEG")]
    response = await developer.models.generate_content(model=MODEL, contents=contents, config=image_config())
    assert image_of(response).size == pixel_size("16:9", "1K")


async def test_collage_shows_every_reference(
    developer: AsyncClient, image_config: Config, picture_part: Picture
) -> None:
    """Two references stand side by side in the answer, in their order."""
    contents: list[types.PartUnion] = ["both", picture_part("red"), picture_part("lime")]
    config = image_config("16:9")
    image = image_of(await developer.models.generate_content(model=MODEL, contents=contents, config=config))
    left = mean_colour(image, (0.23, 0.4, 0.3, 0.55))
    right = mean_colour(image, (0.7, 0.4, 0.77, 0.55))
    assert left[0] - left[1] > 140, "red"
    assert right[1] - right[0] > 140, "lime"


async def test_next_version_starts_from_the_last(
    developer: AsyncClient, image_config: Config, picture_part: Picture
) -> None:
    """With a history, the model's own last picture is the base of the next one."""
    prompt = types.Content(role="user", parts=[types.Part(text="make it snow"), picture_part("blue")])
    first = await developer.models.generate_content(model=MODEL, contents=prompt, config=image_config("1:1"))
    assert first.candidates is not None
    assert first.candidates[0].content is not None
    history: list[types.ContentUnion] = [
        types.Content(role="user", parts=[types.Part(text="make it snow")]),
        first.candidates[0].content,
        types.Content(role="user", parts=[types.Part(text="black-and-white")]),
    ]
    second = image_of(
        await developer.models.generate_content(model=MODEL, contents=history, config=image_config("1:1"))
    )
    middle = second.convert("RGB").crop((300, 300, 700, 700))
    red, green, _ = middle.split()
    assert ImageChops.difference(red, green).getextrema() == (0, 0)


async def test_noise_is_a_megabyte_and_ready(gemini: Gemini, developer: AsyncClient, image_config: Config) -> None:
    """Noise for benches is a real RGB PNG of the right size and about one byte a pixel, made once."""
    gemini.set_faults(Fault("noise"))
    image = image_of(await developer.models.generate_content(model=MODEL, contents="x", config=image_config()))
    assert (image.size, image.mode) == ((1024, 1024), "RGB")
    assert 0.9e6 < gemini.calls()[0].image_bytes_out < 1.15e6
    assert noise_png(64, 64) is noise_png(64, 64)


async def test_text_only_when_asked(developer: AsyncClient) -> None:
    """A call that asks for TEXT alone gets no picture."""
    config = types.GenerateContentConfig(response_modalities=["TEXT"])
    response = await developer.models.generate_content(model=MODEL, contents="a lake", config=config)
    assert response.text
    assert all(part.inline_data is None for part in response.parts or [])


async def test_image_only_when_asked(developer: AsyncClient) -> None:
    """A call that asks for IMAGE alone gets one part."""
    config = types.GenerateContentConfig(response_modalities=["IMAGE"])
    response = await developer.models.generate_content(model=MODEL, contents="a lake", config=config)
    assert image_of(response)
    assert len(response.parts or []) == 1
