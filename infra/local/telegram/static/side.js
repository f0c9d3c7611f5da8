// Everything around the chat: header, other chats, who you are, language, light or dark.

import { byId, colorOf, icon, initialsOf, make } from "./dom.js";
import { leaveTo, linkTo, place } from "./server.js";
import { getLanguage, nameUser, setLanguage, word } from "./words.js";

const ACTION_SECONDS = 5;
const GROUP = -1001;
let actionTimer = 0;

export function setUpSide(onLanguage) {
  byId("side-open").append(icon("menu"));
  byId("side-close").append(icon("close"));
  byId("side-open").addEventListener("click", () => document.body.classList.add("side-shown"));
  byId("side-close").addEventListener("click", () => document.body.classList.remove("side-shown"));
  addEventListener("pointerdown", (event) => {
    const outside = !byId("side").contains(event.target) && !byId("side-open").contains(event.target);
    if (outside) document.body.classList.remove("side-shown");
  });
  byId("side").addEventListener("keydown", (event) => {
    if (event.key === "Escape") document.body.classList.remove("side-shown");
  });
  for (const button of document.querySelectorAll("[data-language]")) {
    button.addEventListener("click", () => onLanguage(button.dataset.language));
  }
  setUpTheme();
}

function setUpTheme() {
  const asked = new URLSearchParams(location.search).get("theme") ?? localStorage.getItem("theme");
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    byId("theme").replaceChildren(icon(theme === "dark" ? "sun" : "moon"));
  };
  const system = matchMedia("(prefers-color-scheme: dark)");
  show(asked ?? (system.matches ? "dark" : "light"));
  system.addEventListener("change", () => { if (!localStorage.getItem("theme")) show(system.matches ? "dark" : "light"); });
  byId("theme").addEventListener("click", () => {
    const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", next);
    show(next);
  });
}

export function showSide(state) {
  setLanguage(place.lang);
  document.title = state.chat.title ?? state.bot.name ?? state.bot.first_name;
  for (const button of document.querySelectorAll("[data-language]")) {
    button.setAttribute("aria-pressed", String(button.dataset.language === getLanguage()));
  }
  showHead(state);
  showChats(state);
  showPeople(state.me);
}

function showHead(state) {
  const isPrivate = state.chat.type === "private";
  const avatar = byId("avatar");
  avatar.className = `avatar ${isPrivate ? "bot" : colorOf(state.chat.id)}`;
  avatar.replaceChildren(isPrivate ? makeLogo() : initialsOf(state.chat.title));
  byId("title").textContent = isPrivate ? state.bot.name ?? state.bot.first_name : state.chat.title;
  showStatus(state);
}

export function showStatus(state, action) {
  const status = byId("status");
  clearTimeout(actionTimer);
  status.classList.toggle("acting", Boolean(action));
  if (action) {
    const sign = make("span", { class: `doing ${action.split("_")[0]}`, "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    const what = state.chat.type === "private" ? word(action) : word("acting", state.bot.name ?? state.bot.first_name, word(action));
    status.replaceChildren(sign, what);
    actionTimer = setTimeout(() => showStatus(state), ACTION_SECONDS * 1000);
  } else {
    const group = state.chat.type !== "private";
    status.textContent = group ? word("members", state.chat.member_count + 1) : word("bot");
  }
}

export function showOffline() {
  clearTimeout(actionTimer);
  byId("status").textContent = word("offline");
}

function showChats(state) {
  const botName = state.bot.name ?? state.bot.first_name;
  const group = state.chat.type === "private" ? { id: GROUP, title: "NanoBanana Club" } : state.chat;
  byId("chats").replaceChildren(
    makeChat(botName, word("private_chat"), makeLogo(), "bot", linkTo({ chat: null }), place.chat === place.user, "chat-private"),
    makeChat(group.title, word("group_chat"), initialsOf(group.title), colorOf(group.id), linkTo({ chat: group.id }), place.chat === group.id, "chat-group"),
    ...state.links.map(({ title, url }, number) =>
      makeChat(title, word("elsewhere"), initialsOf(title), colorOf(number), leaveTo(url), false, `link-${number}`)),
  );
}

function makeChat(title, about, sign, kind, href, current, testid) {
  return make("a", { class: "chat-link", href, testid, "aria-current": current ? "page" : null },
    make("span", { class: `avatar ${kind}`, "aria-hidden": "true" }, sign),
    make("span", { class: "chat-text" }, make("b", {}, title), make("span", {}, about)));
}

function makeLogo() {
  return make("img", { src: "/static/icon.svg", alt: "", width: 48, height: 48 });
}

function showPeople(me) {
  byId("people").replaceChildren(
    make("span", { class: `avatar ${colorOf(me.id)}`, "aria-hidden": "true" }, initialsOf(me.first_name)),
    make("span", { class: "chat-text" }, make("b", { testid: "me" }, me.first_name), make("span", {}, `id ${me.id}`)),
  );
  const other = place.user === 1 ? 2 : place.user === 2 ? 1 : place.user + 1;
  const link = byId("second-user");
  link.href = linkTo({ user: other, chat: place.chat < 0 ? place.chat : null });
  link.firstElementChild.textContent = `${word(place.user === 1 ? "secondUser" : "thirdUser")}`;
  link.title = nameUser(other);
}
