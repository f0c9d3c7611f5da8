// The page's side of the local server: state, changes, and what a person does.

const query = new URLSearchParams(location.search);

export const place = {
  user: Number(query.get("user")) || 1,
  chat: Number(query.get("chat")) || Number(query.get("user")) || 1,
  lang: query.get("lang") || (navigator.language.startsWith("ru") ? "ru" : "en"),
  start: query.get("start"), // what a t.me link to the bot carries
  bot: "", // its user name, once it is known
};

export function linkTo(changes) {
  const next = new URLSearchParams(location.search);
  next.delete("start"); // it belongs to one visit
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) next.delete(name);
    else next.set(name, String(value));
  }
  return `/?${next}`;
}

// Another server's page, for the same person in the same language.
export function leaveTo(url) {
  const there = new URL(url);
  for (const [name, value] of Object.entries({ user: place.user, lang: place.lang })) there.searchParams.set(name, value);
  return there.href;
}

// A t.me link to this very bot leads to the private chat on this page; null for any other link.
export function findLocal(url) {
  const at = URL.canParse(url) ? new URL(url) : null;
  const name = at?.protocol === "tg:" ? at.searchParams.get("domain") : ["t.me", "telegram.me"].includes(at?.hostname) ? at.pathname.slice(1) : null;
  if (!place.bot || name?.toLowerCase() !== place.bot.toLowerCase()) return null;
  return linkTo({ chat: null, start: at.searchParams.get("start") });
}

export async function loadState(name) {
  const wanted = new URLSearchParams({ user: place.user, chat: place.chat, lang: place.lang, name });
  return read(await fetch(`/page/state?${wanted}`));
}

export function watch(onEvent, onLost) {
  const source = new EventSource(`/page/events?user=${place.user}&chat=${place.chat}`);
  source.onmessage = (event) => onEvent(JSON.parse(event.data));
  source.onerror = onLost;
  addEventListener("pagehide", () => source.close());
}

// `files` are {kind, file}; of the fields those that hold words go as they are, the others as JSON.
export async function send(me, fields, files) {
  const form = new FormData();
  form.set("user", JSON.stringify(describePerson(me)));
  form.set("chat_id", String(place.chat));
  for (const [name, value] of Object.entries(fields)) {
    if (value) form.set(name, ["text", "caption", "quote"].includes(name) ? value : JSON.stringify(value));
  }
  for (const { kind, file } of files) form.append(kind, file);
  return read(await fetch("/control/send", { method: "POST", body: form }));
}

export async function forward(me, messageIds, comment, thread) {
  return post("/control/forward", {
    user: describePerson(me), from_chat_id: place.chat, message_ids: messageIds,
    chat_id: place.chat, message_thread_id: thread, comment,
  });
}

function describePerson(me) {
  return { id: me.id, first_name: me.first_name, language_code: me.language_code };
}

export async function press(messageId, row, column) {
  return post("/control/press", {
    user_id: place.user, chat_id: place.chat, message_id: messageId, row, col: column, wait: false,
  });
}

export async function pay(messageId) {
  return post("/control/pay", { user_id: place.user, chat_id: place.chat, message_id: messageId });
}

export async function payLink(link) {
  return post("/control/pay", { user_id: place.user, link });
}

export async function openApp(url) {
  return post("/control/app", { user_id: place.user, chat_id: place.chat, url });
}

export async function listChatsFor(preparedId) {
  return post("/control/prepared", { user_id: place.user, prepared_id: preparedId });
}

export async function share(preparedId, chatId) {
  return post("/control/share", { user_id: place.user, prepared_id: preparedId, chat_id: chatId });
}

export async function askInline(words, offset) {
  return post("/control/inline", { user_id: place.user, chat_id: place.chat, query: words, offset });
}

export async function pick(queryId, resultId, thread) {
  return post("/control/pick", {
    user_id: place.user, chat_id: place.chat, query_id: queryId, result_id: resultId, thread,
  });
}

export async function stop(draftId) {
  return post("/control/stop", { user_id: place.user, draft_id: draftId });
}

export async function edit(messageId, text) {
  return post("/control/edit", {
    user_id: place.user, chat_id: place.chat, message_id: messageId, text, caption: text,
  });
}

export async function react(messageId, emoji) {
  return post("/control/react", { user_id: place.user, chat_id: place.chat, message_id: messageId, emoji });
}

export async function remove(messageId) {
  return post("/control/delete", { chat_id: place.chat, message_id: messageId });
}

export function fileUrl(fileId) {
  return `/page/file/${encodeURIComponent(fileId)}`;
}

async function post(path, fields) {
  const headers = { "Content-Type": "application/json" };
  return read(await fetch(path, { method: "POST", headers, body: JSON.stringify(fields) }));
}

async function read(response) {
  const body = await response.json();
  if (!body.ok) throw new Error(body.error || `HTTP ${response.status}`);
  return body;
}
