// What the page itself says, in the languages of the simulated user.

const WORDS = {
  en: {
    localHint: "a chat on this machine",
    chats: "Chats",
    youAre: "You are",
    user: "User",
    secondUser: "Second user ↗",
    thirdUser: "Another user ↗",
    language: "Language",
    theme: "Appearance",
    switchTheme: "Switch between light and dark",
    menu: "Menu",
    close: "Close",
    back: "Back",
    bot: "bot",
    group: "group",
    members: (count) => `${count} member${count === 1 ? "" : "s"}`,
    offline: "connecting…",
    typing: "typing",
    upload_photo: "sending a photo",
    upload_document: "sending a file",
    upload_video: "sending a video",
    record_video: "recording a video",
    upload_voice: "sending a voice message",
    record_voice: "recording a voice message",
    choose_sticker: "choosing a sticker",
    find_location: "sharing a place",
    record_video_note: "recording a video message",
    upload_video_note: "sending a video message",
    stop: "Stop",
    messages: "Messages",
    message: "Message",
    writeHere: "Message",
    caption: "Add a caption",
    send: "Send",
    save: "Save edit",
    speak: "Record a voice message, or say what is typed",
    sendVoice: "Stop and send",
    recording: (seconds) => `Recording, ${seconds} s`,
    inlineResults: "What the bot has for these words",
    nothingFound: "Nothing found",
    noMicrophone: "No microphone. Type the words and press again: they are sent as a voice message.",
    attach: "Attach a photo or a file",
    asFile: "file, without compression",
    remove: "Remove",
    commands: "Commands",
    keyboard: "Keyboard",
    start: "Start",
    whatCanItDo: "What can this bot do?",
    firstHint: "Press Start, write what you would like to see, or drop a photo here.",
    emptyGroup: "Nothing here yet. Try a command: in groups the bot only sees commands and replies to it.",
    today: "Today",
    yesterday: "Yesterday",
    edited: "edited",
    you: "You",
    reply: "Reply",
    edit: "Edit",
    sendAs: "Send as",
    asUsual: "what it is",
    video_note: "Video message",
    quote: "Quote",
    forward: "Forward",
    forwarding: (name) => `Forward from ${name}`,
    addComment: "Add a comment",
    acting: (name, what) => `${name} is ${what}`,
    copy: "Copy text",
    copied: "Copied",
    notCopied: "This browser does not let the page copy",
    remove_message: "Delete",
    replyTo: (name) => `Reply to ${name}`,
    editing: "Edit message",
    cancel: "Cancel",
    photo: "Photo",
    photos: "Photos",
    file: "File",
    video: "Video",
    voice: "Voice message",
    audio: "Music",
    animation: "GIF",
    sticker: "Sticker",
    forwardedFrom: "Forwarded from",
    sendTo: "Send to",
    via: "via",
    topicClosed: "The topic was closed",
    paid: "Paid",
    pay: "Pay with Stars",
    payNot: "Not now",
    youPaid: "You paid",
    returned: "Returned to you:",
    topicReopened: "The topic was opened again",
    becameSupergroup: "The group became a supergroup",
    movedToSupergroup: "The group became a supergroup. Go there",
    download: "Download",
    open: "Open photo",
    more: "More",
    showMore: "Show all",
    showLess: "Show less",
    spoiler: "Hidden text, press to show",
    toBottom: "To the newest message",
    dropHere: "Drop photos here",
    failed: "Not sent",
    gone: "The file is no longer here",
    allTopics: "All",
    thinking: "Thinking…",
    sizes: ["B", "KB", "MB"],
    private_chat: "Your chat with the bot",
    group_chat: "A group with the bot",
    elsewhere: "Another page of this system",
  },
  ru: {
    localHint: "чат на этом компьютере",
    chats: "Чаты",
    youAre: "Вы",
    user: "Гость",
    secondUser: "Второй пользователь ↗",
    thirdUser: "Другой пользователь ↗",
    language: "Язык",
    theme: "Оформление",
    switchTheme: "Светлая или тёмная тема",
    menu: "Меню",
    close: "Закрыть",
    back: "Назад",
    bot: "бот",
    group: "группа",
    members: (count) => `${count} ${plural(count, "участник", "участника", "участников")}`,
    offline: "соединение…",
    typing: "печатает",
    upload_photo: "отправляет фото",
    upload_document: "отправляет файл",
    upload_video: "отправляет видео",
    record_video: "записывает видео",
    upload_voice: "отправляет голосовое",
    record_voice: "записывает голосовое",
    choose_sticker: "выбирает стикер",
    find_location: "ищет место на карте",
    record_video_note: "записывает видеосообщение",
    upload_video_note: "отправляет видеосообщение",
    stop: "Остановить",
    messages: "Сообщения",
    message: "Сообщение",
    writeHere: "Сообщение",
    caption: "Добавить подпись",
    send: "Отправить",
    save: "Сохранить",
    speak: "Записать голосовое или сказать набранное",
    sendVoice: "Остановить и отправить",
    recording: (seconds) => `Запись, ${seconds} с`,
    inlineResults: "Что есть у бота по этим словам",
    nothingFound: "Ничего не найдено",
    noMicrophone: "Микрофона нет. Наберите слова и нажмите ещё раз: они уйдут голосовым сообщением.",
    attach: "Прикрепить фото или файл",
    asFile: "файл, без сжатия",
    remove: "Убрать",
    commands: "Команды",
    keyboard: "Клавиатура",
    start: "Запустить",
    whatCanItDo: "Что умеет этот бот?",
    firstHint: "Нажмите «Запустить», напишите, что хотите увидеть, или перетащите сюда фото.",
    emptyGroup: "Пока пусто. Попробуйте команду: в группах бот видит только команды и ответы ему.",
    today: "Сегодня",
    yesterday: "Вчера",
    edited: "изменено",
    you: "Вы",
    reply: "Ответить",
    edit: "Изменить",
    sendAs: "Отправить как",
    asUsual: "обычно",
    video_note: "Видеосообщение",
    quote: "Цитировать",
    forward: "Переслать",
    forwarding: (name) => `Переслать от ${name}`,
    addComment: "Добавить комментарий",
    acting: (name, what) => `${name} ${what}`,
    copy: "Копировать текст",
    copied: "Скопировано",
    notCopied: "Браузер не разрешает копировать",
    remove_message: "Удалить",
    replyTo: (name) => `В ответ: ${name}`,
    editing: "Редактирование",
    cancel: "Отмена",
    photo: "Фото",
    photos: "Фотографии",
    file: "Файл",
    video: "Видео",
    voice: "Голосовое сообщение",
    audio: "Музыка",
    animation: "GIF",
    sticker: "Стикер",
    forwardedFrom: "Переслано от",
    sendTo: "Кому отправить",
    via: "через",
    topicClosed: "Тема закрыта",
    paid: "Оплачено",
    pay: "Оплатить звёздами",
    payNot: "Не сейчас",
    youPaid: "Вы заплатили",
    returned: "Вам вернули",
    topicReopened: "Тема снова открыта",
    becameSupergroup: "Группа стала супергруппой",
    movedToSupergroup: "Группа стала супергруппой. Перейти",
    download: "Скачать",
    open: "Открыть фото",
    more: "Ещё",
    showMore: "Показать всё",
    showLess: "Свернуть",
    spoiler: "Скрытый текст, нажмите, чтобы показать",
    toBottom: "К последнему сообщению",
    dropHere: "Перетащите фото сюда",
    failed: "Не отправлено",
    gone: "Файла больше нет",
    allTopics: "Все",
    thinking: "Думаю…",
    sizes: ["Б", "КБ", "МБ"],
    private_chat: "Ваш чат с ботом",
    group_chat: "Группа с ботом",
    elsewhere: "Другая страница этой системы",
  },
};

const NAMES = {
  en: ["Alex", "Maria", "Ivan", "Sofia", "Leo"],
  ru: ["Алекс", "Мария", "Иван", "София", "Лев"],
};

let language = "en";

export function setLanguage(code) {
  language = code in WORDS ? code : "en";
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
    if (element.matches("button, a")) element.title = word(element.dataset.label);
  }
}

export function getLanguage() {
  return language;
}

export function word(name, ...values) {
  const found = WORDS[language][name] ?? WORDS.en[name] ?? name;
  return typeof found === "function" ? found(...values) : found;
}

export function nameUser(id) {
  const names = NAMES[language];
  return id >= 1 && id <= names.length ? names[id - 1] : `${word("user")} ${id}`;
}

export function formatTime(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
}

export function formatDay(seconds) {
  const day = new Date(seconds * 1000);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(day).setHours(0, 0, 0, 0)) / 86_400_000);
  if (days === 0) return word("today");
  if (days === 1) return word("yesterday");
  return day.toLocaleDateString(language, { day: "numeric", month: "long" });
}

export function formatSize(bytes) {
  const units = word("sizes");
  let value = bytes;
  let step = 0;
  while (value >= 1000 && step < units.length - 1) {
    value /= 1000;
    step += 1;
  }
  return `${value.toLocaleString(language, { maximumFractionDigits: step ? 1 : 0 })} ${units[step]}`;
}

function plural(count, one, few, many) {
  const kind = new Intl.PluralRules("ru").select(count);
  return kind === "one" ? one : kind === "few" ? few : many;
}
