// Text with Telegram's entities as safe DOM nodes. Offsets are UTF-16 units, which is how JavaScript counts.

import { icon, make } from "./dom.js";
import { findLocal } from "./server.js";
import { word } from "./words.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };
const SAFE_LINK = /^(https?:|tg:|mailto:)/i;

export function renderText(text, entities = [], actions = {}) {
  const ordered = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return renderRange(text, 0, text.length, ordered, actions);
}

function renderRange(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  const take = (from, to) => {
    // a block ends its line by itself: the line break behind it would show as an empty line
    const skip = nodes.at(-1)?.matches?.("pre, blockquote") && text[from] === "\n" ? 1 : 0;
    if (to > from + skip) nodes.push(text.slice(from + skip, to));
  };
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    if (entity.offset < at || entity.offset >= end) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset > at) take(at, entity.offset);
    const inner = entities.slice(index + 1).filter((other) => other.offset < stop);
    const children = renderRange(text, entity.offset, stop, inner, actions);
    nodes.push(wrap(entity, text.slice(entity.offset, stop), children, actions));
    at = stop;
  }
  if (at < end) take(at, end);
  return nodes;
}

function wrap(entity, source, children, actions) {
  if (entity.type in TAGS) return make(TAGS[entity.type], {}, ...children);
  switch (entity.type) {
    case "code":
      return makeCode(source, children, actions);
    case "pre":
      return make("pre", {}, entity.language && make("span", { class: "lang" }, entity.language, actions.copy && icon("copy")), makeCode(source, children, actions));
    case "blockquote":
      return make("blockquote", {}, ...children, icon("quote"));
    case "expandable_blockquote":
      return makeExpandable(children);
    case "spoiler":
      return makeSpoiler(children);
    case "bot_command":
      return make("button", { class: "command", type: "button", onclick: () => actions.command?.(source) }, ...children);
    case "url":
      return makeLink(source, children);
    case "email":
      return makeLink(`mailto:${source}`, children);
    case "text_link":
      return makeLink(entity.url, children);
    default:
      return make("span", { class: `entity-${entity.type}` }, ...children);
  }
}

// As in the apps, a click on code copies it.
function makeCode(source, children, actions) {
  if (!actions.copy) return make("code", {}, ...children);
  const copy = () => actions.copy(source);
  const code = make("code", { role: "button", tabindex: "0", title: word("copy"), testid: "code" }, ...children);
  code.addEventListener("click", () => { if (!getSelection()?.toString()) copy(); });
  code.addEventListener("keydown", (event) => { if (event.key === "Enter") copy(); });
  return code;
}

function makeLink(url, children) {
  if (!SAFE_LINK.test(url)) return make("span", {}, ...children);
  const local = findLocal(url);
  return make("a", { href: local ?? url, target: local ? null : "_blank", rel: "noopener noreferrer", title: url }, ...children);
}

function makeSpoiler(children) {
  const hidden = make("span", { class: "spoiler-text" }, ...children);
  const cover = make("span", {
    class: "spoiler", testid: "spoiler", role: "button", tabindex: "0", "aria-label": word("spoiler"),
  }, hidden);
  const show = () => {
    cover.classList.add("shown");
    cover.removeAttribute("role");
    cover.removeAttribute("aria-label");
  };
  cover.addEventListener("click", show);
  cover.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") show(); });
  return cover;
}

function makeExpandable(children) {
  const body = make("div", { class: "quote-body" }, ...children);
  const toggle = make("button", { class: "quote-toggle", type: "button", "aria-expanded": "false", testid: "expand" }, word("showMore"));
  const quote = make("blockquote", { class: "expandable", testid: "expandable" }, body, toggle, icon("quote"));
  toggle.addEventListener("click", () => {
    const open = quote.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(open));
    toggle.textContent = word(open ? "showLess" : "showMore");
  });
  // short quotes need no toggle; known only once laid out
  requestAnimationFrame(() => { toggle.hidden = body.scrollHeight <= body.clientHeight + 2; });
  return quote;
}
