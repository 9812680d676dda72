// The running routes as a diagram: from where messages come, over the routes, to the targets.

import { rate, svg, setText, whenChanged } from "./dom.js";

const BOX = { width: 176, height: 46 };
const GAP = { along: 84, across: 22 };
const KINDS = { source: "from", route: "route", target: "target" };

let labels = new Map();
let upright = null;
let last = null;

export function showRoutes(place, routes) {
  last = routes;
  const narrow = place.clientWidth < 620;
  const shape = [routes.nodes, routes.edges.map((edge) => [edge.from, edge.to]), narrow];
  whenChanged(place, shape, () => {
    upright = narrow;
    place.replaceChildren(routes.nodes.length ? draw(routes, place.clientWidth - 34) : document.createTextNode("No route leads to a target."));
  });
  for (const edge of routes.edges) {
    const label = labels.get(`${edge.from} ${edge.to}`);
    if (label) {
      setText(label.text, edge.perSecond === undefined || edge.perSecond === null ? "" : rate(edge.perSecond));
      label.line.classList.toggle("flows", edge.perSecond > 0);
      label.pill.classList.toggle("hidden", label.text.textContent === "");
    }
  }
}

addEventListener("resize", () => {
  const place = document.getElementById("routes");
  if (last && place.clientWidth > 0) {
    showRoutes(place, last);
  }
});

/** How far each is from where messages come in: no arrow leads back, but for those of a loop. */
function layers(routes) {
  const depth = new Map(routes.nodes.map((node) => [node.id, 0]));
  for (let round = 0; round < routes.nodes.length; round++) {
    for (const edge of routes.edges) {
      const next = depth.get(edge.from) + 1;
      if (next > depth.get(edge.to) && next < routes.nodes.length) {
        depth.set(edge.to, next);
      }
    }
  }
  const deepest = Math.max(...depth.values());
  routes.nodes.filter((node) => node.kind === "target").forEach((node) => depth.set(node.id, deepest));
  const columns = Array.from({ length: deepest + 1 }, () => []);
  // who leads to the same place is kept together
  routes.nodes.forEach((node) => columns[depth.get(node.id)].push(node));
  for (let i = 1; i < columns.length; i++) {
    const before = columns[i - 1].map((node) => node.id);
    const rank = (node) => {
      const from = routes.edges.filter((edge) => edge.to === node.id).map((edge) => before.indexOf(edge.from)).filter((index) => index >= 0);
      return from.length ? from.reduce((sum, index) => sum + index, 0) / from.length : before.length;
    };
    columns[i] = columns[i].map((node) => [rank(node), node]).sort((one, other) => one[0] - other[0]).map(([, node]) => node);
  }
  return columns;
}

/** @param room how broad it may be when it is upright, as on a phone */
function draw(routes, room) {
  labels = new Map();
  const columns = layers(routes);
  const most = Math.max(...columns.map((column) => column.length));
  const box = upright ? { width: Math.min(150, Math.max(96, Math.floor(room / most) - 10)), height: 46 } : BOX;
  const across = upright ? box.width + 10 : box.height + GAP.across;
  const along = upright ? box.height + 46 : box.width + GAP.along;
  const breadth = most * across;
  const places = new Map();
  columns.forEach((column, depth) => column.forEach((node, index) => {
    const offset = (breadth - column.length * across) / 2 + index * across;
    places.set(node.id, upright ? { x: offset + 5, y: depth * along + 4 } : { x: depth * along + 4, y: offset + GAP.across / 2 });
  }));
  const width = upright ? breadth : columns.length * along - GAP.along + 8;
  const height = upright ? columns.length * along - 46 + 8 : breadth;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, role: "img", "aria-label": describe(routes) });
  picture.append(svg("defs", {}, svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto-start-reverse" },
    svg("path", { d: "M0 0.5 8 4 0 7.5z", class: "arrow-head" }))));
  for (const edge of routes.edges) {
    picture.append(arrow(edge, places.get(edge.from), places.get(edge.to), box));
  }
  for (const node of routes.nodes) {
    const { x, y } = places.get(node.id);
    const fits = Math.floor(box.width / (upright ? 6.6 : 7.6));
    const text = node.label.length > fits ? `${node.label.slice(0, fits - 1)}…` : node.label;
    picture.append(svg("g", { class: `node ${node.kind}` },
      svg("title", {}, node.description ? `${node.label}: ${node.description}` : node.label),
      svg("rect", { x, y, width: box.width, height: box.height, rx: node.kind === "source" ? box.height / 2 : 9 }),
      svg("text", { x: x + box.width / 2, y: y + 19, class: "kind" }, KINDS[node.kind] ?? ""),
      svg("text", { x: x + box.width / 2, y: y + 35, class: "name" }, text)));
  }
  return picture;
}

function arrow(edge, from, to, box) {
  const start = upright ? { x: from.x + box.width / 2, y: from.y + box.height } : { x: from.x + box.width, y: from.y + box.height / 2 };
  const end = upright ? { x: to.x + box.width / 2, y: to.y - 3 } : { x: to.x - 3, y: to.y + box.height / 2 };
  const middle = { x: (start.x + end.x) / 2, y: (start.y + end.y) / 2 };
  const path = upright
    ? `M${start.x} ${start.y}C${start.x} ${middle.y} ${end.x} ${middle.y} ${end.x} ${end.y}`
    : `M${start.x} ${start.y}C${middle.x} ${start.y} ${middle.x} ${end.y} ${end.x} ${end.y}`;
  const line = svg("path", { d: path, class: "edge", "marker-end": "url(#arrow)" });
  const pill = svg("rect", { x: middle.x - 23, y: middle.y - 10, width: 46, height: 20, rx: 10, class: "pill-back" });
  const text = svg("text", { x: middle.x, y: middle.y + 4, class: "rate" });
  labels.set(`${edge.from} ${edge.to}`, { line, pill, text });
  return svg("g", {}, line, pill, text);
}

function describe(routes) {
  const name = (id) => routes.nodes.find((node) => node.id === id)?.label ?? id;
  return `Messages go ${routes.edges.map((edge) => `from ${name(edge.from)} to ${name(edge.to)}`).join(", ")}.`;
}
