// Between the pages, Telegram's app around them and our server: signing in, calls with the session, events.
//
// The events are those of https://docs.telegram-mini-apps.com/platform/methods and /events; Telegram's own script for
// them would have to come from another host. The session is kept in memory only. Only Telegram's sites may show us in a
// frame (frame-ancestors), so whoever holds the frame may be told; nothing secret is told to it. While the app stays open,
// its session is renewed at half of its hour, for a day.

const KEPT = "launch";
const SAFE_SIDES = ["top", "bottom", "left", "right"];
const listeners = new Map(); // event → functions
let launchText = ""; // where a browser forbids to keep it longer
const launch = readLaunch();
let session = "", renewal = "", renewAt = Infinity, renewing = null;

// Signs in with what Telegram opened the app with; whether that was believed, and undefined if the server cannot say now.
// It is not believed an hour after the opening. Like all calls it throws where there is no connection.
export function signIn() {
  return openSession("/sign-in", launch.get("tgWebAppData") ?? "");
}

// A call of our server in the person's name. A session that has ended is opened anew, once; its answer is given as it is.
export async function call(path, init = {}) {
  if (Date.now() > renewAt) await renew();
  const answer = await send(path, init);
  return answer.status === 401 && ((await renew()) || (await signIn())) ? send(path, init) : answer;
}

// Several calls at once renew the session once. A renewal that fails leaves the session as it is.
function renew() {
  renewAt = Infinity;
  renewing ??= (renewal ? openSession("/renew", renewal) : Promise.resolve(false)).finally(() => { renewing = null; });
  return renewing;
}

async function openSession(path, body) {
  const answer = await fetch(path, { method: "POST", body, credentials: "omit" });
  if (!answer.ok) return answer.status === 429 || answer.status >= 500 ? undefined : false;
  const given = await answer.json();
  session = given.token;
  renewal = given.renewal ?? renewal;
  renewAt = Date.now() + given.seconds * 500;
  return true;
}

// Whether the app around us has what came with this version of Mini Apps, such as "8.0".
export function isSince(version) {
  const parts = (text) => text.split(".").map(Number);
  const [mine, wanted] = [parts(launch.get("tgWebAppVersion") ?? "0"), parts(version)];
  return mine[0] > wanted[0] || (mine[0] === wanted[0] && (mine[1] ?? 0) >= (wanted[1] ?? 0));
}

// Tells the app around us something, such as ("web_app_setup_back_button", { is_visible: true }).
export function post(eventType, eventData = {}) {
  const proxy = window.TelegramWebviewProxy;
  if (proxy) proxy.postEvent(eventType, JSON.stringify(eventData));
  else if (window.external && "notify" in window.external) window.external.notify(JSON.stringify({ eventType, eventData }));
  else if (window.parent !== window) window.parent.postMessage(JSON.stringify({ eventType, eventData }), "*");
}

// Calls `listener` with the data of each event of this name that the app around us tells.
export function on(eventType, listener) {
  listeners.set(eventType, [...(listeners.get(eventType) ?? []), listener]);
}

function send(path, init) {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${session}`);
  return fetch(path, { ...init, headers, credentials: "omit" });
}

// Telegram writes what it opens us with into the fragment. A page that is loaded again may have lost it.
function readLaunch() {
  const given = location.hash.slice(1);
  if (new URLSearchParams(given).has("tgWebAppData")) keep(given);
  return new URLSearchParams(kept() || given);
}

function keep(given) {
  try {
    sessionStorage.setItem(KEPT, given);
  } catch { // a browser may forbid it in a frame
    launchText = given;
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return launchText;
  }
}

function receive(eventType, eventData) {
  for (const listener of listeners.get(eventType) ?? []) listener(eventData ?? {});
}

function receiveMessage(event) {
  if (event.source !== window.parent || typeof event.data !== "string") return;
  try {
    const { eventType, eventData } = JSON.parse(event.data);
    receive(eventType, eventData);
  } catch { // not one of Telegram's
  }
}

// --tg-theme-bg-color and so on: the colours of the person's app.
function useTheme(colours) {
  for (const [name, colour] of Object.entries(colours ?? {})) {
    if (/^#[0-9a-f]{6}$/i.test(colour)) setVariable(`theme-${name.replaceAll("_", "-")}`, colour);
  }
  const background = colours?.bg_color;
  if (/^#[0-9a-f]{6}$/i.test(background ?? "")) document.documentElement.dataset.scheme = isDark(background) ? "dark" : "light";
}

function isDark(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

// --tg-safe-area-inset-top and so on, in px: what the device and the app cover.
function useInsets(name) {
  return (insets) => SAFE_SIDES.forEach((side) => setVariable(`${name}-inset-${side}`, `${Number(insets[side]) || 0}px`));
}

function setVariable(name, value) {
  document.documentElement.style.setProperty(`--tg-${name}`, value);
}

function readColours(text) {
  try {
    return JSON.parse(text || "{}");
  } catch {
    return {};
  }
}

window.Telegram = { WebView: { receiveEvent: receive } };
window.TelegramGameProxy = { receiveEvent: receive };
window.TelegramGameProxy_receiveEvent = receive;
addEventListener("message", receiveMessage);
on("theme_changed", (data) => useTheme(data.theme_params));
on("safe_area_changed", useInsets("safe-area"));
on("content_safe_area_changed", useInsets("content-safe-area"));
on("reload_iframe", () => location.reload());
useTheme(readColours(launch.get("tgWebAppThemeParams")));
post("iframe_ready", { reload_supported: true });
for (const wanted of ["theme", "viewport", "safe_area", "content_safe_area"]) post(`web_app_request_${wanted}`);
