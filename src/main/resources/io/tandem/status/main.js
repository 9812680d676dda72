// Puts the page together, and asks again and again while somebody looks.

import * as api from "./api.js";
import { byId, h, setText, say } from "./dom.js";
import * as overview from "./overview.js";
import { showHistory, recolour } from "./charts.js";
import { showRoutes } from "./diagram.js";
import * as messages from "./messages.js";
import { openStory } from "./story.js";

const EVERY = 2000;
const RETRY = 5000;

let timer = null;
let asking = false;

async function ask() {
  if (asking) {
    return;
  }
  asking = true;
  clearTimeout(timer);
  let next = EVERY;
  try {
    const [status, history] = await Promise.all([api.get("status"), api.get("status/history")]);
    byId("sign-in").hidden = true;
    byId("content").hidden = false;
    overview.show(status);
    showRoutes(byId("routes"), status.routes);
    showHistory(history);
    messages.know(status);
    await messages.refresh();
    live("Live", "on");
  } catch (failure) {
    next = RETRY;
    if (failure instanceof api.Refused && (failure.status === 401 || failure.status === 403)) {
      signIn(failure);
      next = null;
    } else {
      live(failure instanceof api.Refused ? `Not now: ${failure.message}` : "No connection, trying again", "off");
    }
  } finally {
    asking = false;
  }
  if (next !== null && document.visibilityState === "visible") {
    timer = setTimeout(ask, next);
  }
}

function live(text, state) {
  setText(byId("live"), text);
  byId("live").dataset.state = state;
}

// nobody looks: nobody is asked
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && byId("sign-in").hidden) {
    ask();
  }
});

// who is known is not told again how to show it
let challenges = "";

function signIn(refused) {
  challenges = refused.challenges.includes("realm=") && refused.status === 401 ? refused.challenges : challenges;
  const box = byId("sign-in");
  byId("content").hidden = true;
  byId("forget").hidden = true;
  live("", "off");
  setText(byId("state"), "Locked");
  byId("state").className = "pill mute";
  const tried = api.hasCredential();
  api.useCredential(null);
  const ways = [];
  const key = /ApiKey .*?header="([^"]+)"/.exec(challenges);
  if (key) {
    ways.push({ label: "Key", credential: (_, secret) => ({ name: key[1], value: secret }) });
  }
  if (/\bBasic\b/.test(challenges)) {
    ways.push({
      label: "Name and password",
      named: true,
      credential: (name, secret) => ({ name: "Authorization", value: `Basic ${base64(`${name}:${secret}`)}` }),
    });
  }
  if (/\bBearer\b/.test(challenges)) {
    ways.push({ label: "Access token", credential: (_, secret) => ({ name: "Authorization", value: `Bearer ${secret}` }) });
  }
  const certificate = /\bClientCertificate\b/.test(challenges);
  let way = ways[0];
  const name = h("input", { id: "name", autocomplete: "username", spellcheck: "false" });
  const secret = h("input", { id: "secret", type: "password", autocomplete: "current-password", required: true });
  const nameRow = h("label", { for: "name" }, "Name", name);
  const secretLabel = h("span", {}, "");
  const choose = (chosen) => {
    way = chosen;
    nameRow.hidden = !chosen?.named;
    secretLabel.textContent = chosen?.named ? "Password" : (chosen?.label ?? "");
  };
  const kinds = ways.length < 2 ? null : h("label", { for: "way" }, "Sign in with",
    h("select", { id: "way", onchange: (event) => choose(ways[event.target.selectedIndex]) },
      ways.map((one) => h("option", {}, one.label))));
  choose(way);
  box.replaceChildren(...[
    h("h1", { id: "sign-in-title" }, "Who is looking?"),
    h("p", {}, refused.status === 403
      ? `You are known, but may not see messages: ${refused.message}`
      : "Tandem shows its status to those who may see messages. What you enter stays in the memory of this page."),
    tried && refused.status === 401 ? h("p", { class: "bad-text", role: "alert" }, "That was not accepted.") : null,
    ways.length === 0 ? null : h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        api.useCredential(way.credential(name.value, secret.value));
        enter();
      },
    }, kinds, nameRow, h("label", { for: "secret" }, secretLabel, secret), h("button", { class: "primary" }, "Sign in")),
    certificate ? h("button", {
      type: "button",
      onclick: () => {
        api.useCertificate();
        enter();
      },
    }, "Use this browser's certificate") : null,
  ].filter(Boolean));
  box.hidden = false;
  (nameRow.hidden ? secret : name).focus();
}

function enter() {
  byId("forget").hidden = !api.hasCredential();
  ask();
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

byId("forget").addEventListener("click", () => {
  // all that was shown goes with it
  location.reload();
});

const THEMES = ["auto", "light", "dark"];

function useTheme(theme) {
  document.documentElement.dataset.theme = theme;
  setText(byId("theme"), theme[0].toUpperCase() + theme.slice(1));
  byId("theme").setAttribute("aria-label", `Theme: ${theme}`);
  recolour();
}

byId("theme").addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(document.documentElement.dataset.theme) + 1) % THEMES.length];
  localStorage.setItem("tandem-theme", next);
  useTheme(next);
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
useTheme(THEMES.includes(localStorage.getItem("tandem-theme")) ? localStorage.getItem("tandem-theme") : "auto");

function followAddress() {
  const message = /^#message=([0-9A-Za-z]{26})$/.exec(location.hash);
  if (message) {
    openStory(message[1].toUpperCase());
  }
}

addEventListener("hashchange", followAddress);
messages.start(byId("message-list"));
overview.start({
  showDead: (target) => messages.show({ view: "journal", state: "dead", target }),
});
addEventListener("tandem-replayed", () => ask());
addEventListener("unhandledrejection", (event) => say(`Something went wrong on this page: ${event.reason?.message ?? ""}`));
ask().then(followAddress);
