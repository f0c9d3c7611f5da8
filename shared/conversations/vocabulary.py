"""The words by which the rules in front of the model know what is wanted: English, Russian, and how people write both.

Every set holds lower-case words with "е" for "ё". A word that is missing here costs a question to the model; a word
that is here wrongly may cost a person credits, so what can mean two things is left out.
"""

import re


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


OPENINGS = _set(
    """
    hi hello hey yo hiya there uh um er so now and ok okay please pls plz plese just bot well then right cool great nice
    привет здравствуйте здравствуй хай а и ну но теперь тогда так ок окей давай давайте го йо слушай бот пожалуйста плз
    плиз круто класс супер отлично это самое короче
    """
)
"""What may stand before the word that says what is wanted."""
ASKING = _set("can could would will you u ya can't можешь можете сможешь сможете мог могли могла бы ты вы не умеешь")
"""The polite way round: "could you", "не могли бы вы"."""
FOR_ME = _set("me us please pls plz мне нам пожалуйста плз")

DRAW_VERBS = _set("draw sketch нарисуй нарисуйте нарисуешь нарисовать")
DRAWN_THINGS = _set(
    """
    a an the my our his her their this that it him them some something one two three four me us smth
    """
)
"""What follows an English "draw" that is an order: "draw a cat", and not "draw near"."""
NO_DRAWING = _set(
    """
    conclusion conclusions attention comparison comparisons parallel parallels distinction lots lottery inspiration
    blood near up upon from your bath blank line lines salary money curtain curtains card cards weapon breath plan plans
    ascii аски svg html css canvas excel latex mermaid таблицу вывод выводы бы можно не сложно план схему смайлик
    картину дальше справку пятерку crowd gun sword straw winner winners number numbers name random tarot raffle sample
    boundary analogy deduction graph chart diagram timeline flowchart график диаграмму граф линию черту
    """
)
"""After "draw" they are no picture, or none that is surely meant."""
MAKE_VERBS = _set(
    """
    make create generate gen gimme сделай сделайте создай создайте сгенерируй сгенерируйте сгенери генерируй накидай
    забацай сваргань illustrate сгенерировать создать
    """
)
"""They make pictures only where a picture is named."""
_PICTURES = (
    r"(pictures?|images?|pics?|poster|logo|wallpapers?|avatar|illustration|drawing|sticker|icon|banner|postcard|painting"
    r"|artwork|картинк[уи]|изображение|рисунок|логотип|лого|постер|плакат|обои|аватарку|аву|открытку|иллюстрацию|баннер"
    r"|стикер|пикчу|арт|эскиз|раскраску)"
)
_FILLERS = r"((me|us|a|an|the|one|some|new|big|small|tiny|cute|birthday|мне|нам|одну|новую|красивую|pls|please|плз) )*"
NAMED_PICTURE = re.compile(
    rf"\w+ {_FILLERS}{_PICTURES}(:|,| [—–-]| (of|with|showing|for|where|с|со|где|для|про|к|на телефон|в стиле)\b)"
)
"""A verb, a picture, and the beginning of what it shows."""
WANTED_PICTURE = re.compile(
    rf"(i |i'd like |мне )*(want|need|like|хочу|нужна|нужен|нужно) {_FILLERS}{_PICTURES} (of|with|showing|где|с|со)\b"
)

TEXTS = _set(
    """
    prompt prompts промпт промпта промт description описание описания идея идею идей идеи idea ideas name names имя
    имена список list table таблицу таблица ascii аски svg html css canvas код code pdf excel резюме cv пересказ
    текст text essay сочинение poem стих стихи стихотворение story рассказ сказку quiz тест план plan password пароль
    письмо letter contract договор summary конспект graph график chart function функцию скрипт script query sentence
    предложение
    """
)
"""Where one of these is the thing that is made, it is text."""
TAKEN_BACK = re.compile(
    r"\b(just kidding|kidding|nevermind|never mind|cancel|шучу|шутка|передума\w+|не надо|отмена|отмени|отбой|не нужно"
    r"|said|says? that|he says|she says|translate|in english|in russian|по[- ]английски|по[- ]русски|переведи\w*"
    r"|перевод\w*|на английск\w+|как будет|means?|значит|слово|фраза|фразу"
    r"|(in|with) words|in prose|in text|in your (head|mind)|словами|в прозе|в голове|мысленно|представь)\b"
)
"""The words of a wish that are no wish: quoted, taken back, or to be translated."""

TWO_WISHES = re.compile(
    r"\b(and|then|и|а|потом|затем) (then |also |потом |затем |еще )?"
    r"(tell|explain|расскажи|расскажите|объясни|объясните|поясни|скажи|скажите)\b"
)
"""Behind an order to draw: something is to be said, too."""
EDIT_VERBS = _set(
    """
    remove add replace change swap erase delete crop rotate flip recolor recolour colorize colourize enhance upscale
    restore retouch brighten darken sharpen blur merge combine
    убери уберите удали сотри добавь добавьте замени поменяй смени измени перекрась раскрась обрежь поверни отрази
    улучши отреставрируй размой соедини объедини вырежи одень надень переодень подтяни высветли затемни
    убрать удалить добавить заменить поменять изменить перекрасить улучшить
    """
)
POINTERS = _set(
    """
    it this that one these them please pls the picture pictures photo photos pic image это этот эту его ее их пожалуйста
    плз картинку фото фотку рисунок
    """
)
"""They say which picture, and nothing about it: "delete it" may mean the picture itself."""
EDIT_PHRASE = re.compile(
    r"make (it|this|him|her|them|me|my|the)\b|(turn|put) (it|this|him|her|them|me|the)\b.* (into|on|in)\b"
    r"|put (all|both|these)\b.* (into|in) (one|a) (picture|image|photo|collage)\b"
    r"|собери(те)? (все|всех|их|эти)\b.*\bв (один|одну|коллаж|одно)\b"
    r"|сделай(те)? (его|ее|их|это|меня|нас|фон|из|ей|ему|чтобы|поярче|ярче|темнее|светлее)\b"
    r"|(the )?same (but|thing but)\b|(то же|тоже) самое\b|та же\b|тот же\b"
)
"""They point at a picture that is there."""
POINTING_BACK = _set("now теперь same but only только без")
VISUAL = re.compile(
    r"\b(night|day|winter|summer|autumn|spring|sunset|sunrise|rain|snow|fog|black and white|background|sky|darker"
    r"|brighter|lighter|red|blue|green|yellow|white|black|pink|purple|golden|hat|hair|eyes|smile|beard|glasses|anime|cartoon|style"
    r"|ноч\w+|дн[её]м|зим\w+|лет(ом|нее)|осен\w+|весн\w+|закат\w*|рассвет\w*|дожд\w+|снег\w*|туман\w*|фон\w*|неб\w+|темнее"
    r"|светлее|ярче|поярче|красн\w+|син(ий|яя|ее|им|ей)|зелен\w+|желт\w+|бел\w+|черн\w+|розов\w+|золот\w+|шляп\w+|волос\w*"
    r"|глаз\w*|улыб\w+|бород\w+|очк\w+|аниме|мультф?\w*|стил\w+|чб|цвет\w*)\b"
)
"""How a picture looks."""
SETTINGS = re.compile(
    r"\b(cards?|plan|mind|topic|subject|group|comment\w*|purchases?|profile|avatar|favou?rites?|gallery|album|private|public"
    r"|hold|stop|data|buttons?|cheaper|quick|photos|days?|calm|window|status"
    r"|тем[уы]|карт[уы]|тариф\w*|деньги|денег|групп\w*|комментари\w*|профил\w*|аватар\w*|избранн\w*|галере\w*|альбом\w*"
    r"|данные|кнопк\w*|завтра|credit\w*|balance|account|subscri\w+|price\w*|free|language|settings?|notif\w+|remind\w*|list|calendar|password"
    r"|email|number|ads?|model|history|chat|memory|paragraph|sentence|word|words|step"
    r"|кредит\w*|баланс\w*|аккаунт\w*|подписк\w*|цен[уы]\w*|бесплатн\w*|язык\w*|настройк\w*|уведомлен\w*|напоминан\w*"
    r"|список|календар\w*|парол\w*|почт\w*|номер\w*|реклам\w*|модел\w*|истори\w*|чат\w*|память|абзац\w*|предложени\w*"
    r"|слов\w*|пункт\w*|шаг\w*|array|placeholders?|слоты|в тексте|in (the )?(given )?(text|code|string|file))\b"
)
"""What is no part of a picture: such words are never an order to change one."""

ANIMATE_VERBS = _set("animate оживи оживите анимируй анимировать оживить")
CLIPS = _set("video videos clip gif animation видео видос видосик ролик клип гиф гифку гифка гифкой анимацию анимация")
CLIP_VERBS = MAKE_VERBS | _set("shoot film сними снимите замути хочу want turn")

MOTION = re.compile(
    r"\b(move|moves|moving|run|runs|running|dance|dances|fly|flies|walk|walks|blink|blinks|wave|waves|spin|spins|motion"
    r"|двига\w+|побежал\w*|бежит|бежал\w*|танцу\w+|полетел\w*|летит|моргн\w+|помаш\w+|кружит\w*|шевел\w+)\b"
)
"""What no picture does: a clip may be meant."""
LAUGHTER = re.compile(r"(а?(ха)+х?|а?х+а[ха]*|(ha)+h?|lo+l|lmao|rofl|кек|лол|ржу|wyd|sup|wassup)[!.)? ]*")

QUESTIONS = _set(
    """
    what what's whats who who's why how when where which whose waht
    что кто почему зачем как когда где какой какая какое какие каком какую сколько скоко чей чья откуда куда чем отчего
    """
)
CLOSED_QUESTIONS = _set("is are was were does did do am has have есть ли бывает правда")
WHAT_IF = re.compile(r"\b(what if|how about|what about|why not|why don't you|что если|а если|как насчет|как тебе)\b")
"""Wishes in the shape of a question."""
LOOK_UP = _set(
    """
    explain describe translate write tell summarize summarise list calculate compare recommend suggest rewrite
    paraphrase fix correct solve read search find help define answer rate identify check review count proofread
    convert spell
    объясни обьясни поясни расскажи переведи напиши составь посчитай посоветуй подскажи помоги найди перечисли сравни
    проверь исправь реши прочитай прочти опиши определи распознай оцени придумай напомни запиши перескажи ответь разбери
    вытащи выпиши поздравь дай кинь докажи вычисли процитируй
    """
)
"""Orders that are answered in words."""
LOOK_UP_OR_CHANGE = _set("напиши write исправь fix correct дай convert")
"""With a picture they may be meant for what it shows or for how it looks."""
ON_A_PICTURE = re.compile(
    r"\b(on|across|over|at the (top|bottom)|сверху|снизу|на (фото|картинк\w+|фоне|нем|ней)|надпись)\b"
)
"""Words to be put into a picture."""

FOLLOW_UPS = _set(
    """
    shorter longer continue more simpler details detailed further again formal funnier else
    короче подробнее длиннее проще продолжай продолжи дальше еще понятнее смешнее официальнее детальнее
    """
)
"""How an answer is asked for differently."""
OTHER_LANGUAGE = re.compile(
    r"\bin (english|russian|german|french|spanish|italian|portuguese|chinese|japanese|turkish|polish|ukrainian)\b"
    r"|\bпо[- ](русски|английски|немецки|французски|испански|итальянски|китайски|украински|польски|турецки)\b"
    r"|\bна (русском|английском|немецком|французском|испанском|итальянском|китайском|украинском|польском)\b"
)
"""After an answer: asks for the same in another language."""
INSULTS = re.compile(
    r"\b(idiot\w*|stupid|dumb|garbage|trash|suck\w*|crap|shit\w*|fuck\w*|moron|useless"
    r"|идиот\w*|тупо[йе]|тупая|тупица|дура\w*|дебил\w*|говно|гавно|дерьмо|отстой|нафиг|нахер|хрень|фигня|дичь|бред|ужас"
    r"|ужасно|заткнись)\b"
)
TRICKS = re.compile(
    r"(system prompt|системн\w+ промп?т|(previous|above|all|your) instructions|(debug|developer) mode|print your"
    r"|(все|прошлые|предыдущие|свои) инструкци|ты теперь|you are now|pretend (you|to be)|other users?"
    r"|других пользователей|repeat everything|^\s*[\[{<])"
)
"""Attempts to be obeyed. They are answered in words, and nothing is bought."""
MACHINERY = re.compile(
    r"\b(instructions?|system|prompts?|json|tools?|users?|admin\w*|owner|developer|debug|rules?|grant|refunds?|paid"
    r"|credits?|balance|confirm\w*|permission|without asking|skip|settings?|retention|language|act|sure|everybody"
    r"|everyone|delete|password|claim|repeat|verbatim|word for word|code block|text above|consent"
    r"|инструкц\w*|систем\w*|промп?т\w*|разработчик\w*|отладк\w*|правил\w*|пользовател\w*|администратор\w*|начисл\w*"
    r"|кредит\w*|баланс\w*|оплат\w*|подтвер\w*|порог\w*|без вопросов|не спрашив\w*|команд[уы]|решение|уверенность"
    r"|парол\w*|настройк\w*|приказ\w*|примечани\w*|согласи\w*|дословно|для ии)\b|https?://|/[a-z]+\b|[{}<>`]"
)
"""What is said to a machine rather than of a picture: a model that obeys it buys nothing without a question."""
NO_DESCRIPTION = re.compile(
    r"(^|\n)\s*(\d+[.)]|[-*•–])\s*\S.*\n\s*(\d+[.)]|[-*•–])\s*\S"
    r"|\b(def|return|import|function|const|let|var|print|select|insert|class|public|void|echo)\b[^\n]*[(){}=;]"
)
"""A list or lines of a program, which never describe a picture."""
POINTS_OUT = re.compile(r"://|www\.|\bt\.me\b|[@/<>`]|\.[a-zа-я]{2,}\b", re.IGNORECASE)
"""What a question of the model's must not hold: Telegram would make a link of it, or name a person."""
REFUSALS = re.compile(
    r"^(please )?(don'?t|do not|stop|never) (draw|paint|generate|make|do|edit)"
    r"|^(пожалуйста )?(не|хватит|перестань) (рису|надо|делай|генер|нужно|меняй|трогай)"
)
THANKS = _set("thanks thank thx ty спасибо спс благодарю пасиб пасибо спасибочки")

STYLES = re.compile(
    r"\b(watercolou?r|cinematic|photorealistic|hyperrealistic|bokeh|golden hour|isometric|3d render|low poly|pixel art"
    r"|vaporwave|cyberpunk|stained glass|flat colou?rs|studio light|oil on canvas|octane|unreal engine|\d\d ?mm"
    r"|акварель\w*|масло|гуашь|в стиле|неон\w*|фотореалистичн\w+|пиксель[- ]арт|киберпанк|мягкий свет|утренний свет)\b"
)
"""What stands in the prompts of people who know how prompts are written."""
STYLED_PHOTO = re.compile(
    r"(в стиле|in the style of|чб|ч/б|черно-бел\w+|black and white|b&w|фон (белый|черный|прозрачный)|белый фон"
    r"|white background|passport photo|(a |make a )?collage(?= ?[.!]*$)|(сделай )?коллаж(?= ?[.!]*$))\b"
)
"""What is said beside a photo that is to look so."""
TALK = re.compile(
    r"\b(i|i'm|i've|my|you|your|he|she|we|they|is|are|was|were|am|do|does|did|have|has|had|than|better|harder?|easier"
    r"|think|like|love|hate|know|said|use|used|learn\w*|which|what|who|why|how"
    r"|я|ты|вы|мы|он|она|они|мне|меня|мой|моя|твой|тебе|нам|вам|лучше|хуже|чем|сложн\w+|люблю|нравится|думаю|знаю|хочу"
    r"|купил\w*|куплю|учусь|сказал\w*|был\w*|будет|есть|нет|надо|нужно|что|кто|как|почему|зачем|или)\b"
)
"""What stands in talk, and hardly ever in a prompt."""
