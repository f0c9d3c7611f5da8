// Bubbles: one message or one album becomes one element.

import { colorOf, icon, initialsOf, make } from "./dom.js";
import { renderText } from "./richtext.js";
import { fileUrl, place } from "./server.js";
import { formatSize, formatTime, word } from "./words.js";

const TOUCH = matchMedia("(hover: none)"); // a tap on a bubble opens its menu, as in the apps
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
  return a.from?.id === b.from?.id && b.date - a.date < 600 && !a.forum_topic_created && !b.forum_topic_created;
}

export function renderGroup(group, chat, actions) {
  const [message] = group.messages;
  if (message.forum_topic_created) return renderService(message.forum_topic_created.name);
  const mine = message.from?.id === place.user;
  const captioned = group.messages.find((one) => one.text || one.caption);
  const markup = message.reply_markup?.inline_keyboard;
  const from = mine ? "me" : message.from?.is_bot ? "bot" : "other";
  const named = !mine && chat.type !== "private";
  const above = captioned?.show_caption_above_media;
  const words = renderWords(captioned, actions);
  const reactions = renderReactions(message);
  const bubble = make("div", { class: bubbleClass(group, captioned) },
    named && group.first && make("div", { class: `name ${colorOf(message.from?.id)}` }, message.from?.first_name),
    renderReply(message, actions),
    above && words,
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
  named && renderAvatar(message.from, group.last),
  make("div", { class: "stack" },
    make("div", { class: "bubble-row" }, bubble, more),
    markup && renderKeyboard(message, markup, actions),
  ));
}

export function renderDraft(draft) {
  const words = draft.text ? renderText(draft.text, draft.entities) : [word("thinking")];
  const bubble = make("div", { class: "bubble draft" }, make("div", { class: "words" }, ...words));
  return make("div", { class: "message from-bot first last", testid: "draft" }, make("div", { class: "stack" }, bubble));
}

function renderAvatar(from, visible) {
  const sign = from?.is_bot ? make("img", { src: "/static/icon.svg", alt: "" }) : initialsOf(from?.first_name);
  return make("div", { class: `avatar small ${colorOf(from?.id)}`, "aria-hidden": "true" }, visible && sign);
}

function renderService(text) {
  return make("div", { class: "day" }, make("span", {}, text));
}

function bubbleClass(group, captioned) {
  const message = group.messages[0];
  const bare = message.photo && !captioned && !message.reply_to_message;
  return ["bubble", message.photo && "has-photo", group.album && message.photo && "has-album", bare && "bare"].filter(Boolean).join(" ");
}

function renderReply(message, actions) {
  const target = message.reply_to_message;
  if (!target || target.forum_topic_created) return null;
  const quote = make("button", { class: `quote ${colorOf(target.from?.id)}`, type: "button", testid: "quote" },
    make("b", {}, target.from?.id === place.user ? word("you") : target.from?.first_name ?? ""),
    make("span", {}, describe(target)));
  quote.addEventListener("click", () => actions.show(target.message_id));
  return quote;
}

function renderWords(message, actions) {
  if (!message) return null;
  const text = message.text ?? message.caption;
  const entities = message.text ? message.entities : message.caption_entities;
  return make("div", { class: "words", testid: "message-text" }, ...renderText(text, entities, actions.command));
}

function renderMedia(group, actions) {
  const photos = group.messages.filter((message) => message.photo);
  if (photos.length > 1) {
    return make("div", { class: `album album-${Math.min(photos.length, 4)}` }, ...photos.map((one) => renderPhoto(one, actions)));
  }
  if (photos.length === 1) return renderPhoto(photos[0], actions);
  const files = group.messages.map(findFile).filter(Boolean);
  return files.length ? make("div", { class: "files" }, ...files.map(renderFile)) : null;
}

function findFile(message) {
  return message.document ?? message.video ?? message.audio ?? message.voice ?? message.animation;
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

function renderFile(file) {
  const name = file.file_name || word("file");
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
  const edited = !message.from?.is_bot && group.messages.some((one) => one.edit_date); // apps hide it on bots
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
  if (button.url || button.web_app) {
    const href = button.url ?? button.web_app.url;
    return make("a", { class: `key${style}`, href, target: "_blank", rel: "noopener noreferrer", testid }, make("span", { class: "key-text" }, button.text), icon("link"));
  }
  const key = make("button", { class: `key${style}`, type: "button", testid, title: button.text }, make("span", { class: "key-text" }, button.text));
  if (button.copy_text) {
    key.append(icon("copy"));
    key.addEventListener("click", () => actions.copy(button.copy_text.text));
  } else {
    key.addEventListener("click", () => actions.press(message, row, column, key));
  }
  return key;
}

export function describe(message) {
  const words = message.text ?? message.caption;
  if (words) return message.photo ? `🖼 ${words}` : words;
  if (message.photo) return `🖼 ${word("photo")}`;
  return `📄 ${findFile(message)?.file_name ?? word("file")}`;
}
