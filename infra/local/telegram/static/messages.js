// Bubbles: one message or one album becomes one element.

import { colorOf, icon, initialsOf, make } from "./dom.js";
import { renderText } from "./richtext.js";
import { fileUrl, findLocal, linkTo, place } from "./server.js";
import { formatSize, formatTime, word } from "./words.js";

const TOUCH = matchMedia("(hover: none)"); // a tap on a bubble opens its menu, as in the apps
const INVOICE = "https://t.me/$"; // a link to an invoice, which the apps open as one
const CHAT_SIDE = 800; // pixels of the photo size shown in the chat

// Consecutive messages of one album go together; `first`/`last` say where a run of one sender begins and ends.
export function groupMessages(messages) {
  const groups = [];
  for (const message of messages) {
    const previous = groups.at(-1);
    const album = message.media_group_id;
    if (album && previous?.album === album) previous.messages.push(message);
    else groups.push({ key: `m${message.message_id}`, album, messages: [message] });
  }
  groups.forEach((group, index) => {
    group.first = !isSameRun(groups[index - 1], group);
    group.last = !isSameRun(group, groups[index + 1]);
  });
  return groups;
}

function isSameRun(one, other) {
  if (!one || !other) return false;
  const a = one.messages.at(-1);
  const b = other.messages[0];
  return findSender(a).id === findSender(b).id && b.date - a.date < 600 && !findService(a) && !findService(b);
}

// Who a message shows as its author: the chat somebody writes as, else the account.
export function findSender(message) {
  const chat = message.sender_chat;
  if (chat) return { id: chat.id, name: chat.title, kind: "other" };
  const from = message.from ?? {};
  return { id: from.id, name: from.first_name ?? "", kind: from.id === place.user ? "me" : from.is_bot ? "bot" : "other" };
}

function findService(message) {
  if (message.forum_topic_created) return [message.forum_topic_created.name];
  if (message.forum_topic_closed) return [word("topicClosed")];
  if (message.forum_topic_reopened) return [word("topicReopened")];
  if (message.successful_payment) return [`${word("youPaid")} ${message.successful_payment.total_amount} ⭐`];
  if (message.refunded_payment) return [`${word("returned")} ${message.refunded_payment.total_amount} ⭐`];
  if (message.migrate_from_chat_id) return [word("becameSupergroup")];
  if (!message.migrate_to_chat_id) return null;
  return [make("a", { href: linkTo({ chat: message.migrate_to_chat_id }), testid: "moved" }, word("movedToSupergroup"))];
}

export function renderGroup(group, chat, actions) {
  const [message] = group.messages;
  const service = findService(message);
  if (service) return renderService(service);
  const sender = findSender(message);
  const mine = sender.kind === "me";
  const captioned = group.messages.find((one) => one.text || one.caption);
  const markup = message.reply_markup?.inline_keyboard;
  const from = sender.kind;
  const named = !mine && chat.type !== "private";
  const above = captioned?.show_caption_above_media;
  const words = renderWords(captioned, actions);
  const reactions = renderReactions(message);
  const bubble = make("div", { class: bubbleClass(group, captioned) },
    named && group.first && make("div", { class: `name ${colorOf(sender.id)}` }, sender.name),
    renderOrigin(message),
    renderReply(message, actions),
    above && words,
    renderInvoice(message.invoice),
    renderMedia(group, actions),
    !above && words,
    reactions,
  );
  const endsInWords = words && !above && !reactions;
  (endsInWords ? words : bubble).append(renderMeta(group, mine)); // the time shares the last line if it fits
  if (message.photo && !group.messages[1]) {
    bubble.style.setProperty("--ratio", String(message.photo[0].width / message.photo[0].height));
  }
  const more = make("button", {
    class: "round plain more", type: "button", testid: "more", "aria-label": word("more"), "aria-haspopup": "menu",
  }, icon("more"));
  more.addEventListener("click", () => actions.openMenu(captioned ?? message, more));
  bubble.addEventListener("click", (event) => {
    if (!TOUCH.matches || event.target.closest("button, a, [role=button]") || getSelection()?.toString()) return;
    actions.openMenu(captioned ?? message, bubble, event);
  });
  bubble.addEventListener("contextmenu", (event) => {
    if (getSelection()?.toString()) return;
    event.preventDefault();
    actions.openMenu(captioned ?? message, bubble, event);
  });
  return make("div", {
    class: `message from-${from}${group.first ? " first" : ""}${group.last ? " last" : ""}`,
    testid: "message",
    data: { messageId: message.message_id, from, version: message._versions ?? 1 },
  },
  named && renderAvatar(sender, group.last),
  make("div", { class: "stack" },
    make("div", { class: "bubble-row" }, bubble, more),
    markup && renderKeyboard(message, markup, actions),
  ));
}

// What is still being written: no message yet. It is not read out at each word, the message is.
export function renderDraft(draft, actions) {
  const stop = make("button", { class: "key", type: "button", testid: "draft-stop" }, icon("stop"), make("span", { class: "key-text" }, word("stop")));
  stop.addEventListener("click", () => actions.stop(draft));
  const element = make("div", { class: "message from-bot first last", testid: "draft", "aria-live": "off", "aria-busy": "true" },
    make("div", { class: "stack" },
      make("div", { class: "bubble draft" }, make("div", { class: "words", testid: "draft-text" })),
      make("div", { class: "keyboard" }, make("div", { class: "keyboard-row" }, stop))));
  updateDraft(element, draft);
  return element;
}

// In place, so that the bubble grows and Stop keeps the focus.
export function updateDraft(element, draft) {
  const words = draft.text ? renderText(draft.text, draft.entities) : [make("span", { class: "hint" }, word("thinking"))];
  element.querySelector(".words").replaceChildren(...words, make("span", { class: "caret", "aria-hidden": "true" }));
  element.querySelector(".keyboard").hidden = !draft.can_stop;
}

function renderAvatar(sender, visible) {
  const sign = sender.kind === "bot" ? make("img", { src: "/static/icon.svg", alt: "" }) : initialsOf(sender.name);
  return make("div", { class: `avatar small ${colorOf(sender.id)}`, "aria-hidden": "true" }, visible && sign);
}

function renderService(parts) {
  return make("div", { class: "day", testid: "service" }, make("span", {}, ...parts));
}

// "Forwarded from …" and "via @…", as the apps show them above the words.
function renderOrigin(message) {
  const origin = message.forward_origin;
  const via = message.via_bot && `${word("via")} @${message.via_bot.username}`;
  if (!origin && !via) return null;
  const author = origin && (origin.sender_user?.first_name ?? origin.sender_user_name ?? (origin.sender_chat ?? origin.chat).title);
  return make("div", { class: "origin", testid: "origin" },
    origin && `${word("forwardedFrom")} `, origin && make("b", {}, author), origin && via && " · ", via);
}

// The apps show an invoice's title, its description and its price; the description is not part of the message.
function renderInvoice(invoice) {
  if (!invoice) return null;
  return make("div", { class: "invoice", testid: "invoice" },
    make("b", {}, invoice.title), make("span", {}, invoice.description), make("span", { class: "price" }, `${invoice.total_amount} ⭐`));
}

function bubbleClass(group, captioned) {
  const message = group.messages[0];
  const bare = message.photo && !captioned && !message.reply_to_message;
  return ["bubble", message.sticker && "sticker", message.photo && "has-photo", group.album && message.photo && "has-album", bare && "bare"].filter(Boolean).join(" ");
}

function renderReply(message, actions) {
  const target = message.reply_to_message;
  if (!target || target.forum_topic_created) return null;
  const quote = make("button", { class: `quote ${colorOf(findSender(target).id)}`, type: "button", testid: "quote" },
    make("b", {}, findSender(target).kind === "me" ? word("you") : findSender(target).name),
    make("span", {}, message.quote?.text ?? describe(target)));
  quote.addEventListener("click", () => actions.show(target.message_id));
  return quote;
}

function renderWords(message, actions) {
  if (!message) return null;
  const text = message.text ?? message.caption;
  const entities = message.text ? message.entities : message.caption_entities;
  return make("div", { class: "words", testid: "message-text" }, ...renderText(text, entities, actions));
}

function renderMedia(group, actions) {
  const photos = group.messages.filter((message) => message.photo);
  if (photos.length > 1) {
    return make("div", { class: `album album-${Math.min(photos.length, 4)}` }, ...photos.map((one) => renderPhoto(one, actions)));
  }
  if (photos.length === 1) return renderPhoto(photos[0], actions);
  if (group.messages[0].sticker) return renderSticker(group.messages[0].sticker, actions);
  const files = group.messages.filter(findFile);
  return files.length ? make("div", { class: "files" }, ...files.map(renderFile)) : null;
}

function findKind(message) {
  return ["animation", "document", "video", "video_note", "audio", "voice", "sticker"].find((kind) => message[kind]);
}

function findFile(message) {
  return message[findKind(message)];
}

// Only still stickers are pictures; of the others their emoji is shown.
function renderSticker(sticker, actions) {
  const emoji = sticker.emoji ?? "🏷";
  const sign = () => make("span", { class: "sticker-emoji", testid: "sticker", role: "img", "aria-label": `${word("sticker")} ${emoji}` }, emoji);
  if (sticker.is_animated || sticker.is_video) return sign();
  const image = make("img", { src: fileUrl(sticker.file_id), alt: `${word("sticker")} ${emoji}`, testid: "sticker", decoding: "async" });
  image.addEventListener("load", actions.grown);
  image.addEventListener("error", () => image.replaceWith(sign()));
  return image;
}

function renderPhoto(message, actions) {
  const size = message.photo.find((one) => Math.max(one.width, one.height) >= CHAT_SIDE) ?? message.photo.at(-1);
  const image = make("img", {
    src: fileUrl(size.file_id), alt: message.caption || word("photo"), width: size.width, height: size.height, decoding: "async",
  });
  const open = make("button", { class: "photo", type: "button", testid: "photo", "aria-label": word("open") }, image);
  image.addEventListener("load", () => { open.classList.add("loaded"); actions.grown(); });
  image.addEventListener("error", () => { open.classList.add("lost"); open.replaceChildren(word("gone")); });
  if (message.has_media_spoiler) open.classList.add("veiled");
  open.style.setProperty("--ratio", String(size.width / size.height));
  open.addEventListener("click", () => {
    if (open.classList.contains("veiled")) open.classList.remove("veiled");
    else actions.view(message);
  });
  return open;
}

// A file by its name; what has none by what it is and how long.
function nameFile(message) {
  const file = findFile(message);
  if (file?.file_name) return file.file_name;
  const length = file?.duration ? ` ${Math.floor(file.duration / 60)}:${String(file.duration % 60).padStart(2, "0")}` : "";
  return word(message.document || !file ? "file" : findKind(message)) + length;
}

// Sound is played where it stands, by the browser's own player; the file can be had from the player's menu.
function renderSound(message) {
  const file = findFile(message);
  const player = make("audio", { src: fileUrl(file.file_id), controls: "", preload: "metadata", "aria-label": nameFile(message), testid: "sound" });
  player.dataset.seconds = String(file.duration);
  return make("div", { class: "sound", testid: "document" }, make("span", { class: "sound-name" }, nameFile(message)), player);
}

// A video is played where it stands; its small picture is seen until then.
function renderVideo(message) {
  const file = message.video;
  const player = make("video", {
    src: fileUrl(file.file_id), controls: "", playsinline: "", preload: "metadata", width: file.width, height: file.height,
    ...(file.thumbnail && { poster: fileUrl(file.thumbnail.file_id) }), "aria-label": message.caption || word("video"), testid: "video",
  });
  player.dataset.seconds = String(file.duration);
  return make("div", { class: "video", testid: "document" }, player);
}

function renderFile(message) {
  if (message.video?.width) return renderVideo(message);
  if (message.voice || message.audio) return renderSound(message);
  const file = findFile(message);
  const name = nameFile(message);
  const kind = name.includes(".") ? name.split(".").pop().slice(0, 4) : "";
  return make("a", {
    class: "file", href: fileUrl(file.file_id), download: name, testid: "document", title: `${word("download")}: ${name}`,
  },
  make("span", { class: "file-icon", "aria-hidden": "true" }, kind || icon("file")),
  make("span", { class: "file-text" }, make("b", {}, name), make("span", {}, formatSize(file.file_size ?? 0))));
}

function renderReactions(message) {
  const emoji = (message._reactions ?? []).map((one) => one.emoji).filter(Boolean);
  return emoji.length ? make("div", { class: "reactions", testid: "reaction" }, ...emoji.map((one) => make("span", {}, one))) : null;
}

function renderMeta(group, mine) {
  const message = group.messages[0];
  const edited = findSender(message).kind !== "bot" && group.messages.some((one) => one.edit_date); // apps hide it on bots
  return make("div", { class: "meta" },
    edited && make("span", {}, word("edited")),
    make("time", { datetime: new Date(message.date * 1000).toISOString() }, formatTime(message.date)),
    mine && icon("check"));
}

function renderKeyboard(message, rows, actions) {
  let number = 0;
  return make("div", { class: "keyboard", testid: "keyboard" }, ...rows.map((row, rowIndex) =>
    make("div", { class: "keyboard-row" }, ...row.map((button, column) => {
      const testid = `button-${number}`;
      number += 1;
      return renderButton(message, button, testid, rowIndex, column, actions);
    }))));
}

function renderButton(message, button, testid, row, column, actions) {
  const style = button.style ? ` ${button.style}` : "";
  const invoice = button.url?.startsWith(INVOICE) ? button.url : null;
  if ((button.url && !invoice) || button.web_app) {
    const url = button.url ?? button.web_app.url;
    const local = findLocal(url);
    return make("a", { class: `key${style}`, href: local ?? url, target: local ? null : "_blank", rel: "noopener noreferrer", testid }, make("span", { class: "key-text" }, button.text), icon("link"));
  }
  const key = make("button", { class: `key${style}`, type: "button", testid, title: button.text }, make("span", { class: "key-text" }, button.text));
  if (button.pay) {
    key.addEventListener("click", () => actions.pay(message, key));
  } else if (invoice) {
    key.addEventListener("click", () => actions.payLink(invoice, key));
  } else if (button.copy_text) {
    key.append(icon("copy"));
    key.addEventListener("click", () => actions.copy(button.copy_text.text));
  } else if (button.switch_inline_query_current_chat !== undefined) {
    key.addEventListener("click", () => actions.insert(`@${place.bot} ${button.switch_inline_query_current_chat}`));
  } else {
    key.addEventListener("click", () => actions.press(message, row, column, key));
  }
  return key;
}

export function describe(message) {
  const words = message.text ?? message.caption;
  if (words) return message.photo ? `🖼 ${words}` : words;
  if (message.photo) return `🖼 ${word("photo")}`;
  if (message.sticker) return `${message.sticker.emoji ?? ""} ${word("sticker")}`.trim();
  return `📄 ${nameFile(message)}`;
}
