// What every page of stabkit draws with, and the pictures that they share. Nothing is computed here
// but positions on the page.
"use strict";

const byId = (id) => document.getElementById(id);
const PERCENT = "\u00a0%";
const FATE = {
  inside: ["dies out", "dies out"],
  on: ["stays", "neither grows nor dies out"],
  outside: ["grows", "grows"],
};
const PROOFS = {
  "schur-cohn": "by the Schur–Cohn recursion over the integers",
  "enestrom-kakeya": "by the Eneström–Kakeya theorem: with one output length every mode grows",
  winding: "by a winding number, every arc of the circle certified",
  flint: "by isolating every root",
  certificate: "by a theorem that proves instability without counting",
  none: "by no method",
};

// --- Small pieces -----------------------------------------------------------------------------

const text = (id, words) => { byId(id).textContent = words; };
const number = (value, places) => value.toFixed(places).replace("-", "−");
const counted = (n, noun) => `${n} ${noun}${n === 1 ? "" : "s"}`;
const percentOf = (share) => {
  const [above, below] = share.split("/").map(Number);
  return `${(100 * above) / below}${PERCENT}`;
};

function drawn(name, attributes, words) {
  const found = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) found.setAttribute(key, value);
  if (words !== undefined) found.textContent = words;
  return found;
}

// A mark tells by its shape what its colour tells too.
function mark(kind, x, y, r, halo = "") {
  if (kind === "inside") return drawn("circle", { class: `inside ${halo}`, cx: x, cy: y, r });
  if (kind === "outside") {
    const a = 0.38 * r, b = 1.1 * r;
    const corners = [[0, -a], [b - a, -b], [b, a - b], [a, 0], [b, b - a], [b - a, b], [0, a],
      [a - b, b], [-b, b - a], [-a, 0], [-b, a - b], [a - b, -b]];
    const points = corners.map(([u, v]) => `${(x + u).toFixed(2)},${(y + v).toFixed(2)}`);
    return drawn("polygon", { class: `outside ${halo}`, points: points.join(" ") });
  }
  if (kind === "on") {
    const d = 1.25 * r;
    return drawn("path", { class: `on ${halo}`, d: `M${x} ${y - d}l${d} ${d}l${-d} ${d}l${-d} ${-d}z` });
  }
  return drawn("rect", { class: kind, x: x - r, y: y - r, width: 2 * r, height: 2 * r });
}

const KIND = { stable: "inside", unstable: "outside", marginal: "on", undecided: "undecided" };

function legend(id, entries) {
  byId(id).replaceChildren(...entries.map(([shape, words]) => {
    const item = document.createElement("li");
    const icon = drawn("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
    icon.append(shape);
    item.append(icon, words);
    return item;
  }));
}

function rows(id, found) {
  const body = byId(id).querySelector("tbody");
  body.replaceChildren(...found.map(({ cells, current }) => {
    const row = document.createElement("tr");
    if (current) row.setAttribute("aria-current", "true");
    for (const cell of cells) {
      const place = document.createElement("td");
      place.append(...[cell].flat());
      row.append(place);
    }
    return row;
  }));
  byId(id).hidden = found.length === 0;
}

const triangle = (x, y, r) => drawn("path", { class: "outside", d: `M${x - r} ${y}h${2 * r}l${-r} ${-1.7 * r}z` });

function icon(kind) {
  const found = drawn("svg", { viewBox: "-8 -8 16 16", "aria-hidden": "true" });
  found.append(mark(kind, 0, 0, 5.5));
  return found;
}

function withNote(id, words, note) {
  const small = document.createElement("small");
  small.textContent = note;
  byId(id).replaceChildren(words, small);
}

// --- Words and pictures of a mix ---------------------------------------------------------------

function sentence(c) {
  if (c.total === 0) return "Every request takes one step, so nothing can swing.";
  const modes = c.total === 1 ? "The only mode" : `${c.outside} of ${c.total} modes`;
  if (c.verdict === "unstable") return `${modes} ${c.outside === 1 ? "grows" : "grow"}.`;
  if (c.verdict === "stable") return c.total === 1 ? "The only mode dies out." : `All ${c.total} modes die out.`;
  if (c.verdict === "marginal") return `${counted(c.on, "mode")} on the unit circle, none outside.`;
  return "No proof was found either way.";
}

// Modes of the upper half plane, largest modulus first, so that those outside come first.
function withFates(modes, outside, on) {
  let seen = 0;
  return modes.map(([x, y, modulus]) => {
    const kind = seen < outside ? "outside" : seen < outside + on ? "on" : "inside";
    seen += y ? 2 : 1;
    return { x, y, modulus, kind };
  });
}

function proofOf(c) {
  if (c.outside === null) return `Undecided ${PROOFS[c.method]}.`;
  return `Exact counts: ${c.inside} inside, ${c.on} on, ${c.outside} outside the unit circle. `
    + `Certified ${PROOFS[c.method]} (${c.method}).`;
}

function showVerdictOf(c) {
  byId("verdict-mark").replaceChildren(mark(KIND[c.verdict], 0, 0, 8.5));
  text("verdict-name", `${c.verdict[0].toUpperCase()}${c.verdict.slice(1)}.`);
  text("verdict-sentence", sentence(c));
  text("verdict-proof", proofOf(c));
}

function drawCircle(c) {
  const size = 340, middle = size / 2;
  const furthest = Math.max(1, ...c.modes.map((m) => m.modulus), c.step ? c.step.growth : 1);
  const limit = Math.max(1.3, Math.ceil(10 * (furthest + 0.15)) / 10);
  const scale = middle / limit;
  const X = (x) => middle + scale * x, Y = (y) => middle - scale * y;
  const parts = [
    drawn("circle", { class: "disc", cx: middle, cy: middle, r: scale }),
    drawn("line", { class: "faint", x1: 0, x2: size, y1: middle, y2: middle }),
    drawn("line", { class: "faint", y1: 0, y2: size, x1: middle, x2: middle }),
    drawn("circle", { class: "rim", cx: middle, cy: middle, r: scale }),
    drawn("text", { class: "soft end", x: X(1) - 7, y: middle + 18 }, "1"),
    drawn("text", { class: "soft", x: X(-1) + 7, y: middle + 18 }, "−1"),
    drawn("text", { class: "soft end", x: size - 2, y: middle - 5 }, "Re λ"),
    drawn("text", { class: "soft", x: middle + 5, y: 11 }, "Im λ"),
  ];
  for (let k = 1; c.step && k < c.gcd; k += 1) {
    const angle = (2 * Math.PI * k) / c.gcd, x = Math.cos(angle), y = Math.sin(angle);
    parts.push(mark("unity", X(x), Y(y), 3.5));
    parts.push(drawn("circle", { class: "predicted", cx: X(c.step.growth * x), cy: Y(c.step.growth * y), r: 10 }));
  }
  for (const m of c.modes) {
    parts.push(mark(m.kind, X(m.x), Y(m.y), 5.5, "halo"));
    if (m.y) parts.push(mark(m.kind, X(m.x), Y(-m.y), 5.5, "halo"));
  }
  const svg = byId("circle");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("aria-label", `Unit circle with ${counted(c.total, "mode")}: ${c.inside} inside, ${c.on} on it, ${c.outside} outside.`);
  svg.replaceChildren(...parts);
  const entries = [["inside", c.inside], ["on", c.on], ["outside", c.outside]]
    .filter(([kind, n]) => n > 0 || kind !== "on")
    .map(([kind, n]) => [mark(kind, 0, 0, 5.5), `${kind === "on" ? "on the circle" : kind}: ${FATE[kind][0]} (${n})`]);
  if (c.step) {
    entries.push([mark("unity", 0, 0, 3.5), "root of unity"]);
    entries.push([drawn("circle", { class: "predicted", r: 6 }), "predicted"]);
  }
  legend("modes-legend", entries);
  rows("modes", c.modes.map((m) => {
    const value = m.y ? `${number(m.x, 4)} ± ${number(m.y, 4)} i` : number(m.x, 4);
    return { cells: [[icon(m.kind), FATE[m.kind][0]], value, number(m.modulus, 5)] };
  }));
}

function drawRun(demand) {
  const width = 400, height = 305, left = 44, top = 14, bottom = 270;
  const pitch = (width - left - 4) / demand.length;
  const highest = Math.max(1.1, ...demand.map((d) => d.part));
  const Y = (part) => bottom - ((bottom - top) * part) / highest;
  const parts = [];
  demand.forEach(({ part, evicts }, k) => {
    const x = left + k * pitch, y = Math.min(Y(1), Y(part)), h = Math.abs(Y(1) - Y(part));
    const bar = { x: x + 0.15 * pitch, width: 0.7 * pitch, y, height: evicts ? Math.max(h, 1) : h };
    parts.push(drawn("rect", { class: evicts ? "outside" : "admits", ...bar }));
    if (evicts) parts.push(triangle(x + pitch / 2, y - 2, 0.5 * pitch));
  });
  parts.push(drawn("line", { class: "capacity", x1: left, x2: width, y1: Y(1), y2: Y(1) }));
  parts.push(drawn("line", { class: "axis", x1: left, x2: left, y1: top, y2: bottom }));
  parts.push(drawn("line", { class: "axis", x1: left, x2: width, y1: bottom, y2: bottom }));
  for (const part of [0, 0.5, 1, 1.5, 2].filter((v) => v <= highest)) {
    parts.push(drawn("text", { class: "end", x: left - 5, y: Y(part) + 4 }, `${100 * part}${PERCENT}`));
  }
  for (const step of [1, 24, 48, demand.length]) {
    const x = left + (step - 0.5) * pitch;
    parts.push(drawn("text", { class: "middle", x: Math.min(x, width - 8), y: bottom + 15 }, step));
  }
  parts.push(drawn("text", { class: "soft middle", x: (left + width) / 2, y: height - 5 }, "step"));
  const evicting = demand.flatMap(({ evicts }, k) => (evicts ? [k + 1] : []));
  const words = evicting.length === 0 ? `None of the first ${demand.length} steps evicts` :
    `Of the first ${demand.length} steps ${evicting.length} ${evicting.length === 1 ? "evicts" : "evict"}, the last of them step ${evicting[evicting.length - 1]}`;
  const svg = byId("run");
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("aria-label", `Bars of the memory demand in each step. ${words}.`);
  svg.replaceChildren(...parts);
  legend("run-legend", [
    [drawn("rect", { class: "admits", x: -6, y: -4, width: 12, height: 8 }), "admits"],
    [triangle(0, 5, 6), "evicts (marked)"],
    [drawn("line", { class: "capacity", x1: -8, x2: 8, y1: 0, y2: 0 }), "memory"],
  ]);
  return words;
}
