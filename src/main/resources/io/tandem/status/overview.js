// How Tandem is now: what is wrong, the figures of the last minute, each target, the folder, Kafka, the edits.

import { byId, bytes, chip, count, h, lasting, plural, rate, setText, time, took, whenChanged } from "./dom.js";
import { chart, dropCharts } from "./charts.js";

let actions = {};

export function start(given) {
  actions = given;
}

export function show(status) {
  const state = byId("state");
  setText(state, status.ready ? "Ready" : "Not ready");
  state.className = `pill ${status.ready ? "good" : "bad"}`;
  document.title = status.ready ? "Tandem" : "Tandem: not ready";
  setText(byId("about"), `${status.version} · policy ${status.completion} · up ${lasting((Date.parse(status.at) - Date.parse(status.since)) / 1000)}`);
  whenChanged(byId("alerts"), alertsOf(status), () => replaceAlerts(alerts(status)));
  tiles(status);
  targets(status);
  inbox(status.inbox);
  kafka(status.kafka);
  whenChanged(byId("edits"), [status.reload, new Date().toDateString()], () => byId("edits").replaceChildren(...edits(status.reload)));
}

// ---- what is wrong

const alertsOf = (status) => [
  status.reasons, status.reload.refusal, status.reload.atNextStart, status.journal.unavailable, status.journal.removedTargets,
  status.inbox.unavailable, status.kafka?.state, status.kafka?.reason, status.targets.map((target) => [target.name, target.breaker, target.dead, target.token?.problem]),
];

/** What is told already stays as it is: nobody is to hear it twice, and a button that has the focus keeps it. */
function replaceAlerts(found) {
  const told = new Map([...byId("alerts").children].map((one) => [one.dataset.key, one]));
  const next = found.map((one) => {
    const known = told.get(one.dataset.key);
    if (known && known.textContent !== one.textContent) {
      known.firstChild.replaceChildren(...one.firstChild.childNodes);
    }
    return known ?? one;
  });
  if (next.length !== told.size || next.some((one, index) => byId("alerts").children[index] !== one)) {
    byId("alerts").replaceChildren(...next);
  }
}

/** @param key by which it is known again */
function alert(key, tone, title, ...parts) {
  const more = parts.flat();
  return h("div", { class: `alert ${tone}`, "data-key": `${key} ${tone}`, role: tone === "bad" ? "alert" : null }, h("div", {}, h("strong", {}, title), more.filter((one) => one.tagName !== "BUTTON")), more.filter((one) => one.tagName === "BUTTON"));
}

function alerts(status) {
  const found = [];
  const refusal = status.reload.refusal;
  if (refusal) {
    found.push(alert("edit", "bad", "The last edit was refused",
      h("p", {}, "Saved ", time(refusal.at), `. What has been running since `, time(status.reload.runningSince), " goes on; save a mended file, and it takes effect."),
      faults(refusal.faults)));
  }
  if (!status.ready) {
    found.push(alert("ready", "bad", "A message that comes now can't meet the completion policy", status.reasons.map((reason) => h("p", {}, reason))));
  }
  for (const target of status.targets) {
    const told = status.reasons.some((reason) => reason.startsWith("breakers:") && reason.includes(` ${target.name}:`));
    if (target.breaker === "open" && !told) {
      found.push(alert(`breaker ${target.name}`, "bad", `${target.name} is left alone`, h("p", {}, "It has failed too often of late: its circuit breaker is open. It is tried again by itself.")));
    }
    if (target.token?.problem) {
      found.push(alert(`token ${target.name}`, target.token.usable ? "warn" : "bad", `${target.name}: no new access token`,
        h("p", {}, target.token.problem, target.token.usable ? " The one at hand goes on being used." : "")));
    }
    if (target.dead > 0) {
      found.push(alert(`dead ${target.name}`, "warn", `${plural(target.dead, "delivery", "deliveries")} to ${target.name} given up`,
        h("p", {}, "Nothing is lost: replay them when the target takes them again."),
        h("button", { type: "button", onclick: () => actions.showDead(target.name) }, `Show dead deliveries to ${target.name}`)));
    }
  }
  if (status.journal.unavailable) {
    found.push(alert("journal", "bad", "The journal takes nothing new", h("p", {}, status.journal.unavailable)));
  }
  if (status.inbox.unavailable) {
    found.push(alert("inbox", "bad", "No files are taken", h("p", {}, status.inbox.unavailable)));
  }
  if (status.kafka?.reason) {
    const { state, reason } = status.kafka;
    found.push(alert(`kafka ${state}`, state === "disconnected" ? "bad" : "warn", KAFKA_TROUBLE[state] ?? "Replies for Kafka wait in the journal",
      h("p", {}, reason, ". It goes on by itself as soon as that is over.")));
  }
  for (const [target, waiting] of Object.entries(status.journal.removedTargets)) {
    found.push(alert(`removed ${target}`, "warn", `${plural(waiting, "delivery waits", "deliveries wait")} for ${target}`, h("p", {}, "There is no such target any more: configure it again, and they go on.")));
  }
  if (status.reload.atNextStart.length) {
    found.push(alert("start", "note", "Edits that take effect at the next start", faults(status.reload.atNextStart)));
  }
  // what is broken stands before what can wait
  return ["bad", "warn", "note"].flatMap((kind) => found.filter((one) => one.classList.contains(kind)));
}

const place = (fault) => fault.file + (fault.line > 0 ? `:${fault.line}` : "") + (fault.column > 0 ? `:${fault.column}` : "");

function faults(list) {
  return h("ul", { class: "faults" }, list.map((fault) => h("li", {}, h("code", {}, place(fault)), h("span", {}, fault.reason))));
}

// ---- figures

const tileParts = new Map();

function tile(id, label) {
  if (!tileParts.has(id)) {
    const value = h("span", { class: "value" });
    const unit = h("span", { class: "unit" });
    const note = h("dd", { class: "note" });
    byId("tiles").append(h("div", { class: "tile" }, h("dt", {}, label), h("dd", { id: `tile-${id}`, class: "figure" }, value, unit), note));
    tileParts.set(id, { value, unit, note });
  }
  return tileParts.get(id);
}

function set(id, label, value, unit, note, tone = "") {
  const parts = tile(id, label);
  setText(parts.value, value);
  setText(parts.unit, unit);
  setText(parts.note, note);
  parts.value.className = `value ${tone}`;
}

function tiles(status) {
  const outcomes = status.traffic.outcomes;
  const got = (name) => outcomes[name] ?? 0;
  const wrong = got("failed") + got("partial") + got("error");
  const answered = got("complete") + wrong;
  set("rate", "Messages", rate(status.traffic.perSecond), "/s", `${count(Object.entries(outcomes).filter(([name]) => name !== "refused").reduce((sum, [, n]) => sum + n, 0))} in the last minute`);
  set("complete", "Complete", answered ? `${percent(got("complete") / answered)}` : "–", answered ? "%" : "",
    answered ? `${count(got("partial"))} partial, ${count(got("failed") + got("error"))} failed` : "no answers in the last minute", wrong ? "warn-text" : "");
  set("flight", "In flight", count(status.inFlight), "", got("refused") ? `${count(got("refused"))} refused in the last minute` : "none refused");
  const dead = status.targets.reduce((sum, target) => sum + target.dead, 0);
  set("pending", "Waiting", count(status.journal.pending), "", status.journal.pending ? `oldest ${oldest(status)}` : "nothing is owed");
  set("dead", "Given up", count(dead), "", dead ? "replay them below" : "no dead deliveries", dead ? "bad-text" : "");
}

function oldest(status) {
  const times = status.targets.map((target) => target.oldest).filter(Boolean).sort();
  return times.length ? lasting((Date.parse(status.at) - Date.parse(times[0])) / 1000) : "just now";
}

/** Never 100 while something is missing. */
function percent(share) {
  const value = Math.floor(share * 1000) / 10;
  return share === 1 ? "100" : value.toFixed(1);
}

// ---- targets

const cards = new Map();

function targets(status) {
  whenChanged(byId("targets"), status.targets.map((target) => [target.name, Boolean(target.token)]), () => {
    dropCharts();
    cards.clear();
    byId("targets").replaceChildren(...status.targets.map(card));
  });
  for (const target of status.targets) {
    update(cards.get(target.name), target);
  }
}

function fact(label) {
  const value = h("dd", {});
  return { row: h("div", {}, h("dt", {}, label), value), value };
}

function card(target) {
  const parts = {
    state: h("span", { class: "chip mute" }),
    rate: fact("Rate"), p50: fact("p50"), p99: fact("p99"), errors: fact("Errors"),
    owed: fact("Waiting"), dead: fact("Given up"), calls: fact("Under way"), retries: fact("Retries"), breaker: fact("Breaker"),
  };
  let token = null;
  if (target.token) {
    parts.life = h("progress", { max: 1, value: 0, "aria-label": `Life of the access token for ${target.name}` });
    parts.lifeText = h("span", {});
    token = h("div", { class: "token" }, h("span", { class: "label" }, "Token"), parts.life, parts.lifeText);
  }
  cards.set(target.name, parts);
  return h("article", { class: "panel target", "data-target": target.name, "aria-label": target.name },
    h("header", {}, h("h3", {}, target.name), parts.state),
    h("dl", { class: "facts lead" }, parts.rate.row, parts.p50.row, parts.p99.row, parts.errors.row),
    h("div", { class: "charts" },
      h("div", {}, h("h4", {}, "Deliveries"), chart(target.name, "rate")),
      h("div", {}, h("h4", {}, "Time per delivery"), chart(target.name, "latency"))),
    h("dl", { class: "facts rest" }, parts.breaker.row, parts.calls.row, parts.retries.row, parts.owed.row, parts.dead.row),
    token);
}

function update(parts, target) {
  const lately = target.lastMinute;
  const made = lately.delivered + lately.undelivered;
  const share = made ? lately.undelivered / made : null;
  setText(parts.rate.value, `${rate(lately.perSecond)}/s`);
  setText(parts.p50.value, took(lately.p50));
  setText(parts.p99.value, took(lately.p99));
  setText(parts.errors.value, share === null ? "–" : `${share === 0 ? 0 : Math.max(0.1, Math.round(share * 1000) / 10)} %`);
  parts.errors.value.className = share ? "bad-text" : "";
  setText(parts.calls.value, target.waiting ? `${count(target.calls)} + ${count(target.waiting)} in line` : count(target.calls));
  setText(parts.breaker.value, target.breaker ?? "none");
  setText(parts.retries.value, count(target.retries));
  setText(parts.owed.value, count(target.pending));
  setText(parts.dead.value, count(target.dead));
  parts.dead.value.className = target.dead ? "bad-text" : "";
  const [word, text] = condition(target, share);
  setText(parts.state, text);
  parts.state.className = `chip ${word}`;
  if (target.token && parts.life) {
    const { ageSeconds: age, remainingSeconds: left } = target.token;
    const whole = (age ?? 0) + (left ?? 0);
    parts.life.value = left === undefined || whole <= 0 ? (target.token.usable ? 1 : 0) : Math.max(0, left / whole);
    setText(parts.lifeText, !target.token.usable ? "none" : left === undefined ? "does not say when it expires" : `${lasting(left)} left`);
  }
}

function condition(target, share) {
  switch (target.breaker) {
    case "open":
      return ["bad", "Breaker open"];
    case "half-open":
      return ["warn", "Breaker half open"];
    default:
      return share === null ? ["mute", "Idle"] : share === 0 ? ["good", "Delivering"] : share < 1 ? ["warn", "Failing in part"] : ["bad", "Failing"];
  }
}

// ---- folder

function inbox(folder) {
  byId("inbox").hidden = !folder.enabled;
  whenChanged(byId("files"), folder, () => {
    const waiting = folder.waiting === 0 ? "No file waits." : `${folder.waiting >= 100_000 ? "100,000 files or more wait" : plural(folder.waiting, "file waits", "files wait")}.`;
    byId("files").replaceChildren(
      h("p", { class: "empty-line" }, folder.files.length ? `${plural(folder.files.length, "file", "files")} being worked on. ${waiting}` : waiting + " Drop one into the inbox to send its records."),
      ...folder.files.map((file) => {
        const done = file.size > 0 ? Math.min(1, file.read / file.size) : 0;
        return h("div", { class: "file" },
          h("span", { class: "file-name" }, file.name),
          h("progress", { max: 1, value: done, "aria-label": `Progress of ${file.name}` }),
          h("span", { class: "file-note" }, `${Math.floor(done * 100)} % of ${bytes(file.size)} · ${plural(file.answered, "record")} answered`,
            file.undelivered ? h("span", { class: "bad-text" }, ` · ${count(file.undelivered)} not delivered`) : null));
      }));
  });
}

// ---- Kafka

const KAFKA_STATES = {
  connecting: ["mute", "Connecting"], disconnected: ["bad", "Disconnected"], "without-partitions": ["note", "Without partitions"],
  held: ["warn", "Held"], running: ["good", "Running"], stopped: ["mute", "Stopped"],
};

const KAFKA_NOTES = {
  connecting: "The brokers are being asked.", disconnected: "They are tried again and again.",
  "without-partitions": "Others of the group have all of them, or they are being shared out.", held: "What is in the topics waits there.",
};

const KAFKA_TROUBLE = { disconnected: "Kafka's brokers can't be used", held: "Records wait at Kafka's brokers" };

function kafka(entry) {
  byId("kafka").hidden = !entry;
  if (!entry) {
    return;
  }
  whenChanged(byId("topics"), entry, () => {
    const [tone, text] = KAFKA_STATES[entry.state] ?? ["mute", entry.state];
    const figure = (label, value, className = null) => h("div", {}, h("dt", {}, label), h("dd", { class: className }, value));
    const letters = entry.refused + entry.givenUp;
    byId("topics").replaceChildren(
      h("p", { class: "empty-line" }, h("span", { class: `chip ${tone}` }, text), ` ${KAFKA_NOTES[entry.state] ?? ""} Group ${entry.group}.`),
      h("dl", { class: "facts facts-fit" },
        figure("Partitions", entry.held ? `${count(entry.taking)} + ${count(entry.held)} held` : count(entry.taking)),
        figure("Under way", plural(entry.underWay, "record")),
        figure("Replies", entry.replyTopic ? count(entry.replies) : "none wanted"),
        figure("Dead letters", letters ? `${count(entry.refused)} no messages, ${count(entry.givenUp)} given up` : "0", letters ? "bad-text" : null)),
      h("ul", { class: "topics" }, entry.topics.map((topic) => h("li", { "data-topic": topic.name },
        h("span", { class: "file-name" }, topic.name),
        h("span", { class: "file-note" }, topic.lag === undefined ? "lag not known" : topic.lag === 0 ? "nothing waits" : `${plural(topic.lag, "record waits", "records wait")}`)))));
  });
}

// ---- edits

function edits(reload) {
  if (!reload.enabled) {
    return [h("p", { class: "empty-line" }, "Edits take effect at the next start: tandem.reload is false.")];
  }
  const now = h("p", { class: "empty-line" }, "What runs now has been running since ", time(reload.runningSince), ". Edits of routes and settings take effect as soon as they are saved.");
  if (!reload.latest.length) {
    return [now];
  }
  return [now, h("ol", { class: "edit-list" }, reload.latest.map((edit) => h("li", {},
    h("div", { class: "edit" }, chip(edit.faults.length ? "refused" : "applied"), time(edit.at),
      h("span", { class: "edit-files" }, edit.files.join(", ")), h("span", { class: "muted" }, took(edit.tookMs))),
    edit.faults.length ? faults(edit.faults) : null)))];
}

