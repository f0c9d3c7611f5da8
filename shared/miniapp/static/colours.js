// Telegram's theme as readable colours: people choose themes whose hints and buttons would be too pale (WCAG 1.4.3).
const RATIO = 4.6; // a little above the demanded 4.5: colours are rounded

function read(colour) {
  const found = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour.trim());
  return found && found.slice(1).map((part) => parseInt(part, 16));
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

// The colour, as far towards black or white as it takes to be read on all of these.
function readable(rgb, grounds) {
  const end = luminance(grounds[0]) > 0.18 ? 0 : 255;
  let now = rgb;
  for (let share = 0; share <= 1 && grounds.some((ground) => contrast(now, ground) < RATIO); share += 0.05) {
    now = rgb.map((value) => Math.round(value + (end - value) * share));
  }
  return now;
}

export function paint() {
  const root = document.documentElement;
  const named = getComputedStyle(root);
  const theme = (name) => read(named.getPropertyValue(`--tg-theme-${name}`));
  const ground = theme("bg-color");
  const isDark = ground ? luminance(ground) < 0.18 : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.scheme = isDark ? "dark" : "light";
  if (!ground) return;
  const grounds = [ground, theme("secondary-bg-color") || ground];
  const set = (name, rgb, on) => rgb && root.style.setProperty(name, `rgb(${readable(rgb, on).join(" ")})`);
  set("--link", theme("link-color"), grounds);
  set("--hint", theme("hint-color"), grounds);
  set("--danger", theme("destructive-text-color"), grounds);
  set("--button", theme("button-color"), [theme("button-text-color") || [255, 255, 255]]);
}
