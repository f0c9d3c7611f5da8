"""The words by which the rules recognise requests: English and Russian, in the spellings that people use.

Every set holds lower-case words with "е" for "ё". A missing word costs a model call; a wrong word may cost a person
credits, so ambiguous words are left out.
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
"""Words that may precede the verb of a request."""
ASKING = _set("can could would will you u ya can't можешь можете сможешь сможете мог могли могла бы ты вы не умеешь")
"""Polite forms: "could you", "не могли бы вы"."""
FOR_ME = _set("me us please pls plz мне нам пожалуйста плз")

DRAW_VERBS = _set("draw sketch нарисуй нарисуйте нарисуешь нарисовать")
DRAWN_THINGS = _set(
    """
    a an the my our his her their this that it him them some something one two three four me us smth
    """
)
"""Words after an English "draw" that is an order: "draw a cat", not "draw near"."""
NO_DRAWING = _set(
    """
    conclusion conclusions attention comparison comparisons parallel parallels distinction lots lottery inspiration
    blood near up upon from your bath blank line lines salary money curtain curtains card cards weapon breath plan plans
    ascii аски svg html css canvas excel latex mermaid таблицу вывод выводы бы можно не сложно план схему смайлик
    картину дальше справку пятерку crowd gun sword straw winner winners number numbers name random tarot raffle sample
    boundary analogy deduction graph chart diagram timeline flowchart график диаграмму граф линию черту
    out close closer cheque moral equation outline idea pension audience veil later tomorrow завтра потом попозже сам
    больничный оценку алгоритм маршрут структуру перспективу перспективы бизнес-модель уме
    """
)
"""After "draw" these do not, or not certainly, mean a picture."""
ASKED_BESIDE = re.compile(
    r"\b(free|how much|costs?|price|бесплатн\w+|платн\w+|сколько|сто(ит|ить|ят))\b"
    r"|([,.;:?!]| [–—-]) *(and |а |и )?(what|how|who|why|which|where can|что|как|кто|почему|зачем|где найти)\b"
)
"""A wish with a condition or a question beside it: whoever asks for the price has not decided to pay it."""
OTHER_TOOLS = _set(
    """
    python html css excel autocad figma photoshop midjourney chatgpt tutorial latex code
    фотошоп фотошопе экселе питоне код миджорни
    """
)
"""What a picture is to be made with, where it is not us who make it."""
MAKE_VERBS = _set(
    """
    make create generate gen gimme сделай сделайте создай создайте сгенерируй сгенерируйте сгенери генерируй накидай
    забацай сваргань illustrate сгенерировать создать
    """
)
"""Verbs that order a picture only together with a word for a picture."""
_PICTURES = (
    r"(pictures?|images?|pics?|poster|logo|wallpapers?|avatar|illustration|drawing|sticker|icon|banner|postcard|painting"
    r"|artwork|картинк[уи]|изображение|рисунок|логотип|лого|постер|плакат|обои|аватарку|аву|открытку|иллюстрацию|баннер"
    r"|стикер|пикчу|арт|эскиз|раскраску)"
)
_FILLERS = r"((me|us|a|an|the|one|some|new|big|small|tiny|cute|birthday|мне|нам|одну|новую|красивую|pls|please|плз) )*"
NAMED_PICTURE = re.compile(
    rf"\w+ {_FILLERS}{_PICTURES}(:|,| [—–-]| (of|with|showing|for|where|с|со|где|для|про|к|на телефон|в стиле)\b)"
)
"""A verb, a word for a picture, and the beginning of its description."""
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
"""If one of these is to be made, it is a text."""
TAKEN_BACK = re.compile(
    r"\b(just kidding|kidding|nevermind|never mind|cancel|шучу|шутка|передума\w+|не надо|отмена|отмени|отбой|не нужно"
    r"|said|says? that|he says|she says|translate|in english|in russian|по[- ]английски|по[- ]русски|переведи\w*"
    r"|перевод\w*|на английск\w+|как будет|means?|значит|слово|фраза|фразу"
    r"|(in|with) words|in prose|in text|in your (head|mind)|словами|в прозе|в голове|мысленно|представь)\b"
)
"""A request that is not meant: quoted, taken back, or to be translated."""

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
"""Words that only point at a picture: "delete it" may mean the picture itself."""
EDIT_PHRASE = re.compile(
    r"make (it|this|him|her|them|me|my|the)\b|(turn|put) (it|this|him|her|them|me|the)\b.* (into|on|in)\b"
    r"|put (all|both|these)\b.* (into|in) (one|a) (picture|image|photo|collage)\b"
    r"|собери(те)? (все|всех|их|эти)\b.*\bв (один|одну|коллаж|одно)\b"
    r"|сделай(те)? (его|ее|их|это|меня|нас|фон|из|ей|ему|чтобы|поярче|ярче|темнее|светлее)\b"
    r"|(the )?same (but|thing but)\b|(то же|тоже) самое\b|та же\b|тот же\b"
)
"""Phrases that point at an existing picture."""
POINTING_BACK = _set("now теперь same but only только без")
VISUAL = re.compile(
    r"\b(night|day|winter|summer|autumn|spring|sunset|sunrise|rain|snow|fog|black and white|background|sky|darker"
    r"|brighter|lighter|red|blue|green|yellow|white|black|pink|purple|golden|hat|hair|eyes|smile|beard|glasses|anime|cartoon|style"
    r"|ноч\w+|дн[её]м|зим\w+|лет(ом|нее)|осен\w+|весн\w+|закат\w*|рассвет\w*|дожд\w+|снег\w*|туман\w*|фон\w*|неб\w+|темнее"
    r"|светлее|ярче|поярче|красн\w+|син(ий|яя|ее|им|ей)|зелен\w+|желт\w+|бел\w+|черн\w+|розов\w+|золот\w+|шляп\w+|волос\w*"
    r"|глаз\w*|улыб\w+|бород\w+|очк\w+|аниме|мультф?\w*|стил\w+|чб|цвет\w*)\b"
)
"""Words about the look of a picture."""
VISUAL_THINGS = re.compile(
    r"background|sky|hat|hair|eyes|smile|beard|glasses|fog|snow|rain|colou?r"
    r"|фон(а|у|ом|е)?|неб\w+|дожд\w+|снег\w*|туман\w*|шляп\w+|волос\w*|глаз\w*|улыб\w+|бород\w+|очк\w+|цвет\w*"
)
"""Parts of a picture: "remove the hat" is about one, "replace white sugar" is not."""
CHANGES_IT = re.compile(
    r"(make|turn|put) (it|this|him|her|them)\b|сделай(те)? (его|ее|их|это|поярче|ярче|темнее|светлее|фон)\b"
)
CHANGES_PART = re.compile(r"(make|turn) (the|his|her|its|their)\b")
LINKS = _set(
    """
    at in on by with without the a an and to it this same в во на с со при под и без все это эту этот то же самое тот та
    """
)
"""What may stand between the words of a change that is nothing else: "the same but at night"."""
SETTINGS = re.compile(
    r"\b(cards?|plan|mind|topic|subject|group|comment\w*|purchases?|profile|avatar|favou?rites?|gallery|album|private|public"
    r"|hold|stop|data|buttons?|cheaper|quick|photos|days?|calm|window|status"
    r"|тем[уы]|карт[уы]|тариф\w*|деньги|денег|групп\w*|комментари\w*|профил\w*|аватар\w*|избранн\w*|галере\w*|альбом\w*"
    r"|данные|кнопк\w*|завтра|credit\w*|balance|account|subscri\w+|price\w*|free|language|settings?|notif\w+|remind\w*|list|calendar|password"
    r"|email|number|ads?|model|history|chat|memory|paragraph|sentence|word|words|step"
    r"|кредит\w*|баланс\w*|аккаунт\w*|подписк\w*|цен[уы]\w*|бесплатн\w*|язык\w*|настройк\w*|уведомлен\w*|напоминан\w*"
    r"|список|календар\w*|парол\w*|почт\w*|номер\w*|реклам\w*|модел\w*|истори\w*|чат\w*|память|абзац\w*|предложени\w*"
    r"|noise|music|sounds?|songs?|apps?|scheme|basket|cart|bold|growth|makeup|at home|theory"
    r"|музык\w+|звук\w*|шум\w*|приложени\w+|рабочего стола|в жизнь|машин[уы]|дома"
    r"|слов\w*|пункт\w*|шаг\w*|array|placeholders?|слоты|в тексте|in (the )?(given )?(text|code|string|file))\b"
)
"""Things outside a picture (settings, lists, texts): a text that names them is no order to change a picture."""

ANIMATE_VERBS = _set("animate оживи оживите анимируй анимировать оживить")
CLIPS = _set("video videos clip gif animation видео видос видосик ролик клип гиф гифку гифка гифкой анимацию анимация")
CLIP_VERBS = MAKE_VERBS | _set("shoot film сними снимите замути хочу want turn")

MOTION = re.compile(
    r"\b(move|moves|moving|run|runs|running|dance|dances|fly|flies|walk|walks|blink|blinks|wave|waves|spin|spins|motion"
    r"|двига\w+|побежал\w*|бежит|бежал\w*|танцу\w+|полетел\w*|летит|моргн\w+|помаш\w+|кружит\w*|шевел\w+)\b"
)
"""Motion, which a picture cannot show: a video may be meant."""
LAUGHTER = re.compile(r"(а?(ха)+х?|а?х+а[ха]*|(ha)+h?|lo+l|lmao|rofl|кек|лол|ржу|wyd|sup|wassup)[!.)? ]*")

QUESTIONS = _set(
    """
    what what's whats who who's why how when where which whose waht
    что кто почему зачем как когда где какой какая какое какие каком какую сколько скоко чей чья откуда куда чем отчего
    """
)
CLOSED_QUESTIONS = _set("is are was were does did do am has have есть ли бывает правда")
WHAT_IF = re.compile(r"\b(what if|how about|what about|why not|why don't you|что если|а если|как насчет|как тебе)\b")
"""Requests in the form of a question."""
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
"""With a picture these may ask about its content or for a change."""
ON_A_PICTURE = re.compile(
    r"\b(on|across|over|at the (top|bottom)|сверху|снизу|на (фото|картинк\w+|фоне|нем|ней)|надпись)\b"
)
"""Text to be put into a picture."""

FOLLOW_UPS = _set(
    """
    shorter longer continue more simpler details detailed further again formal funnier else
    короче подробнее длиннее проще продолжай продолжи дальше еще понятнее смешнее официальнее детальнее
    """
)
"""Requests for another version of an answer."""
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
"""Prompt injections. They are answered in words, and buy nothing."""
MACHINERY = re.compile(
    r"\b(instructions?|system|prompts?|json|tools?|users?|admin\w*|owner|developer|debug|rules?|grant|refunds?|paid"
    r"|credits?|balance|confirm\w*|permission|without asking|skip|settings?|retention|language|act|sure|everybody"
    r"|everyone|delete|password|claim|repeat|verbatim|word for word|code block|text above|consent"
    r"|инструкц\w*|систем\w*|промп?т\w*|разработчик\w*|отладк\w*|правил\w*|пользовател\w*|администратор\w*|начисл\w*"
    r"|кредит\w*|баланс\w*|оплат\w*|подтвер\w*|порог\w*|без вопросов|не спрашив\w*|команд[уы]|решение|уверенность"
    r"|парол\w*|настройк\w*|приказ\w*|примечани\w*|согласи\w*|дословно|для ии)\b|https?://|/[a-z]+\b|[{}<>`]"
)
"""Words that address the machine instead of describing a picture: nothing is bought for them without a question."""
NO_DESCRIPTION = re.compile(
    r"(^|\n)\s*(\d+[.)]|[-*•–])\s*\S.*\n\s*(\d+[.)]|[-*•–])\s*\S"
    r"|\b(def|return|import|function|const|let|var|print|select|insert|class|public|void|echo)\b[^\n]*[(){}=;]"
)
"""A list or lines of a program, which never describe a picture."""
POINTS_OUT = re.compile(r"://|www\.|\bt\.me\b|[@/<>`]|\.[a-zа-я]{2,}\b", re.IGNORECASE)
"""Forbidden in the model's question: Telegram would make a link or a mention of it."""
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
"""Words that are typical of expert prompts."""
STYLED_PHOTO = re.compile(
    r"(в стиле|in the style of|чб|ч/б|черно-бел\w+|black and white|b&w|фон (белый|черный|прозрачный)|белый фон"
    r"|white background|passport photo|(a |make a )?collage(?= ?[.!]*$)|(сделай )?коллаж(?= ?[.!]*$))\b"
)
"""Words beside a photo that name its new style."""
TALK = re.compile(
    r"\b(i|i'm|i've|my|you|your|he|she|we|they|is|are|was|were|am|do|does|did|have|has|had|than|better|harder?|easier"
    r"|think|like|love|hate|know|said|use|used|learn\w*|which|what|who|why|how"
    r"|я|ты|вы|мы|он|она|они|мне|меня|мой|моя|твой|тебе|нам|вам|лучше|хуже|чем|сложн\w+|люблю|нравится|думаю|знаю|хочу"
    r"|купил\w*|куплю|учусь|сказал\w*|был\w*|будет|есть|нет|надо|нужно|что|кто|как|почему|зачем|или)\b"
)
"""Words of talk that hardly ever occur in a prompt."""
