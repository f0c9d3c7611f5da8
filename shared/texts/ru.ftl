### Что бот говорит по-русски. Те же идентификаторы и переменные, что в en.ftl; их сравнивает тест.
### Telegram HTML; переменные приходят уже экранированными.

## Начало и помощь

start =
    <b>Привет! Я рисую и редактирую картинки.</b>
    Напишите, что хотите увидеть, или пришлите фото и скажите, что изменить.

    У вас <b>{ $credits }</b> { $credits ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }, картинка стоит от { $price }. Попробуйте:
example-1 = 🍌 Банан-космонавт на Луне
example-1-prompt = Банан в скафандре космонавта ставит флаг на Луне, кинематографичный свет, кадр из фильма
example-2 = 🏡 Уютный домик под дождём
example-2-prompt = Уютный деревянный домик в дождливом лесу в сумерках, тёплый свет в окнах, акварель
example-3 = 🐈 Кот — придворный художник
example-3-prompt = Портрет маслом: рыжий кот — придворный художник эпохи барокко, драматичный свет, богатые детали
start-empty =
    <b>Привет! Я рисую и редактирую картинки.</b>
    Напишите, что хотите увидеть, или пришлите фото и скажите, что изменить.

    Картинка стоит от { $price }, у вас <b>{ $credits }</b>. Следующие бесплатные кредиты придут { $time } UTC; купить их пока нельзя.
help =
    <b>Что я умею</b>
    • <b>Картинка</b>: просто напишите, что хотите увидеть.
    • <b>Правка</b>: пришлите фото или альбом до 10 штук с подписью, что изменить.
    • <b>Видео</b>: <code>/video лиса бежит по снегу</code> или 🎬 под картинкой; сначала будет цена.
    • <b>Новая версия</b>: ответьте на любую мою картинку, что должно быть иначе.
    • <b>Параметры</b> в любом месте текста: <code>16:9</code>, <code>4K</code>, <code>x3</code>.
    • <b>Вопросы</b>: <code>/ask почему небо голубое?</code>; чтобы просто разговаривать: /mode; с поиском в сети: /search.
    • <b>Голос</b>: всё это можно сказать голосовым сообщением; /transcribe в ответ на него даёт его слова.
    • <b>В группах</b>: <code>/image рыжая лиса</code>, <code>/ask …</code> или ответ на моё сообщение.

    /mode — картинка, видео или разговор · /new — новый разговор
    /role — роль, язык и длина ответов · /voice — ответы голосом
    /zone — ваш час · /prompts — свои промпты
    /history — прошлые разговоры · /memory — что я о вас знаю
    /settings — модель, формат, размер, количество
    /balance — кредиты и последние операции · /price — цена последнего ответа
    /language — Русский, English
    /cancel — остановить то, что ещё не готово

    Вы платите только за полученное; { $answers } ответов в день бесплатны. В них есть невидимая метка Google SynthID. Запросы и результаты хранятся 90 дней, разговоры — сколько выберете; 🗑 удаляет картинку; минуту её можно вернуть.
image-usage-group =
    После команды напишите, что хотите увидеть: <code>/image рыжая лиса в снегу, акварель</code>, или ответьте так на фото.
group-hello =
    Привет! В группах пишите <code>/image рыжая лиса</code> или отвечайте на мои картинки. Каждый платит своими кредитами.
image-usage =
    После команды напишите, что хотите увидеть: <code>/image рыжая лиса в снегу, акварель</code>. Или просто пришлите текст либо фото с подписью.
unsupported = Я работаю с текстом и картинками. Пришлите фото с подписью или напишите, что хотите увидеть.
unknown-nearest = Я не знаю такой команды. Может быть, { $command }?
wrote-you = 💬 Ответил вам в личном чате.
write-first = 💬 Это только для вас. Сначала откройте наш чат, и я отвечу там.
settings-moved = ⚙️ Настройки теперь в личном чате: отправьте /settings.
unknown-command = Я не знаю такой команды. /help покажет, что я умею.
old-menu = Это меню устарело. Откройте новое: /settings.
not-yours = Это чужая кнопка. Отправьте свой запрос.

## Карточки

chips = <b>{ $model }</b> · { $ratio } · { $size } · { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }
chips-group = <b>{ $model }</b> · { $ratio } · { $size }
chip-number = картинка { $index } из { $count }
card-received = 👌 Принято. Обычно { $from }–{ $to } с, здесь или новым сообщением
card-queued = ⏳ В очереди
card-working = 🎨 Рисую · { $elapsed } · обычно { $from }–{ $to } с
card-working-long = 🎨 Рисую · { $elapsed } · дольше обычных { $from }–{ $to } с
card-working-group = 🎨 Рисую… обычно { $from }–{ $to } с
card-provider = 🕓 У сервиса Google сбой. Пробую снова, до { $minutes } минут с момента запроса; присылать заново не нужно.
card-busy = 🕓 Google перегружен. Пробую снова, до { $minutes } минут с момента запроса; присылать заново не нужно.
card-canceled = ✖️ Отменено. { $price ->
        [one] Вернулся { $price } кредит.
        [few] Вернулись { $price } кредита.
       *[many] Вернулось { $price } кредитов.
    }
card-canceled-drawn = ✖️ Отменено во время рисования. { $price ->
        [one] Вернулся { $price } кредит:
        [few] Вернулись { $price } кредита:
       *[many] Вернулось { $price } кредитов:
    } Google возьмёт плату с нас, а не с вас.
card-canceled-free = ✖️ Отменено.
card-canceled-early = ✖️ Отменено: ваш /cancel пришёл раньше. Ничего не списано.
card-collecting = 🖼 Получаю альбом…
card-asking = 🖼 { $parts ->
        [one] Картинка получена
       *[other] Получено картинок: { $parts }
    }. Ответьте на это сообщение: что с { $parts ->
        [one] ней
       *[other] ними
    } сделать?
card-asking-about = 🖼 Что сделать с { $parts ->
        [one] этой картинкой
       *[other] этими картинками ({ $parts })
    }? Спросите о ней или напишите, что изменить.
card-asking-file = 📎 Что вы хотите узнать { $parts ->
        [one] об этом файле
       *[other] об этих файлах ({ $parts })
    }?
button-describe = 👀 Что это?
asking-placeholder = Что изменить?
late-parts = ℹ️ { $parts ->
        [one] { $parts } картинка альбома пришла слишком поздно и не использована.
        [few] { $parts } картинки альбома пришли слишком поздно и не использованы.
       *[many] { $parts } картинок альбома пришли слишком поздно и не использованы.
    }
place-refused = 🚪 В той группе мне нельзя писать: тема закрыта или у меня нет прав. Напишите мне здесь.
left-why = ℹ️ Группа не разрешила отправить картинку, поэтому ответ здесь.
left-sent = 📬 Картинка в нашем личном чате: здесь мне её отправить нельзя.
kept-held = ⏳ Картинка уже отправляется. Если через минуту её нет, нажмите кнопку ещё раз.
left-kept = 📬 Картинка готова, но здесь мне её отправить нельзя. Кнопка принесёт её в личный чат, в течение 24 часов.
caption = { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    } · осталось { $left }
edit-ask = ✏️ Ответьте на это сообщение: что должно быть иначе?
reword-ask = ✏️ Ответьте на это сообщение: как сказать это иначе? Всё остальное в запросе останется.
reword-placeholder = Другими словами…
edit-placeholder = Сделай небо фиолетовым…
ready = ✨ Ваша картинка готова.
original-caption = 📄 Исходный файл без сжатия
words = ✍️ <code>{ $words }</code>
deleted = 🗑 Удалено здесь и в моём хранилище.
deleted-now = 🗑 Удалено.
deleted-one = 🗑 Картинка { $index } удалена.
deleted-only-file = 🗑 Файл удалён из моего хранилища. Такое старое сообщение Telegram убрать не даёт.

## Кнопки и подсказки

button-again = 🔁 Ещё раз
button-edit = ✏️ Изменить
button-original = 📄 Файл
button-delete = 🗑 Удалить
button-cancel = ✕ Отменить
button-stop = ✕ Все
button-get = 📬 Забрать картинку
button-retry = 🔁 Повторить
button-reword = ✏️ Другие слова
button-details = ℹ️ Подробнее
button-why = ❓ Почему?
button-several = 🔁 Ещё раз ×{ $count }
button-more = ➕ Ещё одну
button-picture = 🖼 { $number }
button-format = 📐 Формат
button-tools = 🪄 Приёмы
button-tool-cutout = ✂️ Без фона
button-tool-studio = 🛍 Товар
button-tool-portrait = 👤 Портрет
button-tool-restore = 🩹 Ретушь
button-tool-colourise = 🌈 В цвете
button-tool-enlarge = 🔍 Чётче
button-tool-widen = ↔️ Шире
tool-words-cutout = Убери фон: оставь главный объект точно таким, как есть, и помести его на ровный белый фон, с чистыми краями.
tool-words-studio = Сделай предметное фото: тот же предмет без изменений, на чистом студийном фоне, с мягким светом и естественной тенью.
tool-words-portrait = Сделай профессиональный портрет того же человека: лицо без изменений, нейтральный фон, мягкий студийный свет.
tool-words-restore = Отреставрируй фото: убери царапины, пятна, заломы и шум; лица, композицию и цвета оставь как есть.
tool-words-colourise = Раскрась изображение в естественные, живые цвета; больше ничего не меняй.
tool-words-enlarge = То же изображение без изменений, но с более чёткими и тонкими деталями.
tool-words-widen = Расширь кадр: сохрани всё, что на нём есть, и естественно продолжи сцену по сторонам.
button-back = « Назад
button-then = Как тогда: { $choice }
button-now = ⚙️ { $choice }
button-erase = 🗑 Да, удалить
button-keep = Оставить
button-undo = ↩️ Вернуть
button-chat = 💬 Открыть наш чат
toast-again = Уже рисую!
toast-known = Эта кнопка уже нажата.
toast-making = Картинка ещё рисуется, ничего нового не куплено. Под её карточкой есть ➕ Ещё одну.
toast-one-more = Ещё одна уже в работе, больше ничего не куплено.
toast-example-made = Она уже выше. 🔁 Ещё раз под ней сделает другую.
toast-example-making = Она уже рисуется и сейчас появится.
toast-sent-already = Файл уже отправлен, он выше.
toast-waiting = Жду ваших слов.
toast-choose = С тех пор настройки изменились. Как рисовать?
toast-sure = Удалить?
toast-kept = Картинка остаётся.
toast-not-made = Эта картинка не получилась; на её карточке написано почему.
toast-why-over = Теперь получится: пришлите ещё раз.
toast-which = Какой вариант? Нажмите на него ещё раз.
toast-ended = Только что завершилось. Нажмите ещё раз, чтобы попробовать снова.
toast-undone = Картинка снова здесь.
toast-undo-late = Поздно: картинка удалена окончательно.
toast-expired = Это больше не хранится.
toast-newer = Не сейчас: этим занимается более новая версия бота.
toast-canceled = Отменено
toast-too-late = Поздно: уже готово.
toast-original = Отправляю файл…
toast-gone = Эта картинка удалена.
toast-saved = Сохранено
toast-not-done = Дождитесь, пока она будет готова.

## Части одного желания и бесплатные вопросы

card-collecting-text = ✍️ Читаю текст…
card-kept = 🖼 { $parts ->
        [one] Картинка получена
        [few] Получено { $parts } картинки
       *[many] Получено { $parts } картинок
    }. На новую сейчас не хватает кредитов. { $way } Тогда ответьте на это сообщение, что сделать.
credits-short = Сейчас кредитов не хватает. { $way }
credits-come = Следующие бесплатные придут { $time } UTC; купить их пока нельзя.
credits-come-small = Следующие бесплатные придут { $time } UTC, их хватит на маленькую картинку за { $price }: { $model }, 1K. Купить их пока нельзя.
credits-buy = Их хватит на маленькую картинку за { $price }: выберите { $model }, 1K в /settings. Купить кредиты пока нельзя.
card-joined = 🔗 Взято вместе с другим вашим сообщением.
took-pictures = 🖼 { $pictures ->
        [one] { $pictures } картинка
        [few] { $pictures } картинки
       *[many] { $pictures } картинок
    } + «{ $words }»
took-parent = ✏️ Новая версия: «{ $words }»
took-words = ✏️ «{ $words }»
took-not = ℹ️ Не используется: { $unused }
button-draw = 🎨 Нарисовать · { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }
button-draw-last = ✏️ Изменить прошлую · { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }
doubt-short = 🤔 Одно слово может значить многое. Нарисовать «{ $words }»?
doubt-command = 🤔 Вы имели в виду { $command }? Или нарисовать «{ $words }»?
doubt-question = 🤔 Похоже на вопрос. Чтобы я ответил, пришлите его после /ask. Или нарисовать «{ $words }»?
doubt-question-photo = 🤔 Это вопрос о картинке или её надо изменить: «{ $words }»?
doubt-link = 🔗 Я не умею открывать ссылки. Нарисовать по этим словам: «{ $words }»?
doubt-foreign = 🤔 Это пересланный текст. Нарисовать «{ $words }»?
doubt-refers-back = 🤔 «{ $words }»: это о прошлой картинке или нужна новая?
missed = { $wanted } нет, ближайшее — { $nearest }
doubt-missed = 🤔 { $missed }. Нарисовать так: «{ $words }»?
answer-missed = 🤔 { $missed }. Если подходит, ответьте на картинку: <code>{ $nearest }</code>.
doubt-edited = ✏️ Картинка начата по первому тексту. Нарисовать новую: «{ $words }»?
doubt-alone = 🤔 Нарисовать «{ $words }»?
doubt-unsure = 🤔 Картинку или ответ? «{ $words }»
doubt-animate = 🎬 Видео или картинку? «{ $words }»
doubt-asks = 🤔 { $question }
button-in-words = 💬 Ответить
button-only-words = 💬 Только ответ
understood-draw = 🧠 Понял как картинку: «{ $words }»
understood-edit = 🧠 Понял как правку: «{ $words }»
answer-empty = 👋 Напишите, что хотите увидеть, например «рыжая лиса в снегу», или пришлите фото.
answer-thanks = 😊 Пожалуйста!
answer-greeting = 👋 Здравствуйте! Напишите, что хотите увидеть, или пришлите фото и скажите, что изменить.
answer-parameters = Формат, размер и число относятся к картинке: напишите, что нарисовать, или отправьте их ответом на картинку.
answer-more = 🔁 Какую картинку повторить? Ответьте на неё или нажмите «Ещё раз» под ней.
unusable-animation = 🎞 Анимацию я использовать не могу. Ничего не списано. Пришлите фото или снимок экрана.
unusable-audio = 🎵 Чтобы прочитать, что там сказано, ответьте на него командой /transcribe. Ничего не списано.
unusable-document = 📎 Этот файл не открывается как картинка. Ничего не списано. Пришлите фото или файл JPEG, PNG или WEBP. Чтобы спросить о нём, ответьте на него: <code>/ask</code> и вопрос.
unusable-sticker = 🙂 Движущиеся стикеры я использовать не могу. Ничего не списано. Пришлите фото или напишите, что хотите увидеть.
unusable-video = 🎬 Видео я использовать не могу. Ничего не списано. Пришлите фото или снимок экрана.
unusable-video-note = 🎬 Чтобы прочитать, что там сказано, ответьте на него командой /transcribe. Ничего не списано.
unusable-voice = 🎤 Чтобы прочитать, что там сказано, ответьте на него командой /transcribe. Ничего не списано.
late-text = ✂️ Это конец вашего длинного текста, но он пришёл слишком поздно. За него ничего не списано.
edit-says-nothing = ✏️ В этих словах ничего нет о картинке, поэтому она остаётся прежней.
edit-newer = ✏️ Не сейчас: этим занимается более новая версия бота.
price-changed = Настройки изменились: теперь это стоит { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }. Нажмите ещё раз, если так и нужно.
faceless = Я работаю только для людей: напишите от своего имени, а не от имени группы, или напишите мне лично.

## Записи: что в них сказано

voice-listening = 🎧 Слушаю…
voice-silence = 🤫 Здесь никто не говорит. { $returned } Запишите ещё раз, ближе к микрофону.
voice-music = 🎵 Это музыка, слов не слышно. { $returned } Скажите или напишите, что вам нужно.
voice-noise = 🔇 Слышен шум, а слов нет. { $returned } Запишите ещё раз там, где тише.
voice-failed-none = 🤷 Записать слова не получилось. { $returned } Скажите ещё раз или напишите.
voice-failed-size = 📦 Telegram отдаёт ботам файлы до 20 МБ. { $returned } Пришлите часть покороче.
voice-failed-file = 🧩 Эта запись не проигрывается. { $returned } Запишите ещё раз или пришлите файл MP3 или OGG.
voice-long =
    🎧 Записано до { $length }; все слова — в файлах ниже.
    <i>{ $summary }</i>
voice-part-unheard = ({ $begin }–{ $end }: эту часть расслышать не удалось)
voice-too-long = ✋ Это слишком длинно для одного запроса. Выделите нужную часть, выберите «Ответить» и напишите /ask и свой вопрос.
voice-canceled = ✖️ Отменено. Ничего не списано.
voice-left-sent = 🎧 Слова записи — в личном чате со мной.
voice-left-kept = 🎧 Слова записи готовы, но написать вам я пока не могу.
voice-ready = 🎧 Записано.
voice-usage = 🎧 Ответьте командой /transcribe на голосовое сообщение или пришлите его с такой подписью: получите его слова текстом.
voice-unsure = Не уверен, что расслышал: «{ $words }»
voice-foreign = 🎧 Это переслано или прислано файлом: «{ $words }» Что с этим сделать?
voice-declined-size = 📦 Telegram отдаёт ботам файлы до 20 МБ. Ничего не списано. Пришлите часть покороче или голосовое сообщение: в него поместится час.
voice-declined-form = 🧩 Такой файл не проигрывается. Ничего не списано. Пришлите MP3, OGG, M4A, WAV или FLAC.
voice-declined-long = ⏱ Такой файл можно прослушать до { $limit } мин. Ничего не списано. Пришлите по частям или как MP3, OGG либо голосовое сообщение: до двух часов.

## Что пошло не так: что случилось · кредиты · что делать. Код стоит за кнопкой.

details = Код { $code } · { $reference }
details-said = Слова самой модели: «{ $said }»
returned = { $price ->
        [0] Ничего не списано.
        [one] Вернулся { $price } кредит.
        [few] Вернулись { $price } кредита.
       *[many] Вернулось { $price } кредитов.
    }
returned-group = Кредиты вернулись.
failed-safety = 🛡 Фильтр изображений остановил этот запрос. { $returned } Скажите это другими словами, без реальных людей, брендов и насилия.
failed-no-image = 🤷 Модель дважды не дала пригодной картинки. { $returned } Попробуйте снова или ответьте на это сообщение другими словами.
failed-busy = 🕓 Прошло { $minutes } минут с момента запроса, а Google всё ещё перегружен. { $returned } Попробуйте через несколько минут.
failed-provider = 🕓 Прошло { $minutes } минут с момента запроса, а у сервиса Google всё ещё сбой. { $returned } Попробуйте через несколько минут.
failed-late = 🕓 Это заняло слишком много времени, и я остановился. { $returned } Попробуйте ещё раз.
failed-file-size = 📦 Telegram даёт ботам читать файлы до 20 МБ. { $returned } Пришлите как фото или поменьше.
failed-file-read = 🧩 Не получается открыть этот файл как картинку. { $returned } Пришлите как фото или файлом JPEG или PNG.
failed-file-pixels = 📦 В этой картинке слишком много пикселей, не могу её открыть. { $returned } Пришлите как фото, Telegram её уменьшит, или уменьшите файл.
failed-file-gone = 🧩 Картинка, с которой надо начать, больше не хранится. { $returned } Пришлите её ещё раз.
failed-ours = 🛠 У нас что-то сломалось. { $returned } Попробуйте ещё раз.
declined-no-prompt = Напишите, что должно быть на картинке: одних параметров мало.
declined-long = ✂️ Здесь { $length } символов, а я принимаю до { $limit }. Ничего не списано. Сократите и пришлите снова.
declined-file-size = 📦 Telegram даёт ботам читать файлы до 20 МБ. Ничего не списано. Пришлите как фото или поменьше.
declined-references = 🖼 Здесь больше { $limit } картинок. Ничего не списано. Пришлите меньше.
declined-credits = 💳 Это стоит { $price }, у вас { $credits }. Ничего не списано. { $way }
declined-here = ⏸ Сейчас я не могу это начать. Ничего не списано.
declined-jobs = ⏳ В работе уже { $active }, одновременно можно { $limit }. Ничего не списано. Дождитесь одной и пришлите снова.
fallback = ↪️ { $wanted } сейчас недоступна, поэтому рисовала другая модель, за ту же цену.
declined-pause = ⏸ Много ваших последних запросов не удалось, или они шли слишком часто. Ничего не списано. Я отдыхаю до { $time } UTC, потом пришлите снова.
declined-rest = ⏸ Сделано столько, что я отдыхаю до { $time } UTC. Ничего не списано. Пришлите снова после этого.
declined-day = 📅 Это превысит дневной лимит в { $limit } кредитов. Ничего не списано. Он обнуляется в 00:00 UTC.
broken-update = 🛠 У нас что-то сломалось при чтении этого сообщения; ничего не списано. Пришлите его ещё раз.
declined-not-done = ⏳ Эта картинка ещё не готова. Ответьте на неё, когда она появится.
declined-deleted = 🗑 Эта картинка удалена. Пришлите её как фото, чтобы продолжить.

## Настройки

settings-title = <b>Настройки</b>
settings-hint = Ещё можно написать <code>16:9</code>, <code>4K</code> или <code>x3</code> в любом месте текста.
settings-model = { $title } · { $price }
settings-original-on = Присылать и исходный файл: да
settings-original-off = Присылать и исходный файл: нет
chosen = ✅ { $label }
language = <b>Язык</b>
language-ru = Русский
language-en = English

## Баланс и отмена

balance =
    У вас <b>{ $credits }</b> { $credits ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }{ $held ->
        [0] {""}
       *[other] {" "}· { $held } в резерве под картинки в работе
    }
balance-times = <i>Время — UTC.</i>
balance-empty = Операций пока нет.
entry-welcome = { $date } · +{ $credits } · приветственный подарок
entry-daily = { $date } · +{ $credits } · бесплатные кредиты дня
entry-other = { $date } · { $credits } · другая запись
entry-picture = картинка
entry-bought = { $date } · +{ $credits } · покупка
entry-refunded = { $date } · −{ $credits } · деньги возвращены
entry-charged-back = { $date } · −{ $credits } · платёж отозван
entry-given = { $date } · +{ $credits } · { $note }
entry-taken = { $date } · −{ $credits } · { $note }
entry-spent = { $date } · −{ $credits } · { $note }
entry-held = { $date } · { $credits } в резерве · { $note }
entry-returned = { $date } · { $credits ->
        [one] вернулся { $credits } кредит
        [few] вернулись { $credits } кредита
       *[many] вернулось { $credits } кредитов
    } · { $note }
cancel-again = ✖️ Всё, что можно было остановить, остановлено, кредиты возвращены.
cancel-nothing = Отменять нечего: ничего вашего сейчас в работе нет.
cancel-waiting = ✖️ { $count ->
        [one] Отменена { $count } картинка, которая ждала.
        [few] Отменены { $count } картинки, которые ждали.
       *[many] Отменено { $count } картинок, которые ждали.
    }
cancel-drawn = ✖️ { $count ->
        [one] Остановлена { $count } картинка, которую я рисовал.
        [few] Остановлены { $count } картинки, которые я рисовал.
       *[many] Остановлено { $count } картинок, которые я рисовал.
    }
cancel-answers = ⏹ { $count ->
        [one] Остановлен { $count } ответ
        [few] Остановлены { $count } ответа
       *[many] Остановлено { $count } ответов
    }: что написано, остаётся.
bot-description = Напишите, что хотите увидеть, или пришлите фото и скажите, что изменить. Картинку за секунды нарисует Gemini от Google.
bot-short-description = Картинки по словам и правка ваших фото с Gemini.
payments-closed = Оплата пока не открыта. Ничего не списано.

## Меню команд

command-image = Нарисовать картинку
command-video = Сделать видео
command-ask = Задать вопрос
command-search = Ответ с поиском в сети
command-mode = Авто, картинка, видео или разговор
command-voice = Ответы голосом
command-new = Новый разговор
command-role = Роль, язык и длина ответов
command-zone = Часовой пояс
command-prompts = Свои промпты
command-price = Цена последнего ответа
command-history = Прошлые разговоры
command-memory = Что я о вас знаю
command-balance = Кредиты и последние операции
command-settings = Модель, формат, размер, количество
command-help = Что я умею
command-language = Русский, English
command-cancel = Остановить то, что не готово

## Ответы словами

mode-title =
    <b>Что делать с обычными словами?</b>
    🪄 Авто: рисую, меняю или отвечаю — как просят слова; если неясно, спрошу бесплатно.
    🖼 Картинка: рисую то, что вы написали.
    🎬 Видео: показываю, сколько оно стоит, и делаю, когда вы нажмёте.
    💬 Разговор: отвечаю словами и помню, о чём шла речь.

    В любом режиме: /image — картинка, /video — видео, /ask — вопрос, /new — новый разговор.
mode-above = Сколько кредитов может стоить картинка, которую я в «Авто» рисую без вопроса?
mode-auto = 🪄 Авто
mode-picture = 🖼 Картинка
mode-video = 🎬 Видео
mode-chat = 💬 Разговор
ask-usage = После команды задайте вопрос: <code>/ask почему небо голубое?</code>, или ответьте так на сообщение, фото или файл. Чтобы просто разговаривать: /mode.
ask-describe = Что это? Коротко расскажи, что здесь важно.
ask-shorter = Скажи то же самое короче.
ask-longer = Расскажи подробнее.
ask-continue = Продолжи с того места, где остановился.
conversation-new = 💬 Новый разговор: прошлого я в нём не помню; вернуться к нему можно через /history.
answer-thinking = 💭 Думаю…
answer-waiting = ⏳ Отвечу следующим.
answer-canceled = ✖️ Отменено, ничего не списано.
answer-failed-safety = 🛡 Фильтр Google остановил этот ответ. { $returned } Спросите другими словами.
answer-failed-none = 🤷 Модель дважды ничего не ответила. { $returned } Спросите ещё раз или другими словами.
answer-declined-many = ⏳ Здесь уже { $limit } вопросов ждут ответа. Ничего не списано. Дождитесь одного и пришлите снова.
answer-file-size = 📦 Telegram даёт ботам читать файлы до 20 МБ. { $returned } Пришлите файл поменьше или его часть.
answer-file-kind = 📎 Файлы такого вида я не читаю. { $returned } Читаю картинки, PDF, тексты и код, docx, xlsx, pptx, odt, ods и odp.
answer-file-old = 📎 Это старый формат Office или файл с паролем. { $returned } Сохраните как docx, xlsx, pptx или PDF без пароля и пришлите снова.
answer-file-locked = 🔒 Файл защищён паролем. { $returned } Снимите пароль и пришлите снова.
answer-file-empty = 📄 В этом файле нечего читать. { $returned } Если страницы в нём — картинки, пришлите их как фото или PDF.
answer-file-broken = 🧩 Не могу открыть файл: он повреждён или это не то, что обещает имя. { $returned } Сохраните его заново и пришлите снова.
answer-file-pages = 📚 За раз я читаю не больше 50 страниц PDF, вместе с картинками меньше. { $returned } Пришлите часть.
answer-file-pixels = 📦 В этой картинке слишком много пикселей. { $returned } Пришлите её как фото, Telegram её уменьшит.
answer-file-bomb = 📦 Распакованный файл намного больше, чем мне можно открыть. { $returned } Пришлите нужную часть.
answer-file-gone = 🧩 Этого файла больше нет в Telegram. { $returned } Пришлите его снова.
answer-left-sent = 📬 Ответ в нашем личном чате: здесь мне писать нельзя.
answer-left-kept = 📬 Ответ готов, но здесь мне его отправить нельзя. Кнопка принесёт его в личный чат, в течение 24 часов.
answer-ready = ✨ Ответ готов.
button-get-answer = 📬 Забрать ответ
button-answer-stop = ⏹ Стоп
button-answer-again = 🔁 Иначе
button-answer-shorter = ➖ Короче
button-answer-longer = ➕ Полнее
button-answer-reworded = 🔁 Ответить на новый вопрос
answer-file = 📄 Весь ответ одним файлом
answer-file-name = ответ
button-answer-file = 📄 Файлом
button-answer-continue = ▶️ Продолжить
answer-edited = ✏️ На прежний вопрос я уже отвечаю или ответил. Ответить на исправленный?
toast-answer-more = Отвечаю!
toast-answer-running = Дождитесь ответа или нажмите ⏹ Стоп под ним.
toast-answer-stopped = Останавливаю; сказанное остаётся.

## Ответы голосом

button-speak = 🔊 до { $price }
button-unsay = 🗑 Удалить
button-sample = 🔊 Послушать { $voice }
voice-title =
    <b>Озвучивать ответы?</b>
    Текст приходит всегда; 🔊 под ответом озвучит его в любом режиме. Kore, Aoede и Leda звучат как женщины, Puck, Charon и Orus — как мужчины.
voice-price = Минута стоит около { $price } { $price ->
        [one] кредита
        [few] кредитов
       *[many] кредитов
    }.
speech-never = 🔇 Никогда
speech-kind = 🎙 Если я говорю голосом
speech-always = 🔊 Всегда
speech-slow = Плавно
speech-normal = Обычно
speech-fast = Быстро
speech-sample = Здравствуйте! Вот так я звучу. Хотите, буду читать вам ответы этим голосом?
speech-nothing = Здесь нечего озвучить: только код, таблица или знаки.
speech-recording = 🎙 Записываю…
speech-failed-safety = 🛡 Фильтр Google не дал это озвучить. { $returned }
speech-failed-none = 🤷 Модель дважды ничего не сказала. { $returned } Нажмите 🔊 немного позже.
speech-failed-gone = 🔇 Этих слов или их записи больше нет. { $returned }
speech-failed-unsure = 📡 Telegram не подтвердил голосовое, поэтому сам я его не повторяю. { $returned } Если его здесь нет, нажмите 🔊 ещё раз.
speech-failed-place = 🔇 Сюда нельзя присылать ни голосовые, ни файлы. { $returned } Ответы словами по-прежнему приходят.
toast-speak = Записываю…
toast-speaking = Уже записываю.
toast-spoken = Уже озвучено: посмотрите выше.
toast-speech-tired = Несколько раз не получилось. Выберите другой голос в /voice или другой ответ.
toast-speech-gone = Это удалено.
toast-unsaid = Удалено — здесь и из моего хранилища.
toast-unsaid-old = Моя копия удалена. Само сообщение Telegram уже не даёт мне удалить: удалите его, пожалуйста, сами.
toast-unsaid-later = Удалю через минуту-другую.
toast-sample = Записываю пример…

## Роль, язык и часы ответов

role-title = <b>Как мне отвечать?</b>
role-long = ✂️ Роль может быть до { $limit } символов. Сократите и пришлите снова.
role-hint = Своя роль — в своих словах: <code>/role отвечай как пират</code>.
role-now = { $role } · { $detail } · язык: { $tongue } · { $zone }, сейчас { $time }
role-pair = { $source } ⇄ { $target }
role-own-words = Ваши слова: «{ $words }»
role-assistant = 🍌 Помощник
role-teacher = 🎓 Учитель
role-editor = ✒️ Редактор
role-coder = 💻 Программист
role-friend = ☕ Собеседник
role-translator = 🌐 Переводчик
role-own = ✍️ Своя роль
detail-short = Коротко
detail-normal = Обычно
detail-detailed = Подробно
button-tongue = 🗣 { $tongue }
button-zone = 🕓 { $zone }
button-from = 🌐 { $tongue }
button-to = ⇄ { $tongue }
toast-role-own = Опишите роль своими словами после команды: /role отвечай как пират
tongue-title = <b>На каком языке отвечать?</b>
pair-from = <b>С какого языка переводить?</b> И обратно тоже.
pair-to = <b>На какой язык переводить?</b> И обратно тоже.
zone-title =
    <b>Который у вас час?</b>
    По этим часам я понимаю «завтра в 9», по этому календарю считаю бесплатные ответы. Другой город или сдвиг: <code>/zone Омск</code>, <code>/zone +6</code>.
zone-unknown = 🤔 Не знаю такого места: «{ $words }». Выберите ниже или напишите сдвиг от UTC: <code>/zone +3</code>.
zone-offset = Свой сдвиг
tongue-auto = Как в вопросе
tongue-ru = Русский
tongue-en = English
tongue-uk = Українська
tongue-be = Беларуская
tongue-kk = Қазақша
tongue-uz = Oʻzbekcha
tongue-de = Deutsch
tongue-fr = Français
tongue-es = Español
tongue-pt = Português
tongue-it = Italiano
tongue-pl = Polski
tongue-tr = Türkçe
tongue-ar = العربية
tongue-zh = 中文
tongue-ja = 日本語
zone-honolulu = Гонолулу
zone-losangeles = Лос-Анджелес
zone-denver = Денвер
zone-mexico = Мехико
zone-newyork = Нью-Йорк
zone-saopaulo = Сан-Паулу
zone-utc = UTC
zone-london = Лондон
zone-berlin = Берлин
zone-kaliningrad = Калининград
zone-kyiv = Киев
zone-moscow = Москва
zone-istanbul = Стамбул
zone-minsk = Минск
zone-samara = Самара
zone-dubai = Дубай
zone-yekaterinburg = Екатеринбург
zone-tashkent = Ташкент
zone-almaty = Алматы
zone-delhi = Дели
zone-omsk = Омск
zone-novosibirsk = Новосибирск
zone-irkutsk = Иркутск
zone-beijing = Пекин
zone-yakutsk = Якутск
zone-tokyo = Токио
zone-vladivostok = Владивосток
zone-sydney = Сидней
zone-kamchatka = Камчатка

## Видео

video-usage =
    🎬 Напишите после команды, что происходит: <code>/video лиса бежит по свежему снегу</code>. Чтобы оживить картинку, ответьте на неё <code>/video</code> и напишите, что должно двигаться.
    Сначала вы увидите цену и сможете выбрать длину, формат, разрешение и звук; до нажатия ничего не списывается.
video-animate-prompt = Оживи эту картинку: естественное движение, спокойная камера, тот же стиль
review = 🎬 Видео: «{ $words }»
review-picture = 🎬 Видео из этой картинки: «{ $words }»
review-time = Обычно это занимает { $from }–{ $to } минуты. До нажатия кнопки ничего не списывается.
review-seconds = { $seconds } с
review-short = 💳 Это стоит { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }, у вас { $credits }. { $way }
review-price = { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }
review-told = Это стоит { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }. Нажмите ещё раз, и я сделаю.
review-dropped = ✖️ Видео не сделано, ничего не списано.
button-make = 🎬 Сделать · { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }
button-film = 🎬 Сделать видео…
button-animate = 🎬 Оживить
button-saving = ✕ Отменить · вернётся { $price }
button-get-video = 📬 Получить видео
video-chips = <b>{ $title }</b> · { $seconds } с · { $ratio } · { $size } · 🔊
video-chips-mute = <b>{ $title }</b> · { $seconds } с · { $ratio } · { $size } · 🔇
video-price = { $price } { $price ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }
video-words = 🎬 «{ $words }»
video-queued = ⏳ Шаг 1 из 3 · в очереди
video-rendering = 🎬 Шаг 2 из 3 · создаётся · { $elapsed } · обычно { $from }–{ $to } мин
video-rendering-long = 🎬 Шаг 2 из 3 · создаётся · { $elapsed } · дольше обычных { $from }–{ $to } мин. Не позже чем через { $minutes } минут после запроса придёт видео или вернутся кредиты.
video-rendering-group = 🎬 Шаг 2 из 3 · создаётся… обычно { $from }–{ $to } мин
video-sending = 📤 Шаг 3 из 3 · отправляю
video-ready = ✨ Видео готово.
video-shorter = ℹ️ Оно вышло короче заказанного, поэтому и стоит меньше.
video-canceled-begun = ✖️ Отменено, пока видео создавалось. { $price ->
        [one] Вернулся { $price } кредит:
        [few] Вернулись { $price } кредита:
       *[many] Вернулось { $price } кредитов:
    } Google возьмёт плату с нас, а не с вас.
video-linked = 📦 Это видео больше, чем Telegram принимает от ботов. Кнопка откроет его, в течение { $days } дней.
button-link = ⬇️ Открыть видео
video-left-why = ℹ️ Группа не дала мне опубликовать видео, поэтому оно здесь.
video-left-sent = 📬 Видео в нашем личном чате: здесь мне его публиковать нельзя.
video-left-kept = 📬 Видео готово, но здесь мне его публиковать нельзя. Кнопка принесёт его в личный чат, в течение 24 часов.
video-failed-safety = 🛡 Фильтр Google остановил это видео. { $returned } Скажите иначе, без реальных людей, брендов и насилия.
video-failed-none = 🤷 Модель не дала видео, которое можно показать. { $returned } Попробуйте ещё раз или скажите иначе.
video-failed-late = 🕓 За { $minutes } минут видео не пришло, и я перестал ждать. { $returned } Попробуйте ещё раз.
video-which = 👆 Нажмите кнопку выше: сначала она покажет, сколько это стоит.

## Цена ответа

price-none = 💬 Здесь пока нет вашего ответа, о котором я помню. Чтобы узнать цену любого ответа, ответьте на него: /price.
price-nothing = 💬 Ответа на этот вопрос не было, и он ничего не стоил.
price-not-yet = ⏳ Этот ответ ещё не готов; цену скажу, когда он будет.
price-free = 💬 Этот ответ был бесплатным.
price-free-today = 💬 Этот ответ бесплатный; сегодня таких было { $used } из { $limit }.
price-paid = 💬 Этот ответ стоил { $credits } { $credits ->
        [one] кредит
        [few] кредита
       *[many] кредитов
    }.
price-tokens = Токенов: прочитано { $given }, написано { $made } · { $model }

## Поиск в сети

search-usage = После команды напишите, что найти: <code>/search кто выиграл вчерашний матч?</code> Отвечу с источниками. Искать для всех вопросов: /role.
search-price = Обычно это 3–4 кредита; среди бесплатных ответов таких нет.
search-declined = Без поиска дешевле: /ask; если он включён для всех вопросов, выключите 🔎 в /role.
answer-sources = 🔎 Источники
price-searches = Запросов в Google: { $count }
button-search-on = ✅ 🔎 Искать в сети · 3–4 кредита
button-search-off = 🔎 Искать в сети · 3–4 кредита

## Свои промпты

prompts = <b>Ваши промпты</b>
prompts-empty = <b>Ваших промптов пока нет.</b>
prompts-hint = Сохранить: <code>/prompts Письмо: напиши вежливое письмо для { $open }кого{ $close } о { $open }чём{ $close }</code>. Слова в фигурных скобках я спрошу перед ответом.
prompts-full = 📚 Здесь уже { $limit } промптов, больше не поместится. Удалите один и пришлите снова.
prompt-kept =
    ✅ Сохранено: <b>{ $title }</b>
    <blockquote>{ $text }</blockquote>
prompt-own =
    <b>{ $title }</b>
    <blockquote>{ $text }</blockquote>
prompt-foreign =
    <b>{ $title }</b> — чужой промпт, прошлого разговора ему не видно
    <blockquote>{ $text }</blockquote>
prompt-shared =
    📨 С вами поделились промптом: <b>{ $title }</b>
    <blockquote>{ $text }</blockquote>
    Это чужие слова, прочтите их; без вашего нажатия ничего не произойдёт. Ответ будет только словами, и прошлого разговора этот промпт не видит.
prompt-link =
    🔗 Ссылка для тех, с кем хотите поделиться:
    <code>{ $address }</code>
prompt-gone = Этого промпта больше нет, или им больше не делятся.
prompt-long = ✂️ Промпт может быть до { $limit } символов. Сократите и пришлите снова.
prompt-variables = ✂️ В промпте может быть до { $limit } слов в фигурных скобках.
prompt-fill = ✍️ «{ $title }»: ответьте на это сообщение. { $count ->
        [one] Нужно: { $names }.
       *[other] Нужны, каждое с новой строки: { $names }.
    }
fill-placeholder = Значения…
prompt-fill-over = Этот вопрос уже закрыт. Чтобы задать промпт, выберите его ещё раз: /prompts
toast-unshared = Ссылка больше не действует.
button-prompt-use = ▶️ Спросить
button-prompt-share = 🔗 Поделиться
button-prompt-unshare = 🚫 Убрать
button-prompt-keep = 💾 Сохранить себе
## Разговоры и память

history-title =
    <b>Разговоры здесь</b>
    Нажмите на разговор, чтобы продолжить, переименовать, сохранить в файл или удалить его.
history-empty = Разговоров здесь пока нет. Они начинаются с /ask или с любого вопроса в режиме «Разговор» (/mode).
history-untitled = Без названия
history-one =
    <b>{ $title }</b>
    { $started } – { $ended } · { $count ->
        [one] { $count } сообщение
        [few] { $count } сообщения
       *[many] { $count } сообщений
    }
history-summary = Коротко: <i>{ $summary }</i>
history-until = Хранится до { $date }; каждый новый ответ продлевает срок.
history-until-deleted = Хранится, пока вы не удалите.
history-delete-sure = 🗑 Удалить «{ $title }» целиком: { $count ->
        [one] { $count } сообщение
        [few] { $count } сообщения
       *[many] { $count } сообщений
    }? Вернуть будет нельзя. Сообщения в этом чате останутся; их можно удалить в самом Telegram.
history-file = 📄 { $title }
history-name-ask = ✏️ Как назвать разговор? Пришлите название ответом на это сообщение.
history-name-placeholder = Новое название
history-name-over = Этот вопрос уже закрыт. Чтобы переименовать разговор, выберите его ещё раз: /history
history-rename-usage = После команды напишите новое название: <code>/rename Поездка в Рим</code>. Так будет называться открытый здесь разговор; все они в /history.
history-rename-nothing = Здесь нет разговора, который можно так назвать. Все сохранённые — в /history.
history-renamed = ✏️ Теперь он называется «{ $title }».
kept-title =
    <b>Сколько хранить наши разговоры?</b>
    Разговор хранится столько после последнего ответа. Более короткий срок действует и для прежних разговоров, более долгий — со следующего ответа.
kept-1 = 1 день
kept-7 = 7 дней
kept-30 = 30 дней
kept-365 = 1 год
kept-0 = Без срока
button-history-newest = ⏮ Новые
button-history-older = Раньше ▶️
button-history-kept = 🗓 Хранить: { $kept }
button-history-go = ▶️ Продолжить
button-history-name = ✏️ Назвать
button-history-file = 📄 Файл
button-history-file-more = 📄 Следующая часть
button-history-delete = 🗑 Удалить
button-history-delete-surely = 🗑 Удалить целиком
button-history-keep = ↩️ Оставить
button-history-back = ⬅️ Назад
toast-history-goes-on = Разговор продолжается здесь: задайте следующий вопрос.
toast-history-gone = Этот разговор уже не хранится.
toast-history-deleted = Удалено.
toast-history-file = Готовлю файл…
export-person = Вы
export-model = NanoBanana
export-summary = Коротко:
memory-title = <b>Что я о вас знаю</b>
memory-nothing =
    <b>Что я о вас знаю</b>
    Ничего. Напишите «запомни, что я живу в Риме» или <code>/remember я живу в Риме</code>.
memory-line = { $number }. { $fact }
memory-on =
    Здесь только то, что вы попросили запомнить. Я учитываю это в ответах в нашем личном чате и больше нигде. Хранится, пока вы не сотрёте.
memory-off =
    Память выключена: я ничего не добавляю и не учитываю в ответах.
memory-usage = Напишите здесь, в нашем личном чате, что запомнить: <code>/remember я живу в Риме</code>. Всё, что я знаю, покажет /memory.
memory-kept = 🧠 Запомню. Посмотреть и стереть: /memory.
memory-long = Это слишком длинно, чтобы запомнить: не больше { $limit } знаков. Скажите короче.
memory-full = Я помню уже { $limit } фактов, больше не могу. Сотрите что-нибудь: /memory.
memory-is-off = Память выключена, поэтому я этого не запомнил. Включить: /memory.
button-memory-erase = 🗑 { $number }
button-memory-erase-all = 🗑 Стереть всё
button-memory-on = 🧠 Включить память
button-memory-off = 💤 Выключить память
button-memory-kept = 🗓 Сколько хранить разговоры
toast-memory-erased = Забыл.
