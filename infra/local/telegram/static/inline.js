// Inline mode: while "@bot words" is typed, what the bot has for these words stands above the composer; a press sends it.

import { byId, make } from "./dom.js";
import { askInline, fileUrl, linkTo, place } from "./server.js";
import { word } from "./words.js";

const PAUSE = 250; // milliseconds without a key before the bot is asked
const NEAR_END = 160; // pixels

export class Inline {
  constructor({ onPick }) {
    this.onPick = onPick;
    this.words = null; // what is typed now; null: nothing for the bot
    this.asked = 0;
    this.next = "";
    this.box = byId("inline");
    this.list = make("div", { class: "inline-results", testid: "inline-results" });
    this.list.addEventListener("scroll", () => this.askForMore(), { passive: true });
  }

  // What stands in the composer after each key.
  typed(text) {
    const name = place.bot && text.slice(1, place.bot.length + 1).toLowerCase() === place.bot.toLowerCase();
    const rest = text.startsWith("@") && name ? text.slice(place.bot.length + 1) : "";
    const words = /^\s/.test(rest) ? rest.trim() : null;
    if (words === this.words) return;
    this.words = words;
    clearTimeout(this.timer);
    this.asked += 1;
    if (words === null) this.hide();
    else this.timer = setTimeout(() => this.ask(words), PAUSE);
  }

  async ask(words, offset = "") {
    const number = this.asked;
    this.next = "";
    try {
      const answer = await askInline(words, offset);
      if (number === this.asked) this.show(answer, Boolean(offset));
    } catch { // the bot did not answer in time: so it is in the apps
      if (number === this.asked && !offset) this.hide();
    }
  }

  askForMore() {
    const left = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight;
    if (this.next && left < NEAR_END) this.ask(this.words, this.next);
  }

  show(answer, isMore) {
    const results = answer.results.map((result) => this.render(result, answer.query_id));
    this.next = answer.next_offset;
    if (isMore) {
      this.list.append(...results);
      return;
    }
    this.list.replaceChildren(...results);
    const nothing = !answer.button && results.length === 0 && make("p", { class: "inline-none", testid: "inline-none" }, word("nothingFound"));
    this.box.replaceChildren(...[answer.button && renderButton(answer.button), nothing, results.length > 0 && this.list].filter(Boolean));
    this.box.hidden = false;
    this.list.scrollTop = 0;
    this.askForMore();
  }

  render(result, queryId) {
    const key = make("button", { class: `inline-result ${result.type}`, type: "button", testid: "inline-result", title: result.title, "aria-label": result.title || word(result.type) });
    const picture = findPicture(result.content);
    if (picture) key.append(make("img", { src: fileUrl(picture), alt: "", loading: "lazy", decoding: "async" }));
    if (!picture || result.type !== "photo") key.append(make("span", {}, result.title || word(result.type)));
    key.addEventListener("click", () => this.onPick(queryId, result.id));
    return key;
  }

  hide() {
    this.box.hidden = true;
    this.box.replaceChildren();
  }
}

function findPicture(content) {
  if (content.photo) return content.photo[Math.min(1, content.photo.length - 1)].file_id;
  return content.video?.thumbnail?.file_id;
}

// The button above the results leads to the private chat, with its /start payload.
function renderButton(button) {
  return make("a", { class: "inline-button", testid: "inline-button", href: linkTo({ chat: null, start: button.start_parameter }) }, button.text);
}
