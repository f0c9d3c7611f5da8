// The pages: links and forms become calls with the session, and each answer replaces the content of <main>.
import { call, isSince, on, post, signIn } from "./bridge.js";
import { paint } from "./colours.js";

const POLL_MS = 1500, BOOKED_MS = 1500, TYPING_MS = 500, SMALL_AT_ONCE = 4;
const main = document.getElementById("main"), offline = document.getElementById("offline"), broken = document.getElementById("broken"), ended = document.getElementById("ended");
const opening = document.getElementById("opening"), outside = document.getElementById("outside"), retry = document.getElementById("retry");
const start = new URLSearchParams(location.hash.slice(1));
const isInTelegram = start.has("tgWebAppPlatform") && start.get("tgWebAppPlatform") !== "unknown";
let turn = 0, here = "", blobs = [], missed = null; // missed: what *Try again* does, where something did not come

// What `work` gives; null, and the notice, where there is no connection. Every call is made in here.
async function reach(work) {
  try {
    const given = await work();
    missed = null;
    offline.hidden = true;
    return given;
  } catch {
    offline.hidden = false;
    return null;
  } finally {
    retry.hidden = missed === null;
  }
}

// An answer with its whole body: a connection may break in the middle of it too.
async function ask(path, init) {
  const answer = await reach(async () => {
    const response = await call(path, init), type = response.headers.get("Content-Type") ?? "";
    const body = type.startsWith("image/") ? await response.blob() : await response.text();
    return { ok: response.ok, status: response.status, url: response.url, body, html: type.startsWith("text/html") ? body : "" };
  });
  if (answer) ended.hidden = answer.status !== 401; // the session is over, and what Telegram signed is too old for another
  return answer;
}

function offerAgain(action) {
  missed = action;
  retry.hidden = false;
}

// Signs in, and shows the first page.
async function open() {
  opening.hidden = false;
  const isBelieved = await reach(signIn);
  opening.hidden = true;
  if (isBelieved === null) {
    offerAgain(open);
    return;
  }
  outside.hidden = isBelieved !== false;
  broken.hidden = isBelieved !== undefined;
  if (isBelieved) await visit(firstPage());
}

function firstPage() {
  const wanted = new URLSearchParams(location.search).get("page") || start.get("tgWebAppStartParam") || "create";
  return /^[a-z]+$/.test(wanted) ? `/${wanted}` : "/create";
}

async function visit(path, init) {
  const mine = (turn += 1);
  main.setAttribute("aria-busy", "true");
  const answer = await ask(path, init);
  if (mine !== turn) return false;
  main.removeAttribute("aria-busy");
  broken.hidden = answer === null || answer.status === 401 || answer.html !== "";
  if (answer === null && !init) offerAgain(() => visit(path)); // a form is there still, with its button
  if (!answer?.html) return false;
  show(new URL(answer.url), answer.html);
  return true;
}

function show(url, html) {
  const isSame = url.pathname === here, top = scrollY, focused = document.activeElement.id;
  here = url.pathname;
  blobs.splice(0).forEach((each) => URL.revokeObjectURL(each));
  main.innerHTML = html;
  const { title, language, back } = document.getElementById("page").dataset;
  document.title = title;
  document.documentElement.lang = language; // which the person may have changed just now
  document.querySelector("body > .tabs").replaceWith(main.querySelector(".tabs"));
  post("web_app_setup_back_button", { is_visible: back !== "" });
  const said = main.querySelector(".notice");
  if (said) post("web_app_trigger_haptic_feedback", { type: "notification", notification_type: said.classList.contains("bad") ? "error" : "success" });
  enhance(main);
  const again = isSame && focused && document.getElementById(focused);
  (again || main.querySelector("h1")).focus({ preventScroll: true });
  scrollTo(0, isSame && !said?.classList.contains("bad") ? top : 0);
}

function enhance(part) {
  loadSmall(part);
  for (const each of part.querySelectorAll("[data-poll]")) pollLater(each, Number(each.dataset.every) || POLL_MS);
  for (const each of part.querySelectorAll("[data-go]")) visit(each.dataset.go);
  for (const each of part.querySelectorAll("[data-invoice]")) pay(each);
  for (const each of part.querySelectorAll("[data-since]")) each.hidden = !isInTelegram || !isSince(each.dataset.since);
  for (const each of part.querySelectorAll("[data-prepared]")) chooseChat(each);
  drawMainButton();
}

// Pictures need the session too, which an <img> cannot carry. Those that are folded away wait until they are unfolded.
async function loadSmall(part) {
  const mine = turn, queue = [...part.querySelectorAll("img[data-src]")].filter((image) => !image.closest("details:not([open])"));
  const load = async () => {
    for (let image = queue.shift(); image && mine === turn; image = queue.shift()) {
      const { src } = image.dataset;
      if (!src) continue; // another call has taken it
      delete image.dataset.src;
      const answer = await ask(src);
      if (!answer?.ok || mine !== turn) continue;
      image.src = URL.createObjectURL(answer.body);
      blobs.push(image.src);
    }
  };
  await Promise.all(Array.from({ length: SMALL_AT_ONCE }, load));
}

const timers = new WeakMap(), shown = new WeakMap(); // an element that polls → its timer; what it polls into → its HTML
function pollLater(element, delay) {
  clearTimeout(timers.get(element));
  timers.set(element, setTimeout(() => poll(element), delay));
}

// What has not changed is left alone: a screen reader would read it again, and the focus would be lost.
async function poll(element) {
  if (!element.isConnected) return;
  const answer = await ask(element.dataset.poll);
  if (!element.isConnected) return;
  if (answer?.status === 401 || answer?.status === 404) return;
  if (!answer?.ok) {
    pollLater(element, POLL_MS * 2);
    return;
  }
  const into = document.getElementById(element.dataset.into), { html } = answer;
  if (shown.get(into) === html) {
    pollLater(element, Number(element.dataset.every) || POLL_MS);
    return;
  }
  const focused = into.contains(document.activeElement) ? document.activeElement.id : "";
  shown.set(into, html);
  into.innerHTML = html;
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  enhance(into);
}

async function postForm(form, button) {
  const body = new URLSearchParams(new FormData(form, button?.form === form && button.name ? button : undefined));
  if (button) button.disabled = true;
  drawMainButton(true);
  const isDone = await visit(new URL(form.action).pathname, { method: "POST", body });
  if (!isDone && button) button.disabled = false;
  drawMainButton();
}

// The style's words come before the person's own, in place of another style's.
function putStyle(button) {
  const words = document.getElementById("words"), all = [...main.querySelectorAll("[data-words]")].map((each) => each.dataset.words);
  const before = all.find((each) => words.value.startsWith(each)) ?? "";
  words.value = `${button.dataset.words} ${words.value.slice(before.length).trimStart()}`;
  words.focus();
  refresh(button.form, 0);
}

const live = { timer: 0, turn: 0 };
function refresh(form, delay) {
  clearTimeout(live.timer);
  live.timer = setTimeout(async () => {
    const mine = (live.turn += 1);
    const answer = await ask(form.dataset.live, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const into = document.getElementById("live");
    if (!answer?.ok || mine !== live.turn || !form.isConnected) return; // the page is another by now
    const focused = into.contains(document.activeElement) ? document.activeElement.id : "";
    into.innerHTML = answer.html;
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
    drawMainButton();
  }, delay);
}

async function upload(input) {
  const into = document.getElementById(input.dataset.into), files = [...input.files], mine = turn;
  input.value = "";
  broken.hidden = true;
  for (const file of files) {
    const body = new FormData();
    body.append("file", file);
    into.classList.add("waiting");
    const answer = await ask(input.dataset.upload, { method: "POST", body });
    if (mine !== turn) return;
    into.classList.remove("waiting");
    if (!answer?.html) {
      broken.hidden = answer === null;
      continue;
    }
    into.insertAdjacentHTML("beforeend", answer.html);
    loadSmall(into);
  }
  refresh(input.form, 0);
}

// --- Telegram's own buttons ---

function drawMainButton(isBusy = false) {
  const button = main.querySelector("[data-main-button]");
  document.body.classList.toggle("native-main", isInTelegram && button !== null);
  if (!isInTelegram) return;
  const named = getComputedStyle(document.documentElement);
  const hex = (name) => named.getPropertyValue(`--tg-theme-${name}`).trim() || undefined;
  post("web_app_setup_main_button", {
    is_visible: button !== null,
    is_active: button !== null && !button.disabled && !isBusy,
    is_progress_visible: isBusy,
    text: button?.textContent.trim() || "…",
    color: hex("button-color"),
    text_color: hex("button-text-color"),
  });
}

function pay(element) {
  const slug = /(?:\$|\/invoice\/)([\w-]+)$/.exec(element.dataset.invoice)?.[1];
  if (slug) post("web_app_open_invoice", { slug });
}

// Telegram's list of chats. Its apps open it within seconds of a press only, so there is a button for it too.
function chooseChat(element) {
  post("web_app_send_prepared_message", { id: element.dataset.prepared });
}

function afterChoosing(outcome) {
  const element = main.querySelector("[data-prepared]");
  if (element) visit(element.dataset[outcome]);
}

function openOutside(link) {
  const { pathname, search, href } = new URL(link.href);
  if ("pay" in link.dataset) pay(link.closest("[data-invoice]"));
  else if ("download" in link.dataset) post("web_app_request_file_download", { url: href, file_name: link.dataset.download });
  else if ("telegram" in link.dataset) post("web_app_open_tg_link", { path_full: pathname + search });
  else post("web_app_open_link", { url: href });
}

on("back_button_pressed", () => {
  const { back } = document.getElementById("page").dataset;
  if (back) visit(back);
});
on("main_button_pressed", () => main.querySelector("[data-main-button]")?.click());
on("invoice_closed", ({ status }) => {
  const element = main.querySelector("[data-invoice]");
  if (!element || status === "pending") return;
  if (status === "paid") setTimeout(() => visit(element.dataset.paid), BOOKED_MS);
  else visit(element.dataset.unpaid);
});
on("prepared_message_sent", () => afterChoosing("sent"));
on("prepared_message_failed", ({ error }) => afterChoosing(error === "USER_DECLINED" ? "unsent" : "failed"));
on("theme_changed", paint);

// --- what people do ---

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]"), button = event.target.closest("button");
  if (link || button) post("web_app_trigger_haptic_feedback", { type: "impact", impact_style: "light" });
  if (button && "remove" in button.dataset) {
    const form = button.form;
    button.closest("li").remove();
    refresh(form, 0);
  }
  if (button && "words" in button.dataset) putStyle(button);
  if (button?.id === "choose-chat") chooseChat(button.closest("[data-prepared]"));
  if (button?.id === "again") location.reload();
  if (button === retry) missed?.();
  if (!link || event.ctrlKey || event.metaKey) return;
  if (link.getAttribute("href").startsWith("/") && !("outside" in link.dataset)) {
    event.preventDefault();
    visit(link.pathname + link.search);
  } else if (isInTelegram && !link.getAttribute("href").startsWith("#")) {
    event.preventDefault();
    openOutside(link);
  }
});
document.addEventListener("submit", (event) => {
  event.preventDefault();
  postForm(event.target, event.submitter);
});
document.addEventListener("change", (event) => {
  const { form, dataset, type } = event.target;
  if ("upload" in dataset) upload(event.target);
  else if (form && "auto" in form.dataset) form.requestSubmit();
  else if (form && "live" in form.dataset && type !== "textarea") refresh(form, 0);
});
document.addEventListener("input", (event) => {
  if (event.target.type === "textarea" && event.target.form?.dataset.live) refresh(event.target.form, TYPING_MS);
});
document.addEventListener("toggle", (event) => loadSmall(event.target), true);
document.addEventListener("visibilitychange", () => { // whoever comes back from a payment sees at once what became of it
  if (!document.hidden) main.querySelectorAll("[data-poll]").forEach((each) => pollLater(each, 0));
});
addEventListener("offline", () => (offline.hidden = false));
addEventListener("online", () => (here === "" ? missed?.() : (offline.hidden = true)));

paint();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
post("web_app_ready");
post("web_app_expand");
await open();
