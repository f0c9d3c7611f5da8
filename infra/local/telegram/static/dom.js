// Small tools to build elements without markup strings: nothing a bot or a person writes is ever parsed as HTML.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  attach: "M21 11.5l-8.6 8.6a5.5 5.5 0 0 1-7.8-7.8l8.9-8.9a3.7 3.7 0 0 1 5.2 5.2l-8.9 8.9a1.8 1.8 0 0 1-2.6-2.6l8.2-8.2",
  send: "M4 12l16.5-7.5L14 21l-3-7z M11 14l9-9",
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3z M5 11.5a7 7 0 0 0 14 0 M12 18.5V22",
  check: "M5 12.5l4.5 4.5L19 7.5",
  stop: "M7 7h10v10H7z",
  quote: "M10 8H6v5h4l-2 4M18 8h-4v5h4l-2 4",
  close: "M6 6l12 12M18 6L6 18",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M15 5l-7 7 7 7",
  down: "M6 10l6 6 6-6",
  reply: "M10 6L4 12l6 6 M4 12h10a6 6 0 0 1 6 6v1",
  forward: "M14 6l6 6-6 6 M20 12H10a6 6 0 0 0-6 6v1",
  edit: "M4 20l1-4L16 5l3 3L8 19z",
  copy: "M9 9h11v11H9z M5 15H4V4h11v1",
  trash: "M5 7h14 M10 7V4h4v3 M7 7l1 13h8l1-13",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  sun: "M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6L19 19M5 19l1.4-1.4M17.6 6.4L19 5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z",
  slash: "M6 3h12a3 3 0 0 1 3 3v12a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3V6a3 3 0 0 1 3-3z M14 7l-4 10",
  keyboard: "M3 6h18v12H3z M7 10h.01M11 10h.01M15 10h.01M8 14h8",
  file: "M6 3h8l4 4v14H6z M14 3v4h4",
  save: "M12 4v11 M7 11l5 5 5-5 M5 20h14",
  link: "M9 15l6-6 M10 6h8v8",
  group: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z M2.5 20a6.5 6.5 0 0 1 13 0 M16 4.5a3.5 3.5 0 0 1 0 6.5 M18 14.5a6 6 0 0 1 3.5 5.5",
};

export function byId(id) {
  return document.getElementById(id);
}

export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "testid") element.dataset.testid = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

export function colorOf(id) {
  return `person-${Math.abs(Number(id)) % 6}`;
}

export function initialsOf(name) {
  return [...(name || "?").trim()][0].toUpperCase();
}
