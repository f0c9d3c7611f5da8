// A Mini App in a frame, as Telegram's web apps show it: it is opened with signed data and told of its surroundings; it
// asks for buttons, payments and links. https://docs.telegram-mini-apps.com/platform/methods and …/events

import { byId, icon, make } from "./dom.js";
import { showToast } from "./overlays.js";
import * as server from "./server.js";
import { word } from "./words.js";

const VERSION = "9.6";
const PLATFORM = "weba";
// `?notch`: a phone whose edges are covered, and the app on its whole screen, below Telegram's own buttons.
const NOTCHED = new URLSearchParams(location.search).has("notch");
const NO_INSETS = { top: 0, bottom: 0, left: 0, right: 0 };
const INSETS = NOTCHED ? { ...NO_INSETS, top: 59, bottom: 34 } : NO_INSETS;
const CONTENT_INSETS = NOTCHED ? { ...NO_INSETS, top: 46 } : NO_INSETS;
const COLOURS = {
  light: {
    bg_color: "#ffffff", text_color: "#0f1620", hint_color: "#5d6975", link_color: "#1f5fd6", button_color: "#2563eb",
    button_text_color: "#ffffff", secondary_bg_color: "#f3f5f8", header_bg_color: "#ffffff", bottom_bar_bg_color: "#ffffff",
    accent_text_color: "#1f5fd6", section_bg_color: "#ffffff", section_header_text_color: "#1f5fd6",
    section_separator_color: "#e2e6ea", subtitle_text_color: "#5d6975", destructive_text_color: "#c81e32",
  },
  dark: {
    bg_color: "#17202b", text_color: "#f2f6fa", hint_color: "#93a3b3", link_color: "#82b9ff", button_color: "#2a66c4",
    button_text_color: "#ffffff", secondary_bg_color: "#0f161e", header_bg_color: "#17202b", bottom_bar_bg_color: "#17202b",
    accent_text_color: "#82b9ff", section_bg_color: "#17202b", section_header_text_color: "#82b9ff",
    section_separator_color: "#2b3845", subtitle_text_color: "#93a3b3", destructive_text_color: "#ff8a96",
  },
};

const panel = byId("webapp");
const frame = byId("webapp-frame");
const back = byId("webapp-back");
const main = byId("webapp-main");
const sheet = byId("webapp-pay");
let opener = null; // what opens links of the app in this page

const handlers = {
  web_app_close: () => panel.close(),
  web_app_setup_back_button: ({ is_visible }) => { back.hidden = !is_visible; },
  web_app_setup_main_button: showMain,
  web_app_request_theme: tellTheme,
  web_app_request_viewport: () => tell("viewport_changed", { width: frame.clientWidth, height: frame.clientHeight, is_expanded: true, is_state_stable: true }),
  web_app_request_safe_area: () => tell("safe_area_changed", INSETS),
  web_app_request_content_safe_area: () => tell("content_safe_area_changed", CONTENT_INSETS),
  web_app_trigger_haptic_feedback: ({ type, impact_style, notification_type }) => { panel.dataset.haptic = impact_style ?? notification_type ?? type; },
  web_app_open_invoice: payInvoice,
  web_app_open_link: ({ url }) => opener(url),
  web_app_open_tg_link: ({ path_full }) => {
    panel.close();
    opener(`https://t.me${path_full}`);
  },
  web_app_send_prepared_message: sharePrepared,
  web_app_request_file_download: ({ url, file_name }) => {
    tell("file_download_requested", { status: "downloading" });
    opener(url);
    panel.dataset.download = file_name;
  },
};

export function setUpApp(open) {
  opener = open;
  panel.classList.toggle("notched", NOTCHED);
  byId("webapp-close").append(icon("close"));
  byId("webapp-close").addEventListener("click", () => panel.close());
  back.append(icon("back"));
  back.addEventListener("click", () => tell("back_button_pressed"));
  main.addEventListener("click", () => tell("main_button_pressed"));
  panel.addEventListener("close", () => {
    frame.src = "about:blank";
    sheet.hidden = true;
  });
  panel.addEventListener("cancel", (event) => { // Escape goes back where the app can
    if (back.hidden) return;
    event.preventDefault();
    tell("back_button_pressed");
  });
  addEventListener("message", receive);
  new MutationObserver(tellTheme).observe(document.documentElement, { attributeFilter: ["data-theme"] });
}

export async function openApp(url, title) {
  try {
    const { init_data } = await server.openApp(url);
    const launch = new URLSearchParams({ tgWebAppData: init_data, tgWebAppVersion: VERSION, tgWebAppPlatform: PLATFORM, tgWebAppThemeParams: JSON.stringify(colours()) });
    back.hidden = true;
    main.hidden = true;
    byId("webapp-title").textContent = title;
    frame.title = title;
    frame.src = `${url}#${launch}`;
    panel.showModal();
  } catch (error) {
    showToast(error.message);
  }
}

function receive(event) {
  if (event.source !== frame.contentWindow || typeof event.data !== "string") return;
  const { eventType, eventData } = JSON.parse(event.data);
  handlers[eventType]?.(eventData ?? {});
}

function tell(eventType, eventData = {}) {
  frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
}

function colours() {
  return COLOURS[document.documentElement.dataset.theme === "dark" ? "dark" : "light"];
}

function tellTheme() {
  if (panel.open) tell("theme_changed", { theme_params: colours() });
}

function showMain({ is_visible, is_active, is_progress_visible, text }) {
  main.hidden = !is_visible;
  main.disabled = is_active === false;
  main.classList.toggle("busy", Boolean(is_progress_visible));
  if (text) main.textContent = text;
}

// Telegram asks before it takes Stars: one press pays, another leaves the invoice unpaid.
function payInvoice({ slug }) {
  sheet.hidden = false;
  byId("webapp-pay-now").onclick = () => closeInvoice(slug, true);
  byId("webapp-pay-not").onclick = () => closeInvoice(slug, false);
  byId("webapp-pay-now").focus();
}

async function closeInvoice(slug, isPaid) {
  sheet.hidden = true;
  if (isPaid) await takePayment(slug);
  else tell("invoice_closed", { slug, status: "cancelled" });
}

async function takePayment(slug) {
  let status = "failed";
  try {
    const answer = await server.payLink(`https://t.me/$${slug}`);
    status = answer.paid ? "paid" : "failed";
    showToast(answer.paid ? word("paid") : answer.error);
  } catch (error) {
    showToast(error.message);
  }
  tell("invoice_closed", { slug, status });
}

// The person's chats, as Telegram's apps show them; a press sends the message there.
async function sharePrepared({ id }) {
  const sharing = byId("sharing");
  try {
    const { chats } = await server.listChatsFor(id);
    const keys = chats.map(({ id: chat, title }) => make("button", { class: "button", value: String(chat), testid: `sharing-chat-${chat}` }, title));
    byId("sharing-chats").replaceChildren(...(keys.length ? keys : [make("p", {}, word("nothingFound"))]));
    sharing.returnValue = "";
    sharing.showModal();
    await new Promise((resolve) => { sharing.addEventListener("close", resolve, { once: true }); });
    if (!sharing.returnValue) throw new Error("USER_DECLINED");
    await server.share(id, Number(sharing.returnValue));
    tell("prepared_message_sent");
  } catch (error) {
    tell("prepared_message_failed", { error: error.message });
  }
}
