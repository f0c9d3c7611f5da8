// The page: keeps a chat's messages as the server tells them and shows every change.

import { Composer } from "./composer.js";
import { byId, icon, make } from "./dom.js";
import { findSender, groupMessages, renderDraft, renderGroup, updateDraft } from "./messages.js";
import { openMenu, setUpOverlays, showAlert, showToast, viewPhoto } from "./overlays.js";
import * as server from "./server.js";
import { setUpSide, showOffline, showSide, showStatus } from "./side.js";
import { openApp, setUpApp } from "./webapp.js";
import { formatDay, nameUser, setLanguage, word } from "./words.js";

const NEAR_BOTTOM = 120; // pixels
const BUSY_SECONDS_MAX = 20;

const { place } = server;
let state = null;
let topic = null;
let stuck = true; // whether the view keeps to the newest message
let scrolledTo = 0;
let marked = ""; // the words that were selected before the last press took the selection away
const messages = new Map();
const drafts = new Map(); // topic → what the bot is still writing there
const shown = new Map(); // key of a block → { signature, element }
const busy = new Map(); // callback query id → the pressed button
const turning = new WeakMap(); // button → how many of its presses wait for an answer
const answered = new Set();

const composer = new Composer({
  onSend: sendMessage,
  onForward: forwardMessages,
  onEdit: (message, text) => server.edit(message.message_id, text),
  onPick: (queryId, resultId) => server.pick(queryId, resultId, topic),
  onError: (error) => showToast(`${word("failed")}: ${error.message}`),
});

// --- the chat as a whole ---

async function load() {
  const keepsPlace = !stuck && messages.size > 0;
  state = await server.loadState(nameUser(place.user));
  place.bot = state.bot.username;
  messages.clear();
  for (const message of state.messages) messages.set(message.message_id, message);
  for (const draft of drafts.values()) forgetDraft(draft);
  for (const draft of state.drafts) keepDraft(draft);
  showSide(state);
  showTopics();
  showCommands();
  showMenuButton();
  composer.relabel();
  showMessages();
  useLatestMarkup(false);
  if (!keepsPlace) toBottom(false);
  document.body.classList.add("ready");
}

async function loadProfile() {
  const fresh = await server.loadState(nameUser(place.user));
  state = { ...state, bot: fresh.bot, commands: fresh.commands, menu_button: fresh.menu_button };
  showSide(state);
  showCommands();
  showMenuButton();
  showEmpty();
}

function showCommands() {
  composer.setCommands(state.commands, state.chat.type === "private" ? "" : `@${place.bot}`);
}

function showMenuButton() {
  const { type, text, web_app } = state.menu_button;
  const key = byId("app-open");
  key.hidden = type !== "web_app";
  key.textContent = text ?? "";
  key.onclick = () => openApp(web_app.url, state.bot.first_name);
}

function onEvent(event) {
  const handlers = { ready: load, reload: load, commands: loadProfile, message: onMessage, edited: onMessage, deleted: onDeleted, action: onAction, draft: onDraft, draft_over: onDraftOver, toast: onToast };
  handlers[event.kind]?.(event);
}

function onMessage(event) {
  const isNew = event.kind === "message";
  if (isNew && event.message.from?.id === place.user) stuck = true;
  messages.set(event.message.message_id, event.message);
  let written = null; // the draft that this message replaces
  if (isNew && findSender(event.message).kind === "bot") {
    written = drafts.get(event.message.message_thread_id);
    if (written) forgetDraft(written);
    showStatus(state);
  }
  showMessages(Boolean(written));
  if (stuck) toBottom(!written);
  if (isNew) useLatestMarkup(true);
}

function onDeleted(event) {
  messages.delete(event.message_id);
  composer.forget(event.message_id);
  showMessages();
}

function onAction(event) {
  if (topic !== null && topic !== (event.thread_id ?? 1)) return;
  showStatus(state, event.action === "cancel" ? null : event.action);
}

function onDraft(event) {
  keepDraft(event.draft);
  showMessages();
  if (stuck) toBottom(true);
}

function onDraftOver(event) {
  for (const draft of drafts.values()) if (draft.draft_id === event.draft_id) forgetDraft(draft);
  showMessages();
}

// The same id goes on with its bubble, another one begins anew; without a message a draft fades.
function keepDraft(draft) {
  const before = drafts.get(draft.message_thread_id);
  if (before) clearTimeout(before.timer);
  drafts.set(draft.message_thread_id, draft);
  draft.timer = setTimeout(() => {
    forgetDraft(draft);
    showMessages();
  }, draft.seconds_left * 1000);
}

function forgetDraft(draft) {
  clearTimeout(draft.timer);
  drafts.delete(draft.message_thread_id);
}

function onToast(event) {
  answered.add(event.query_id);
  release(event.query_id);
  if (event.url) follow(event.url);
  if (!event.text) return;
  if (event.show_alert) showAlert(event.text);
  else showToast(event.text);
}

function follow(url) {
  const local = server.findLocal(url);
  if (local) location.assign(local);
  else open(url, "_blank", "noopener");
}

// --- showing messages ---

function visibleMessages() {
  const sorted = [...messages.values()].sort((a, b) => a.message_id - b.message_id);
  if (topic === null) return sorted;
  return sorted.filter((message) => (message.message_thread_id ?? 1) === topic);
}

function makeBlocks() {
  const blocks = [];
  let day = "";
  for (const group of groupMessages(visibleMessages())) {
    const name = formatDay(group.messages[0].date);
    if (name !== day) {
      day = name;
      blocks.push({ key: `day ${name}`, signature: name, render: () => make("div", { class: "day" }, make("span", {}, name)) });
    }
    const signature = JSON.stringify([group.first, group.last, document.documentElement.lang, group.messages]);
    blocks.push({ key: group.key, signature, render: () => renderGroup(group, state.chat, actions) });
  }
  for (const draft of drafts.values()) {
    if (topic !== null && topic !== (draft.message_thread_id ?? 1)) continue;
    const signature = JSON.stringify([document.documentElement.lang, draft.text, draft.entities, draft.can_stop]);
    blocks.push({ key: `draft ${draft.draft_id}`, signature, render: () => renderDraft(draft, actions), update: (element) => updateDraft(element, draft) });
  }
  return blocks;
}

// Only blocks that changed are built anew, so that focus, open quotes and loaded photos stay. `calmly`: what is new
// stands where it was before, so it does not move in.
function showMessages(calmly = false) {
  const box = byId("messages");
  const blocks = makeBlocks();
  const focus = document.activeElement?.closest("[data-message-id]") && {
    id: document.activeElement.closest("[data-message-id]").dataset.messageId,
    testid: document.activeElement.dataset.testid,
  };
  for (const [key, old] of shown) {
    if (!blocks.some((block) => block.key === key)) {
      old.element.remove();
      shown.delete(key);
    }
  }
  blocks.forEach((block, index) => {
    const old = shown.get(block.key);
    let element = old?.element;
    if (old && block.update && old.signature !== block.signature) {
      block.update(element);
      old.signature = block.signature;
    } else if (!old || old.signature !== block.signature) {
      element = block.render();
      if (old) {
        old.element.replaceWith(element);
        element.classList.add("changed");
      } else if (!calmly) element.classList.add("new");
      shown.set(block.key, { signature: block.signature, element });
    }
    if (box.children[index] !== element) box.insertBefore(element, box.children[index] ?? null);
  });
  if (focus?.testid && !document.activeElement?.closest("[data-message-id]")) {
    box.querySelector(`[data-message-id="${focus.id}"] [data-testid="${focus.testid}"]`)?.focus({ preventScroll: true });
  }
  showEmpty();
}

function showEmpty() {
  const empty = messages.size === 0;
  const isPrivate = state.chat.type === "private";
  byId("start").hidden = !(isPrivate && (empty || place.start));
  byId("messages").classList.toggle("empty", empty);
  const old = byId("empty");
  if (!empty) {
    old?.remove();
    return;
  }
  const about = state.bot.description;
  const card = make("div", { class: "empty-card", id: "empty", testid: "empty" },
    make("img", { src: "/static/icon.svg", alt: "", width: 72, height: 72 }),
    isPrivate && about && make("h2", {}, word("whatCanItDo")),
    make("p", {}, isPrivate ? about || word("firstHint") : word("emptyGroup")));
  if (old) old.replaceWith(card);
  else byId("messages").append(card);
}

function showTopics() {
  const entries = Object.entries(state.chat.topics ?? {}).map(([id, name]) => [Number(id), name]);
  const bar = byId("topics");
  bar.hidden = entries.length === 0;
  bar.replaceChildren(...[[null, word("allTopics")], ...entries].map(([id, name]) => {
    const tab = make("button", { role: "tab", type: "button", "aria-selected": String(id === topic), testid: `topic-${id ?? "all"}` }, name);
    tab.addEventListener("click", () => {
      topic = id;
      showTopics();
      showMessages();
      toBottom(false);
    });
    return tab;
  }));
}

// The newest message decides on a reply keyboard and on a reply the bot asks for.
function useLatestMarkup(justCame) {
  const fromBot = visibleMessages().filter((message) => findSender(message).kind === "bot");
  const last = fromBot.findLast((one) => one.reply_markup?.keyboard || one.reply_markup?.remove_keyboard)?.reply_markup;
  composer.setKeyboard(last?.keyboard ? last : null, last?.input_field_placeholder);
  const newest = visibleMessages().at(-1);
  const asked = newest && findSender(newest).kind === "bot" && newest.reply_markup?.force_reply;
  if (asked && (justCame || !composer.replyTo)) composer.reply(newest, newest.reply_markup.input_field_placeholder);
}

// --- what a person does ---

async function sendMessage(fields, files, { replyTo, quote } = {}) {
  const more = { reply_to_message_id: replyTo?.message_id, quote, message_thread_id: topic };
  const [first, ...others] = splitAlbums(files);
  await server.send(state.me, { ...fields, ...more }, first ?? []);
  for (const album of others) await server.send(state.me, { message_thread_id: topic }, album);
}

// Photos and videos share an album, files and music have one of their own each, everything else goes alone.
function splitAlbums(files) {
  const albums = new Map();
  for (const [index, one] of files.entries()) {
    const key = { photo: "pictures", video: "pictures", document: "files", audio: "music" }[one.kind] ?? index;
    albums.set(key, [...(albums.get(key) ?? []), one]);
  }
  return [...albums.values()];
}

async function forwardMessages(chosen, comment) {
  await server.forward(state.me, chosen.map((one) => one.message_id), comment, topic);
}

const actions = {
  openApp: (url) => openApp(url, state.bot.first_name),
  command: (text) => {
    const named = text.includes("@") || state.chat.type === "private" ? text : `${text}@${place.bot}`;
    return composer.guard(() => sendMessage({ text: named }, []));
  },
  insert: (text) => composer.insert(text),
  view: viewPhoto,
  grown: () => { if (stuck) toBottom(false); },
  copy: async (text) => showToast(word(await copyText(text) ? "copied" : "notCopied")),
  show: (messageId) => {
    const element = byId("messages").querySelector(`[data-message-id="${messageId}"]`);
    element?.scrollIntoView({ block: "center", behavior: "smooth" });
    element?.classList.add("flash");
    setTimeout(() => element?.classList.remove("flash"), 1500);
  },
  stop: async (draft) => {
    try {
      await server.stop(draft.draft_id);
    } catch (error) {
      showToast(error.message);
    }
  },
  pay: (message, key) => pay(server.pay(message.message_id), key),
  payLink: (link, key) => pay(server.payLink(link), key),
  press: async (message, row, column, key) => {
    // every press is a query of its own, however quickly it follows the last one: so it is in the apps
    turn(key, 1);
    try {
      const query = await server.press(message.message_id, row, column);
      busy.set(query.query_id, key);
      if (answered.has(query.query_id)) release(query.query_id);
      setTimeout(() => release(query.query_id), BUSY_SECONDS_MAX * 1000);
    } catch (error) {
      turn(key, -1);
      showToast(error.message);
    }
  },
  openMenu: (message, anchor, event) => {
    const mine = message.from?.id === place.user && !message.forward_origin;
    const text = message.text ?? message.caption;
    const quote = marked && text?.includes(marked) ? marked : "";
    const entries = [
      { name: "reply", label: word("reply"), sign: "reply", act: () => composer.reply(message) },
      quote && { name: "quote", label: word("quote"), sign: "reply", act: () => composer.reply(message, "", quote) },
      { name: "forward", label: word("forward"), sign: "forward", act: () => composer.forward(albumOf(message)) },
      mine && text && { name: "edit", label: word("edit"), sign: "edit", act: () => composer.edit(message) },
      text && { name: "copy", label: word("copy"), sign: "copy", act: () => actions.copy(text) },
      !mine && { name: "like", label: "👍", sign: "check", act: () => server.react(message.message_id, "👍") },
      !mine && { name: "dislike", label: "👎", sign: "close", act: () => server.react(message.message_id, "👎") },
      { name: "delete", label: word("remove_message"), sign: "trash", danger: true, act: () => server.remove(message.message_id) },
    ];
    openMenu(entries.filter(Boolean), anchor, event);
  },
};

function albumOf(message) {
  const album = message.media_group_id;
  return album ? visibleMessages().filter((one) => one.media_group_id === album) : [message];
}

function release(queryId) {
  const key = busy.get(queryId);
  busy.delete(queryId);
  if (key) turn(key, -1);
}

function turn(key, change) {
  turning.set(key, (turning.get(key) ?? 0) + change);
  key.classList.toggle("busy", turning.get(key) > 0);
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // no clipboard outside of a secure context, or no permission
    return false;
  }
}

// --- scrolling ---

function onScroll() {
  const box = byId("scroll");
  const near = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_BOTTOM;
  if (near) stuck = true;
  else if (box.scrollTop < scrolledTo - 1) stuck = false; // only a person scrolls up
  scrolledTo = box.scrollTop;
  byId("down").hidden = stuck;
}

function toBottom(smoothly) {
  const box = byId("scroll");
  stuck = true;
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  box.scrollTo({ top: box.scrollHeight, behavior: smoothly && !calm ? "smooth" : "instant" });
}

// --- pay ---

async function pay(paying, key) {
  turn(key, 1);
  try {
    const answer = await paying;
    showToast(answer.paid ? word("paid") : answer.error);
  } catch (error) {
    showToast(error.message);
  } finally {
    turn(key, -1);
  }
}

// --- start ---

function start() {
  const payload = place.start ? ` ${place.start}` : "";
  place.start = null;
  history.replaceState(null, "", server.linkTo({}));
  showEmpty();
  actions.command(`/start${payload}`);
}

function chooseLanguage(code) {
  place.lang = code;
  history.replaceState(null, "", server.linkTo({ lang: code }));
  load();
}

setLanguage(place.lang);
setUpSide(chooseLanguage);
setUpOverlays();
setUpApp(follow);
byId("down").append(icon("down"));
byId("down").addEventListener("click", () => toBottom(true));
byId("scroll").addEventListener("scroll", onScroll, { passive: true });
byId("start").addEventListener("click", start);
addEventListener("pointerdown", () => { marked = getSelection().toString().trim(); }, { capture: true });
new ResizeObserver(() => { if (stuck) toBottom(false); }).observe(byId("scroll"));
server.watch(onEvent, showOffline);
composer.focus();
