// What lies over the chat: a message's menu, toasts and alerts, the photo viewer.

import { byId, icon, make } from "./dom.js";
import { fileUrl } from "./server.js";

const TOAST_SECONDS = 4;
let toastTimer = 0;

export function showToast(text) {
  const toast = byId("toast");
  toast.textContent = text;
  toast.hidden = false;
  toast.classList.remove("in");
  void toast.offsetWidth; // restarts the animation
  toast.classList.add("in");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => { toast.hidden = true; }, TOAST_SECONDS * 1000);
}

export function showAlert(text) {
  byId("alert-text").textContent = text;
  if (!byId("alert").open) byId("alert").showModal();
}

export function openMenu(entries, anchor, event) {
  const menu = byId("menu");
  menu.replaceChildren(...entries.map(({ name, label, sign, act, danger }) => {
    const entry = make("button", {
      class: danger ? "danger" : "", type: "button", role: "menuitem", testid: `menu-${name}`,
    }, icon(sign), label);
    entry.addEventListener("click", () => {
      closeMenu();
      act();
    });
    return entry;
  }));
  menu.hidden = false;
  const box = anchor.getBoundingClientRect();
  const x = event?.clientX ?? box.left;
  const y = event?.clientY ?? box.bottom + 4;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
  menu.opener = anchor;
  anchor.setAttribute("aria-expanded", "true");
  menu.firstElementChild?.focus({ preventScroll: true });
}

export function closeMenu() {
  const menu = byId("menu");
  if (menu.hidden) return;
  menu.hidden = true;
  menu.opener?.setAttribute("aria-expanded", "false");
  if (menu.contains(document.activeElement)) menu.opener?.focus?.({ preventScroll: true });
}

export function viewPhoto(message) {
  const size = message.photo.at(-1);
  const image = byId("viewer-image");
  image.src = fileUrl(size.file_id);
  image.alt = message.caption ?? "";
  byId("viewer-caption").textContent = message.caption ?? "";
  const save = byId("viewer-save");
  save.href = fileUrl(size.file_id);
  save.download = `photo-${message.message_id}.jpg`;
  byId("viewer").showModal();
}

export function setUpOverlays() {
  byId("viewer-close").append(icon("close"));
  byId("viewer-save").append(icon("save"));
  byId("viewer-close").addEventListener("click", () => byId("viewer").close());
  byId("viewer").addEventListener("click", (event) => { if (event.target.id === "viewer") event.target.close(); });
  byId("viewer").addEventListener("close", () => { byId("viewer-image").removeAttribute("src"); });
  addEventListener("pointerdown", (event) => { if (!byId("menu").contains(event.target)) closeMenu(); });
  addEventListener("resize", closeMenu);
  byId("menu").addEventListener("keydown", moveInMenu);
}

function moveInMenu(event) {
  const entries = [...byId("menu").children];
  const at = entries.indexOf(document.activeElement);
  if (event.key === "Escape" || event.key === "Tab") {
    closeMenu();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    entries[(at + (event.key === "ArrowDown" ? 1 : entries.length - 1)) % entries.length].focus();
  }
}
