// Elements and texts. Whatever comes from a message becomes a text node: nothing here reads markup.

/**
 * Makes an element. Attributes that begin with "on" are listeners, null and false leave one out; children are elements
 * or text.
 */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

export function svg(name, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function fill(element, attributes, children) {
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) {
      continue;
    }
    if (key.startsWith("on")) {
      element.addEventListener(key.slice(2), value);
    } else {
      element.setAttribute(key, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Sets a text only when it is another one, so that screen readers and selections are left alone. */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/** Runs `render` only when `value` is another than last time for this element. */
const rendered = new WeakMap();

export function whenChanged(element, value, render) {
  const key = JSON.stringify(value);
  if (rendered.get(element) !== key) {
    rendered.set(element, key);
    render();
  }
}

const whole = new Intl.NumberFormat("en");

export const count = (number) => whole.format(number);

export function rate(perSecond) {
  if (perSecond === null || perSecond === undefined) {
    return "–";
  }
  return perSecond >= 100 ? whole.format(Math.round(perSecond)) : perSecond >= 10 ? perSecond.toFixed(1) : perSecond.toFixed(2);
}

/** Milliseconds for people: 0.8 ms, 41 ms, 1.25 s, 3 min. */
export function took(ms) {
  if (ms === null || ms === undefined) {
    return "–";
  }
  if (ms < 10) {
    return `${Number(ms.toFixed(1))} ms`;
  }
  if (ms < 1000) {
    return `${Math.round(ms)} ms`;
  }
  return ms < 60_000 ? `${Number((ms / 1000).toFixed(2))} s` : lasting(ms / 1000);
}

/** Seconds for people, to two units. */
export function lasting(seconds) {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) {
    return `${s} s`;
  }
  if (s < 3600) {
    return s % 60 === 0 || s >= 600 ? `${Math.round(s / 60)} min` : `${Math.floor(s / 60)} min ${s % 60} s`;
  }
  if (s < 86_400) {
    return `${Math.floor(s / 3600)} h ${Math.floor((s % 3600) / 60)} min`;
  }
  return `${Math.floor(s / 86_400)} d ${Math.floor((s % 86_400) / 3600)} h`;
}

export function bytes(size) {
  if (size < 1024) {
    return `${size} B`;
  }
  const units = ["KiB", "MiB", "GiB", "TiB"];
  let value = size / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** 14:03:27 today, else with the day. */
export function clock(iso) {
  const date = new Date(iso);
  const time = date.toLocaleTimeString("en-GB");
  return date.toDateString() === new Date().toDateString()
    ? time
    : `${date.toLocaleDateString("en-GB", { day: "numeric", month: "short" })} ${time}`;
}

export function time(iso) {
  return h("time", { datetime: iso, title: new Date(iso).toISOString() }, clock(iso));
}

export const plural = (number, one, many = `${one}s`) => `${count(number)} ${number === 1 ? one : many}`;

const TONES = {
  complete: "good", delivered: "good", applied: "good", closed: "good",
  partial: "warn", pending: "warn", accepted: "note", repeated: "note", skipped: "mute", "half-open": "warn",
  failed: "bad", dead: "bad", error: "bad", refused: "bad", rejected: "bad", unreachable: "bad", "timed-out": "bad", open: "bad",
};

export const tone = (word) => TONES[word] ?? "mute";

/** A word in its colour; the word itself says it all to who does not see the colour. */
export const chip = (word, text = word) => h("span", { class: `chip ${tone(word)}` }, text);

/** Says something that has happened, for all to see and hear. */
let silence;

export function say(text) {
  const said = byId("said");
  said.textContent = text;
  said.classList.add("shown");
  clearTimeout(silence);
  silence = setTimeout(() => said.classList.remove("shown"), 6000);
}
