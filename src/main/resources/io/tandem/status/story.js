// What became of one message: its deliveries, each attempt on a common line of time, problems, replies.

import * as api from "./api.js";
import { byId, bytes, chip, h, plural, say, time, tone, took } from "./dom.js";
import { confirmReplay } from "./messages.js";

const MOST = 4096;

let openId = null;

const dialog = byId("story");
dialog.addEventListener("close", () => {
  openId = null;
  if (location.hash.startsWith("#message=")) {
    history.replaceState(null, "", location.pathname + location.search);
  }
});
// a click beside it
dialog.addEventListener("click", (event) => {
  const box = dialog.getBoundingClientRect();
  if (event.target === dialog && (event.clientX < box.left || event.clientX > box.right)) {
    dialog.close();
  }
});
addEventListener("tandem-replayed", () => {
  if (openId) {
    load(openId);
  }
});

export function openStory(id) {
  history.replaceState(null, "", `#message=${id}`);
  openId = id;
  dialog.replaceChildren(head(id), h("p", { class: "muted" }, "Looking it up"));
  if (!dialog.open) {
    dialog.showModal();
  }
  return load(id);
}

const head = (id) => h("header", { class: "story-head" },
  h("div", {}, h("h2", { id: "story-title" }, "Message"), h("code", { class: "whole-id" }, id)),
  h("button", { type: "button", class: "quiet", onclick: () => copy(id) }, "Copy id"),
  h("button", { type: "button", class: "quiet close", onclick: () => dialog.close() }, "Close"));

async function copy(id) {
  try {
    await navigator.clipboard.writeText(id);
    say("The id is copied.");
  } catch {
    say("The browser does not let this page copy.");
  }
}

async function load(id) {
  try {
    const remembered = await api.get(`status/message?id=${id}`);
    const journaled = remembered.message && !remembered.message.journaled ? null : await inJournal(id);
    if (openId === id) {
      dialog.replaceChildren(head(id), ...story(remembered, journaled));
    }
  } catch (failure) {
    dialog.replaceChildren(head(id), h("p", { class: "bad-text", role: "alert" }, failure.message));
  }
}

async function inJournal(id) {
  try {
    return await api.get(`messages/${id}`);
  } catch (failure) {
    if (failure instanceof api.Refused && (failure.status === 404 || failure.status === 503)) {
      return null;
    }
    throw failure;
  }
}

function story(remembered, journaled) {
  const message = remembered.message;
  if (!message && !journaled && !remembered.rounds.length) {
    return [h("p", {}, "Nothing is known of it. Messages that were not journaled are remembered until enough others have come, those in the journal for tandem.journal.keep.")];
  }
  const facts = [];
  const add = (label, value) => facts.push(h("div", {}, h("dt", {}, label), h("dd", {}, value)));
  add("State", chip(journaled?.state ?? message?.outcome ?? "pending"));
  if (journaled?.received ?? message?.received) {
    add("Received", time(journaled?.received ?? message.received));
  }
  if (journaled?.entry ?? message?.entry) {
    add("From", journaled?.entry ?? message.entry);
  }
  if (message) {
    add("Caller answered", `${message.outcome} after ${took(message.tookMs)}`);
  }
  if (journaled) {
    add("Content", `${journaled.contentType ?? "no content type"}, ${bytes(journaled.size)}`);
  }
  add("Kept", journaled ? "in the journal" : "in memory only");
  const undelivered = journaled ? Object.entries(journaled.deliveries).filter(([, one]) => (one.state === "dead" || one.state === "pending") && !one.targetRemoved) : [];
  return [
    h("dl", { class: "facts facts-fit" }, facts),
    message?.problem ? problem(message.problem) : null,
    undelivered.length ? h("div", { class: "replay-row" },
      h("button", { type: "button", class: "primary", onclick: () => confirmReplay([remembered.id]) }, `Replay to ${undelivered.map(([target]) => target).join(" and ")}`)) : null,
    h("h3", {}, "Attempts"),
    waterfall(remembered.rounds),
    h("h3", {}, "Deliveries"),
    deliveries(remembered.rounds, journaled),
  ].filter(Boolean);
}

// ---- attempts on a line of time

function waterfall(rounds) {
  if (!rounds.length) {
    return h("p", { class: "muted" }, "When each attempt was made is kept in memory, for the latest messages. Of this one it is not remembered any more; what came of it is below.");
  }
  const groups = [];
  for (const round of rounds) {
    const group = groups.find((one) => Math.abs(Date.parse(one.start) - Date.parse(round.start)) < 50);
    if (group) {
      group.rounds.push(round);
    } else {
      groups.push({ start: round.start, rounds: [round] });
    }
  }
  return h("div", { class: "falls" }, groups.map((group, index) => fall(group, index, groups.length)));
}

function fall(group, index, all) {
  const attempts = group.rounds.flatMap((round) => round.attempts);
  const end = Math.max(1, ...attempts.map((attempt) => attempt.endedMs), ...group.rounds.map((round) => round.delivery.tookMs));
  return h("div", { class: "fall" },
    h("p", { class: "fall-head" }, all > 1 ? `Round ${index + 1}, ` : "", time(group.start), h("span", { class: "muted" }, ` · ${took(end)}`)),
    h("ol", {}, group.rounds.map((round) => round.attempts.length
      ? round.attempts.map((attempt, number) => line(round, attempt, number, end))
      : h("li", {}, h("span", { class: "who" }, round.delivery.target), h("span", { class: "track" }),
        h("span", { class: "what" }, chip(round.delivery.outcome), " not sent")))),
    h("div", { class: "scale", "aria-hidden": "true" }, h("span", {}, "0"), h("span", {}, took(end / 2)), h("span", {}, took(end))));
}

function line(round, attempt, number, end) {
  const part = (from, to, kind) => {
    const bar = h("span", { class: `part ${kind}` });
    bar.style.setProperty("--from", `${(100 * from) / end}%`);
    bar.style.setProperty("--long", `${Math.max(0, (100 * (to - from)) / end)}%`);
    return bar;
  };
  const waited = attempt.sentMs - attempt.queuedMs;
  return h("li", { title: `waited ${took(waited)}, sent after ${took(attempt.sentMs)}, ended after ${took(attempt.endedMs)}` },
    h("span", { class: "who" }, round.delivery.target, round.attempts.length > 1 ? h("span", { class: "muted" }, ` attempt ${number + 1}`) : null),
    h("span", { class: "track", "aria-hidden": "true" }, part(attempt.queuedMs, attempt.sentMs, "wait"), part(attempt.sentMs, attempt.endedMs, tone(attempt.outcome))),
    h("span", { class: "what" }, chip(attempt.outcome, attempt.status ? `${attempt.outcome} ${attempt.status}` : attempt.outcome),
      h("span", { class: "figure" }, took(attempt.endedMs - attempt.sentMs)),
      waited >= 5 ? h("span", { class: "muted" }, `after ${took(waited)} of waiting`) : null));
}

// ---- what came of it

function deliveries(rounds, journaled) {
  const known = journaled
    ? Object.entries(journaled.deliveries)
    : [...new Map(rounds.map((round) => [round.delivery.target, round.delivery])).entries()];
  if (!known.length) {
    return h("p", { class: "muted" }, "None was made.");
  }
  return h("div", { class: "made" }, known.map(([target, one]) => h("article", { class: "made-one", "aria-label": target },
    h("h4", {}, target, " ", chip(one.state ?? one.outcome), one.outcome && one.state && one.outcome !== one.state ? h("span", { class: "muted" }, ` last: ${one.outcome}`) : null),
    h("p", { class: "muted" }, [
      plural(one.attempts, "attempt"),
      one.status ? `HTTP ${one.status}` : null,
      one.tookMs !== undefined ? took(one.tookMs) : null,
      one.inFlight ? "being attempted now" : null,
      one.targetRemoved ? "there is no such target any more" : null,
    ].filter(Boolean).join(" · "), one.nextAttempt ? [" · next attempt ", time(one.nextAttempt)] : null),
    one.problem ? problem(one.problem) : null,
    one.body !== undefined ? reply(one) : null)));
}

const problem = (what) => h("div", { class: "problem" }, h("strong", {}, what.title), what.detail ? h("p", {}, what.detail) : null, h("code", {}, what.type));

function reply(one) {
  const whole = typeof one.body === "string" ? one.body : JSON.stringify(one.body, null, 2);
  const text = h("pre", { tabindex: "0", "aria-label": "Reply" }, whole.slice(0, MOST));
  return h("details", { open: whole.length < 600 }, h("summary", {}, one.bodyEncoding ? `Reply, ${one.bodyEncoding}` : "Reply"), text,
    whole.length > MOST ? h("button", {
      type: "button", class: "quiet", onclick: (event) => {
        text.textContent = whole;
        event.target.remove();
      },
    }, `Show all ${bytes(whole.length)}`) : null);
}
