// The list of messages: the latest as Tandem remembers them, or those in the journal, page by page; replay of one or many.

import * as api from "./api.js";
import { byId, chip, h, plural, say, setText, time, tone, took, whenChanged } from "./dom.js";
import { openStory } from "./story.js";

const PAGE = 25;
const AT_ONCE = 4;
const VIEWS = {
  latest: { label: "Latest", states: ["complete", "partial", "failed", "accepted", "repeated", "error", "refused"] },
  journal: { label: "Journal", states: ["pending", "complete", "partial", "dead"] },
};
const SHORT = 26;

let query = { view: "latest", state: "", target: "", id: "" };
let parts = null;
let targets = [];
let list = [];
let next = null;
let held = false;
let asked = 0;
const selected = new Set();

export function start(place) {
  const view = (name) => h("button", {
    type: "button", role: "radio", "aria-checked": String(name === query.view), "data-view": name,
    onclick: () => show({ ...query, view: name, state: "" }),
    onkeydown: (event) => {
      if (event.key.startsWith("Arrow")) {
        event.preventDefault();
        const other = Object.keys(VIEWS).find((one) => one !== name);
        show({ ...query, view: other, state: "" });
        parts.views[other].focus();
      }
    },
  }, VIEWS[name].label);
  parts = {
    views: { latest: view("latest"), journal: view("journal") },
    state: h("select", { id: "filter-state", onchange: (event) => show({ ...query, state: event.target.value }) }),
    target: h("select", { id: "filter-target", onchange: (event) => show({ ...query, target: event.target.value }) }),
    id: h("input", { id: "filter-id", type: "search", placeholder: "01J…", maxlength: 26, spellcheck: "false", autocomplete: "off", oninput: (event) => later({ ...query, id: event.target.value.trim().toUpperCase() }) }),
    note: h("p", { class: "list-note", role: "status" }),
    all: h("input", { type: "checkbox", "aria-label": "Select all that can be replayed", onchange: (event) => selectAll(event.target.checked) }),
    body: h("tbody", { role: "rowgroup" }),
    more: h("button", { type: "button", onclick: () => ask(true) }, "Older messages"),
    replay: h("button", { type: "button", class: "primary", disabled: true, onclick: () => confirmReplay([...selected]) }, "Replay selected"),
  };
  parts.table = h("table", { class: "list", role: "table" },
    h("caption", { class: "unseen" }, "Messages, newest first"),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" },
      h("th", { role: "columnheader", class: "pick", scope: "col" }, parts.all), h("th", { role: "columnheader", scope: "col" }, "Received"), h("th", { role: "columnheader", scope: "col" }, "Message"),
      h("th", { role: "columnheader", scope: "col", class: "wide" }, "From"), h("th", { role: "columnheader", scope: "col" }, "State"), h("th", { role: "columnheader", scope: "col" }, "Deliveries"),
      h("th", { role: "columnheader", scope: "col", class: "number wide took" }, "Took"))),
    parts.body);
  parts.table.addEventListener("pointerenter", () => { held = true; });
  parts.table.addEventListener("pointerleave", () => { held = false; });
  place.append(
    h("div", { class: "toolbar" },
      h("div", { class: "segments", role: "radiogroup", "aria-label": "Which messages" }, parts.views.latest, parts.views.journal),
      h("label", { for: "filter-state" }, "State", parts.state),
      h("label", { for: "filter-target" }, "Target", parts.target),
      h("label", { for: "filter-id" }, "Id begins with", parts.id),
      parts.replay),
    parts.note,
    h("div", { class: "table-box", tabindex: "0", role: "region", "aria-label": "Table of messages" }, parts.table),
    h("div", { class: "more" }, parts.more));
  options();
}

/** What the status says of the targets that can be asked for. */
export function know(status) {
  const names = status.targets.map((target) => target.name);
  if (names.join() !== targets.join()) {
    targets = names;
    options();
  }
}

function options() {
  const option = (value, text, chosen) => h("option", { value, selected: value === chosen }, text);
  parts.state.replaceChildren(option("", "any", query.state), ...VIEWS[query.view].states.map((state) => option(state, state, query.state)));
  parts.target.replaceChildren(option("", "any", query.target), ...targets.map((name) => option(name, name, query.target)));
  for (const [name, button] of Object.entries(parts.views)) {
    button.setAttribute("aria-checked", String(name === query.view));
    button.tabIndex = name === query.view ? 0 : -1;
  }
}

let typing;

function later(wanted) {
  clearTimeout(typing);
  typing = setTimeout(() => show(wanted), 250);
}

/** Shows other messages. */
export async function show(wanted) {
  query = { view: "latest", state: "", target: "", id: "", ...wanted };
  if (query.id && /^[0-9A-HJKMNP-TV-Z]{26}$/.test(query.id)) {
    openStory(query.id);
  }
  options();
  if (parts.id.value.trim().toUpperCase() !== query.id) {
    parts.id.value = query.id;
  }
  selected.clear();
  list = [];
  next = null;
  if (wanted.view === "journal" && wanted.state === "dead") {
    byId("messages").scrollIntoView({ block: "start" });
  }
  await ask(false).catch(failed);
}

/** Looks for newer ones, unless somebody points at those that are there, or reads on. */
export async function refresh() {
  if (held || selected.size > 0 || list.length > PAGE && query.view === "journal") {
    return;
  }
  await ask(false).catch(failed);
}

function failed(failure) {
  if (failure instanceof api.Refused && failure.status !== 401 && failure.status !== 403) {
    list = [];
    next = null;
    render(failure.status === 404 ? "These routes do not tell what is in the journal." : failure.message);
  } else {
    throw failure;
  }
}

async function ask(older) {
  const number = ++asked;
  const page = query.view === "latest" ? await latest() : await journal(older ? next : null);
  if (number !== asked) {
    return;
  }
  list = older ? [...list, ...page.messages] : page.messages;
  next = page.next;
  render(null);
}

async function latest() {
  const document = await api.get("status/messages");
  const messages = document.messages
    .filter((message) => (!query.state || message.outcome === query.state)
      && (!query.target || message.deliveries.some((delivery) => delivery.target === query.target))
      && message.id.startsWith(query.id))
    .slice(0, PAGE)
    .map((message) => ({
      id: message.id, received: message.received, entry: message.entry, state: message.outcome, tookMs: message.tookMs,
      problem: message.problem?.title, journaled: message.journaled,
      deliveries: message.deliveries.map((delivery) => ({ ...delivery, word: delivery.outcome })),
    }));
  return { messages, next: null };
}

async function journal(from) {
  const parameters = new URLSearchParams({ limit: PAGE });
  if (query.state) {
    parameters.set("state", query.state);
  }
  if (query.target) {
    parameters.set("target", query.target);
  }
  // ids are in the order of time: those with the same beginning stand together, and are found as a page is
  const after = from ?? (query.id ? query.id.padEnd(26, "Z") : null);
  if (after) {
    parameters.set("after", after);
  }
  const document = await api.get(`messages?${parameters}`);
  const messages = document.messages.filter((message) => message.id.startsWith(query.id)).map((message) => ({
    id: message.id, received: message.received, entry: message.entry, state: message.state, journaled: true,
    deliveries: Object.entries(message.deliveries).map(([target, delivery]) => ({
      target, ...delivery, word: delivery.state === "pending" && delivery.outcome ? delivery.outcome : delivery.state,
      undelivered: (delivery.state === "dead" || delivery.state === "pending") && !delivery.targetRemoved,
    })),
  }));
  const last = document.messages[document.messages.length - 1];
  return { messages, next: document.next && messages.length === document.messages.length ? last.id : null };
}

const canReplay = (message) => query.view === "journal" && message.deliveries.some((delivery) => delivery.undelivered);

const rows = new WeakMap();
let shown = new Map();

function render(problem) {
  parts.table.classList.toggle("picking", query.view === "journal");
  const kept = new Map();
  for (const message of list) {
    const row = shown.get(message.id + query.view) ?? h("tr", { role: "row", "data-id": message.id });
    whenChanged(row, [message, new Date().toDateString()], () => row.replaceChildren(...cells(message)));
    rows.set(row, message);
    kept.set(message.id + query.view, row);
  }
  const wanted = [...kept.values()];
  if (wanted.length !== parts.body.children.length || wanted.some((row, index) => parts.body.children[index] !== row)) {
    const focused = parts.body.contains(document.activeElement) ? document.activeElement : null;
    parts.body.replaceChildren(...wanted);
    focused?.focus();
  }
  shown = kept;
  parts.more.hidden = next === null;
  setText(parts.note, problem ?? (list.length === 0 ? empty() : query.view === "latest"
    ? "The latest as they were answered, journaled or not. They are kept in memory."
    : query.target && query.state
      ? `Messages whose delivery to ${query.target} is ${query.state === "complete" ? "made" : query.state === "pending" ? "pending" : "given up"}, newest first.`
      : "What is on disk, newest first."));
  parts.note.classList.toggle("empty", list.length === 0);
  picked();
}

function empty() {
  if (query.state || query.target || query.id) {
    return "No message is like that.";
  }
  return query.view === "latest"
    ? "No messages yet. They show up here as soon as one comes in."
    : "Nothing is in the journal. Messages get there by Prefer, an Idempotency-Key, the folder, or tandem.journal.sync=true.";
}

function cells(message) {
  return [
    h("td", { role: "cell", class: "pick" }, canReplay(message) ? h("input", {
      type: "checkbox", checked: selected.has(message.id), "aria-label": `Select ${message.id}`,
      onchange: (event) => {
        if (event.target.checked) {
          selected.add(message.id);
        } else {
          selected.delete(message.id);
        }
        picked();
      },
    }) : null),
    h("td", { role: "cell", class: "when" }, time(message.received)),
    h("td", { role: "cell" }, h("button", { type: "button", class: "id", title: message.id, "aria-label": `Show message ${message.id}`, onclick: () => openStory(message.id) },
      h("span", { class: "id-head" }, message.id.slice(0, SHORT - 8)), h("span", {}, message.id.slice(SHORT - 8)))),
    h("td", { role: "cell", class: "wide" }, message.entry),
    h("td", { role: "cell" }, chip(message.state)),
    h("td", { role: "cell", class: "deliveries" }, message.deliveries.length ? message.deliveries.map(delivery) : message.problem ? h("span", { class: "muted" }, message.problem) : h("span", { class: "muted" }, "–")),
    h("td", { role: "cell", class: "number wide took" }, message.tookMs === undefined ? "–" : took(message.tookMs)),
  ];
}

/** What a condition has left out is as it should be; what a breaker has kept back is not. */
const toneOf = (one) => (one.state === "dead" ? "bad" : one.word === "skipped" && one.problem ? "warn" : tone(one.word));

function delivery(one) {
  const more = [one.word];
  if (one.status) {
    more.push(String(one.status));
  }
  if (one.attempts > 1) {
    more.push(plural(one.attempts, "attempt"));
  }
  return h("span", { class: `delivery ${toneOf(one)}` }, h("span", { class: "dot", "aria-hidden": "true" }), `${one.target} `, h("span", { class: "muted" }, more.join(" · ")));
}

function selectAll(on) {
  selected.clear();
  if (on) {
    list.filter(canReplay).forEach((message) => selected.add(message.id));
  }
  parts.body.querySelectorAll("input[type=checkbox]").forEach((box) => { box.checked = on; });
  picked();
}

function picked() {
  parts.replay.hidden = query.view !== "journal";
  parts.replay.disabled = selected.size === 0;
  setText(parts.replay, selected.size ? `Replay ${plural(selected.size, "message")}` : "Replay selected");
  const possible = list.filter(canReplay).length;
  parts.all.disabled = possible === 0;
  parts.all.checked = possible > 0 && selected.size === possible;
  parts.all.indeterminate = selected.size > 0 && selected.size < possible;
}

/** Asks whether to replay, and does it. */
export function confirmReplay(ids) {
  const dialog = byId("confirm");
  const progress = h("progress", { max: ids.length, value: 0, hidden: true, "aria-label": "Progress of the replay" });
  const go = h("button", { class: "primary", type: "button" }, "Replay");
  const cancel = h("button", { type: "button", onclick: () => dialog.close() }, "Cancel");
  go.addEventListener("click", async () => {
    go.disabled = true;
    progress.hidden = false;
    const failures = await replay(ids, () => { progress.value++; });
    dialog.close();
    selected.clear();
    say(failures.length
      ? `${plural(ids.length - failures.length, "message")} will be tried again; ${failures.length} not: ${failures[0]}`
      : `${plural(ids.length, "message")} will be tried again now.`);
    dispatchEvent(new Event("tandem-replayed"));
  });
  dialog.replaceChildren(
    h("h2", { id: "confirm-title" }, `Replay ${plural(ids.length, "message")}?`),
    h("p", {}, "The targets that do not have it get it now. Those that have it do not get it again."),
    progress, h("div", { class: "actions" }, cancel, go));
  dialog.showModal();
  go.focus();
}

async function replay(ids, done) {
  const waiting = [...ids];
  const failures = [];
  const work = async () => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      try {
        await api.post(`messages/${id}/replay`);
      } catch (failure) {
        failures.push(failure.message);
      }
      done();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return failures;
}
