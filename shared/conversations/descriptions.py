"""Recognises texts that only describe a picture: "a red cat on a fence, watercolour". Pure.

They contain no order, so every part must point at a picture: a visible thing, its place or action, and at the end a
technique or a wide format. Any other text is left to the model.

a red cat on a fence, watercolour          thing, place, technique
рыжий кот на заборе 16:9                   thing, place, format
sticker: a cat and a vacuum cleaner        kind of picture, thing, second thing
a lonely tram at night --ar 16:9           any text in the syntax of picture bots
"""

import re

from shared.conversations import vocabulary as known
from shared.pictures.prompts import parse_prompt

CHARACTERS_MAX = 1_000
"""Longer texts are left to the model: they may begin as a description and continue as something else."""


def _any_of(words: str) -> str:
    """A pattern of words; "*" stands for any ending."""
    return "|".join(words.split()).replace("*", r"\w*")


_THINGS = _any_of(
    """
    cats? kittens? dogs? pupp(?:y|ies) corgis? fox(?:es)? wol(?:f|ves) bears? pandas? raccoons? bunn(?:y|ies) hares?
    hedgehogs? squirrels? otters? beavers? badgers? hamsters? lions? tigers? leopards? elephants? giraffes? zebras?
    horses? pon(?:y|ies) unicorns? deer moose monkeys? gorillas? koalas? kangaroos? sloths? penguins? owls? crows?
    ravens? eagles? parrots? hummingbirds? swans? peacocks? flamingos? whales? dolphins? sharks? octopus jellyfish
    turtles? frogs? chameleons? snails? butterfl(?:y|ies) dragonfl(?:y|ies) dragons? phoenix mermaids? fair(?:y|ies)
    wizards? witch(?:es)? knights? samurai ninjas? pirates? vikings? astronauts? cosmonauts? robots? cyborgs? aliens?
    ghosts? skeletons? princess(?:es)? queens? ballerinas? fisherm[ae]n gnomes? el(?:f|ves) goblins? trolls? castles?
    lighthouses? windmills? cottages? spaceships? rockets? sailboats? airships? trams? waterfalls? volcano(?:es)? ships?
    forest sunset sunrise

    кот кошка котик котенок собака пес песик щенок корги лис лиса лисенок волк волчонок медведь медвежонок панда енот
    еж ежик заяц зайчик белка бобер бобр выдра барсук хомяк лев львенок тигр тигренок слон слоненок жираф зебра лошадь
    конь пони единорог олень лось обезьяна горилла коала кенгуру ленивец пингвин сова совенок филин ворон ворона орел
    попугай колибри лебедь павлин фламинго кит дельфин акула осьминог медуза черепаха лягушка хамелеон улитка бабочка
    стрекоза дракон дракончик феникс русалка фея волшебник ведьма рыцарь самурай ниндзя пират викинг космонавт
    астронавт робот киборг инопланетянин пришелец призрак скелет принцесса королева балерина рыбак гном эльф гоблин
    тролль маяк мельница избушка звездолет ракета парусник корабль дирижабль трамвай водопад вулкан закат рассвет
    """
)
"""Visible things at the start of a description; without things that are more often cooked, bought or lived in."""
_THING = rf"(?:{_THINGS})(?:-\w+)?"
_LOOKS = _any_of(
    """
    red ginger orange black white blue green grey gray golden purple pink little tiny small cute old giant huge big
    sleepy fluffy happy sad lonely magical cosmic mechanical steampunk snowy majestic
    """
)
_FUNCTION_WORDS = _any_of(
    """
    not no never of for to from as at by in on with about and or but the my your his her our their this that these those
    what which who whose how why when where is are was were be been do does did have has had will would can could any
    """
)
_EN_LOOKS = rf"(?:an?|two|three|four|five) (?:(?!(?:{_FUNCTION_WORDS})\b)[a-z'-]+ ){{0,3}}|(?:(?:{_LOOKS}) ){{1,2}}"
_EN_THING = rf"(?:{_EN_LOOKS})?{_THING}"
_RU_THING = rf"(?:[а-я-]+(?:ый|ий|ой|ая|яя|ое|ее|ые|ие) ){{0,3}}{_THING}"
_MANY = rf"(?:{_THINGS})(?<=s)\b"
"""A plural without a number or an adjective is a topic: "lions in heraldry".

This and the next two patterns take 12 ms to compile, and few texts need them: `re` does it when it meets one.
"""
_EN_SCENE = (
    r"(?:in|on|at|with|under|over|inside|behind|beside|near|among|between|above|below|through|against|made of|and|who"
    r"|[a-z]+(?:ing|ed))\b"
)
_RU_SCENE = (
    r"(?:в|во|на|с|со|под|над|за|у|около|среди|между|из|и|верхом|котор(?:ый|ая|ое)"
    r"|ест|[а-я]{2,}(?:ет|ит|ют|ят)(?:ся)?)\b"
)
_SCENE = rf"{_EN_THING} {_EN_SCENE}|{_RU_THING}(?: {_RU_SCENE}|, котор(?:ый|ая|ое)\b)"
_THING_ALONE = rf"{_EN_THING}|{_RU_THING}"
_MASTERS = (
    r"(?:van gogh|monet|klimt|picasso|cezanne|hokusai|ghibli|pixar|disney|art nouveau|art deco|pop art|impressionism"
    r"|anime|manga|cartoon|comics?|ukiyo-e"
    r"|ван гога|моне|климта|пикассо|сезанна|хокусая|гибли|пиксар|диснея?|модерн|ар-деко|поп-арта?|импрессионизма?"
    r"|аниме|манги|мультфильма|комикса)"
)
_TECHNIQUE = (
    r"(?:in |a |an |as |soft |loose |detailed |digital |vintage )*"
    r"(?:watercolou?rs?(?: painting| style)?|oil (?:painting|on canvas)|oils|gouache|pixel art|low poly|isometric"
    r"|3d render|digital (?:art|painting)|concept art|pencil (?:drawing|sketch)|ink drawing|line art|flat colou?rs"
    r"|stained glass|cinematic light(?:ing)?|soft light|studio light(?:ing)?|photorealistic|hyperrealistic"
    rf"|(?:anime|manga|cartoon|comic book|ghibli|pixar|disney) style|(?:the )?style of {_MASTERS})"
    r"|акварель|акварелью|гуашь|гуашью|маслом|холст, масло|пастелью|тушью|карандашом|карандашный рисунок|пиксель[- ]арт"
    r"|цифровая живопись|цифровой арт|концепт-арт|3d[- ]рендер|фотореалистично|мягкий свет|кинематографичный свет"
    rf"|(?:в стиле|стиль) {_MASTERS}"
)
_LAST = re.compile(rf"(.+), ({_TECHNIQUE})$")
_FLAGGED = re.compile(r"([^-–—?{}<>/\\|=`]+) (?:--|—|–)ar \d{1,2}:\d{1,2}(?: (?:--|—|–)\w+(?: [\w.]+)?)*")
_KINDS = (
    r"(?:picture|image|drawing|painting|illustration|poster|sticker|wallpaper|postcard|pixel art|colou?ring page|comic"
    r"|album cover|book cover"
    r"|картинка|рисунок|арт|иллюстрация|постер|плакат|стикер|обои|открытка|пиксель[- ]арт|раскраска|комикс|обложка)"
)
_NAMED = re.compile(rf"{_KINDS}(?: (?:для|for) [\w-]+(?: [\w-]+)?| из \d кадров)?: ")
_WIDE = frozenset({"16:9", "9:16", "21:9"})
"""Formats that cannot be a match result: "wolves at home 3:2" may be one."""
_SOUGHT = _any_of(
    """
    not no never me it him them by please price* cost* buy sell* sold order* shop* store* sale course* class*
    lesson* tutorial* workshop* guide tip tips paper brush* canvas* kit* sheet* print* frame* size museum*
    exhibition auction author artist* painter* worth year* century name* title* meaning symbol* analysis review*
    essay homework exam contest competition delivery download* refund load* broken movie* film* book* series game*
    song* quote* wiki* fact* idea* tattoo costume* toy* cake recipe final* match* score* flight* odds art paintings
    history culture literature mythology heraldry genesis exodus psalm* proverbs matthew mark luke john acts step*
    easy beginner* problem* issue episode asset free today tomorrow yesterday

    не ни это его ее их ним ней цена цену цены стоимост* стоит купит* куплю прода* заказ* магазин* курс курсы урок*
    мастер-класс* набор* бумаг* кисть кисти рама рамка рамку музе* выставк* аукцион* автор* художник* век год*
    названи* смысл* символ* анализ* отзыв* сочинени* конкурс* доставк* аренд* скача* распечат* рулон* груз* сломал*
    фильм* книг* сериал* игра игры игру песн* цитат* факт* идея идеи идею тату* костюм* игрушк* торт* рецепт*
    проблем* лечени* боле* искусств* живописи истори* культур* литератур* мифологи* геральдик* бытие бытия исход*
    псал* притч* матфе* поэтапно пошагов* начинающ* финал* полуфинал* вылет* рейс* матч* счет* выпуск* серия лот
    сегодня завтра вчера
    """
)
"""Words of people who look for a thing, a name or an explanation, or talk about an existing picture."""
_ELSE = re.compile(rf"\b(?:{_SOUGHT})\b|\d{{4}}|[.!?;\"«»“”{{}}<>]")
_WORDS = known.TEXTS | known.CLIPS | known.QUESTIONS | known.LOOK_UP | known.EDIT_VERBS
_TALKS = (_ELSE, known.TALK, known.TAKEN_BACK, known.MACHINERY)


def is_description(text: str) -> bool:
    """Whether the text so plainly describes a picture that it can mean nothing else."""
    parsed = parse_prompt(text[: CHARACTERS_MAX + 1])
    if len(text) > CHARACTERS_MAX or parsed.size is not None or parsed.count is not None:
        return False  # more than one small picture needs an order or a question
    if parsed.missed or parsed.unused:
        return False
    plain = _plain(parsed.text)
    named = _NAMED.match(plain)
    shown, is_made = _split_technique(plain if named is None else plain[named.end() :])
    is_told = named is not None or is_made or _is_wide(text)
    return is_told and _is_seen(shown, is_named=named is not None) and not _says_more(shown)


def _is_seen(shown: str, *, is_named: bool) -> bool:
    """Whether it is a visible thing in a scene; a thing alone will do if the kind of picture is not named."""
    if re.match(_SCENE, shown) is not None and re.match(_MANY, shown) is None:
        return True
    return not is_named and re.fullmatch(_THING_ALONE, shown) is not None


def is_flagged(text: str) -> bool:
    """Whether it is a prompt in the syntax of other picture bots: words, then flags such as "--ar 16:9"."""
    match = _FLAGGED.fullmatch(" ".join(text.split())) if len(text) <= CHARACTERS_MAX else None
    return match is not None and " " in match[1] and not _says_more(_plain(match[1]))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").replace("’", "'").split()).rstrip(" .!")


def _says_more(plain: str) -> bool:
    """Whether it contains talk, asks for a text or a clip, or addresses the model's instructions."""
    said = _WORDS.intersection(re.findall(r"[\w'-]+", plain))
    return bool(said) or any(each.search(plain) for each in _TALKS)


def _split_technique(plain: str) -> tuple[str, bool]:
    """The text without the techniques at its end, and whether there are any."""
    shown = plain
    while (match := _LAST.match(shown)) is not None:
        shown = match[1]
    return shown, shown != plain


def _is_wide(text: str) -> bool:
    """Whether a wide format stands at the very beginning or end."""
    words = [re.sub("[xх×]", ":", word) for word in text.lower().split()]
    return not _WIDE.isdisjoint((*words[:1], *words[-1:]))
