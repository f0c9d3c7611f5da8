// The place to write: text, pictures, files, replies, edits, commands, a bot's reply keyboard.

import { byId, icon, make } from "./dom.js";
import { Inline } from "./inline.js";
import { describe, findSender } from "./messages.js";
import { record, speakWords } from "./recorder.js";
import { formatSize, word } from "./words.js";

const PHOTO_BYTES_MAX = 9_500_000; // Telegram takes photos up to 10 MB; apps shrink larger ones
const PHOTO_SIDE_MAX = 2560;
const ITEMS_MAX = 10;
const PHOTO_KINDS = ["image/jpeg", "image/png", "image/webp"];
const MEDIA_KINDS = [["image/gif", "animation"], ["video/", "video"], ["audio/", "audio"]];

export class Composer {
  constructor({ onSend, onForward, onEdit, onPick, onError }) {
    this.onSend = onSend;
    this.onForward = onForward;
    this.onEdit = onEdit;
    this.onError = onError;
    this.items = [];
    this.replyTo = null;
    this.quote = "";
    this.forwarding = [];
    this.editing = null;
    this.recording = null;
    this.commands = [];
    this.commandTail = "";
    this.chosen = 0;
    this.input = byId("composer");
    this.placeholder = "";
    this.inline = new Inline({
      onPick: (queryId, resultId) => {
        this.clear();
        this.guard(() => onPick(queryId, resultId));
      },
    });
    this.listen();
  }

  listen() {
    byId("attach").append(icon("attach"));
    byId("slash").append(icon("slash"));
    byId("keys-toggle").append(icon("keyboard"));
    byId("bar-cancel").append(icon("close"));
    byId("attach").addEventListener("click", () => byId("file").click());
    byId("file").addEventListener("change", (event) => {
      this.attach([...event.target.files]);
      event.target.value = "";
    });
    byId("composer-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    byId("speak").addEventListener("click", () => this.guard(() => this.speak(), () => this.endRecording()));
    byId("bar-cancel").addEventListener("click", () => this.cancelBar());
    byId("slash").addEventListener("click", () => this.toggleCommands());
    byId("keys-toggle").addEventListener("click", () => { byId("keys").hidden = !byId("keys").hidden; });
    this.input.addEventListener("input", () => this.changed());
    this.input.addEventListener("keydown", (event) => this.onKey(event));
    this.input.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length) {
        event.preventDefault();
        this.attach(files);
      }
    });
    this.listenToDrops();
  }

  listenToDrops() {
    let depth = 0;
    const cover = byId("drop");
    const hasFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes("Files");
    addEventListener("dragenter", (event) => { if (hasFiles(event)) { depth += 1; cover.hidden = false; } });
    addEventListener("dragleave", () => { depth = Math.max(0, depth - 1); cover.hidden = depth === 0; });
    addEventListener("dragover", (event) => { if (hasFiles(event)) event.preventDefault(); });
    addEventListener("drop", (event) => {
      depth = 0;
      cover.hidden = true;
      if (!hasFiles(event)) return;
      event.preventDefault();
      this.attach([...event.dataTransfer.files]);
    });
  }

  relabel() {
    this.changed();
    this.showBar();
    this.showItems();
  }

  focus() {
    if (matchMedia("(hover: hover)").matches) this.input.focus();
  }

  // --- what is being sent ---

  attach(files) {
    this.items = [...this.items, ...files.map((file) => ({ file, url: isPhoto(file) ? URL.createObjectURL(file) : "" }))].slice(0, ITEMS_MAX);
    this.showItems();
    this.input.focus();
  }

  showItems() {
    const box = byId("attachments");
    box.hidden = this.items.length === 0;
    byId("send-as-row").hidden = this.items.length === 0;
    box.replaceChildren(...this.items.map((item, index) => this.renderItem(item, index)));
    this.changed();
  }

  renderItem(item, index) {
    const remove = make("button", {
      class: "round small remove", type: "button", "aria-label": `${word("remove")}: ${item.file.name}`, testid: "remove-attachment",
    }, icon("close"));
    remove.addEventListener("click", () => {
      URL.revokeObjectURL(item.url);
      this.items.splice(index, 1);
      this.showItems();
    });
    const shown = item.url
      ? make("img", { src: item.url, alt: item.file.name })
      : make("span", { class: "item-file" }, icon("file"), make("b", {}, item.file.name), formatSize(item.file.size));
    return make("div", { class: "item", testid: "attachment" }, shown, remove);
  }

  async submit() {
    const text = this.input.value.trim();
    if (this.editing) {
      const message = this.editing;
      this.cancelBar();
      if (text) await this.guard(() => this.onEdit(message, text));
      return;
    }
    if (!text && !this.items.length && !this.forwarding.length) return;
    const sendAs = byId("send-as").value;
    const { items, replyTo, quote, forwarding } = this;
    this.clear();
    await this.guard(async () => {
      if (forwarding.length) {
        await this.onForward(forwarding, text);
        return;
      }
      const files = await Promise.all(items.map((item) => prepare(item.file, sendAs)));
      await this.onSend(items.length ? { caption: text } : { text }, files, { replyTo, quote });
    }, () => this.restore({ text, items, replyTo, quote, forwarding }));
  }

  // Typed words are spoken at once; else the microphone is on until the button is pressed again.
  async speak() {
    const words = this.input.value.trim();
    if (!this.recording && !words) {
      this.recording = await record().catch(() => { throw new Error(word("noMicrophone")); });
      this.recordedSeconds = 0;
      this.ticking = setInterval(() => { this.recordedSeconds += 1; this.changed(); }, 1000);
      this.changed();
      return;
    }
    const file = this.recording ? await this.recording.stop() : speakWords(words);
    const { replyTo, quote } = this;
    if (!this.recording) this.clear();
    this.endRecording();
    await this.onSend({}, [{ kind: "voice", file }], { replyTo, quote });
  }

  endRecording() {
    this.recording = null;
    clearInterval(this.ticking);
    this.changed();
  }

  async guard(action, undo = () => {}) {
    byId("send").classList.add("busy");
    try {
      await action();
    } catch (error) {
      undo();
      this.onError(error);
    } finally {
      byId("send").classList.remove("busy");
    }
  }

  clear() {
    this.input.value = "";
    this.items = [];
    this.point();
    byId("send-as").value = "";
    this.showItems();
    this.showBar();
  }

  restore({ text, items, ...target }) {
    this.input.value = text;
    this.items = items;
    Object.assign(this, target);
    this.showItems();
    this.showBar();
  }

  // --- reply and edit ---

  // What the next message is about: nothing, or one of a reply, a forward, an edit.
  point(target = {}) {
    Object.assign(this, { replyTo: null, quote: "", forwarding: [], editing: null, placeholder: "", ...target });
  }

  reply(message, placeholder = "", quote = "") {
    this.point({ replyTo: message, placeholder, quote });
    this.showBar();
    this.input.focus();
  }

  forward(messages) {
    this.point({ forwarding: messages, placeholder: word("addComment") });
    this.showBar();
    this.input.focus();
  }

  insert(text) {
    this.input.value = text;
    this.changed();
    this.input.focus();
  }

  edit(message) {
    this.point({ editing: message });
    this.input.value = message.text ?? message.caption ?? "";
    this.showBar();
    this.input.focus();
  }

  cancelBar() {
    if (this.editing) this.input.value = "";
    this.point();
    this.showBar();
    this.input.focus();
  }

  forget(messageId) {
    const targets = [this.replyTo, this.editing, ...this.forwarding];
    if (targets.some((one) => one?.message_id === messageId)) this.cancelBar();
  }

  showBar() {
    const target = this.editing ?? this.replyTo ?? this.forwarding[0];
    byId("bar").hidden = !target;
    if (target) {
      const sign = this.editing ? "edit" : this.replyTo ? "reply" : "forward";
      const titles = { edit: word("editing"), reply: word("replyTo", findSender(target).name), forward: word("forwarding", findSender(target).name) };
      byId("bar-icon").replaceChildren(icon(sign));
      byId("bar-title").textContent = titles[sign];
      byId("bar-quote").textContent = this.quote ? `«${this.quote}»` : describe(target);
    }
    this.changed();
  }

  // --- text ---

  changed() {
    const usual = this.items.length ? word("caption") : this.placeholder || word("writeHere");
    const label = this.recording ? word("recording", this.recordedSeconds) : usual;
    this.input.placeholder = label;
    this.input.setAttribute("aria-label", label);
    this.input.style.height = "auto";
    this.input.style.height = `${Math.min(this.input.scrollHeight, 200)}px`;
    const button = byId("send");
    button.replaceChildren(icon(this.editing ? "check" : "send"));
    button.setAttribute("aria-label", word(this.editing ? "save" : "send"));
    button.title = word(this.editing ? "save" : "send");
    button.disabled = !this.input.value.trim() && !this.items.length && !this.forwarding.length;
    const speak = byId("speak");
    speak.replaceChildren(icon(this.recording ? "stop" : "mic"));
    speak.classList.toggle("recording", this.recording !== null);
    speak.setAttribute("aria-label", word(this.recording ? "sendVoice" : "speak"));
    speak.title = word(this.recording ? "sendVoice" : "speak");
    speak.hidden = this.editing !== null || this.items.length > 0 || this.forwarding.length > 0;
    this.inline.typed(this.editing ? "" : this.input.value);
    this.suggest();
  }

  onKey(event) {
    const list = this.suggestions();
    const open = !byId("suggest").hidden && list.length > 0;
    if (open && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      this.chosen = (this.chosen + (event.key === "ArrowDown" ? 1 : list.length - 1)) % list.length;
      this.suggest();
    } else if (open && event.key === "Tab") {
      event.preventDefault();
      this.complete(list[this.chosen].command);
    } else if (event.key === "Escape") {
      if (open) byId("suggest").hidden = true;
      else this.cancelBar();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      // a half-typed command is completed, a whole one is sent
      const whole = !open || list.some((one) => `/${one.command}` === this.input.value.trim());
      if (!whole && /^\/\w*$/.test(this.input.value)) this.input.value = `/${list[this.chosen].command}${this.commandTail}`;
      this.submit();
    }
  }

  // --- commands ---

  // In a group a chosen command names its bot: there may be others.
  setCommands(commands, tail) {
    this.commands = commands;
    this.commandTail = tail;
    byId("slash").hidden = commands.length === 0;
    this.suggest();
  }

  suggestions() {
    const typed = /^\/(\w*)$/.exec(this.input.value);
    return typed ? this.commands.filter((one) => one.command.startsWith(typed[1].toLowerCase())) : [];
  }

  suggest() {
    const list = this.suggestions();
    const box = byId("suggest");
    box.hidden = list.length === 0;
    this.chosen = Math.min(this.chosen, Math.max(list.length - 1, 0));
    box.replaceChildren(...list.map((one, index) => {
      const option = make("button", {
        class: "suggestion", type: "button", role: "option", testid: `command-${one.command}`,
        "aria-selected": String(index === this.chosen),
      }, make("b", {}, `/${one.command}`), make("span", {}, one.description));
      option.addEventListener("pointerenter", () => {
        this.chosen = index;
        for (const other of box.children) other.setAttribute("aria-selected", String(other === option));
      });
      option.addEventListener("click", () => {
        this.input.value = `/${one.command}${this.commandTail}`;
        this.submit();
      });
      return option;
    }));
    box.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }

  toggleCommands() {
    this.input.value = this.input.value === "/" ? "" : "/";
    this.changed();
    this.input.focus();
  }

  complete(command) {
    this.input.value = `/${command}${this.commandTail} `;
    this.changed();
  }

  // --- a bot's reply keyboard ---

  setKeyboard(markup, placeholder) {
    const box = byId("keys");
    byId("keys-toggle").hidden = !markup;
    box.hidden = !markup;
    if (!markup) {
      box.replaceChildren();
      return;
    }
    if (placeholder && !this.replyTo) this.placeholder = placeholder;
    let number = 0;
    box.replaceChildren(...markup.keyboard.map((row) => make("div", { class: "keys-row" }, ...row.map((key) => {
      const button = make("button", { class: "reply-key", type: "button", testid: `reply-key-${number}` }, key.text);
      number += 1;
      button.addEventListener("click", () => {
        if (markup.one_time_keyboard) box.hidden = true;
        this.guard(() => this.onSend({ text: key.text }, [], { replyTo: this.replyTo }));
      });
      return button;
    }))));
  }
}

function isPhoto(file) {
  return PHOTO_KINDS.includes(file.type);
}

// As the apps do: pictures become photos, GIFs and videos and music play in the chat, the rest are files.
async function prepare(file, sendAs) {
  const usual = isPhoto(file) ? "photo" : MEDIA_KINDS.find(([type]) => file.type.startsWith(type))?.[1] ?? "document";
  const kind = sendAs || usual;
  return { kind, file: kind === "photo" ? await shrink(file) : file };
}

async function shrink(file) {
  if (file.size <= PHOTO_BYTES_MAX) return file;
  const bitmap = await createImageBitmap(file);
  const scale = Math.min(1, PHOTO_SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.9); });
  return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
}
