// Shows what scripts/make_handout.py has computed; the fields of the data are described there.
// What it draws with is in stabkit/explorer/sources/drawing.js.
(() => {
  const data = JSON.parse(byId("data").textContent);
  const head = data.head;
  const sliders = { s: byId("s"), p: byId("p"), l1: byId("l1"), l2: byId("l2") };

  // --- Data -------------------------------------------------------------------------------------

  const verdictOf = ([, on, outside]) => {
    if (outside === null) return "undecided";
    return outside > 0 ? "unstable" : on > 0 ? "marginal" : "stable";
  };

  const gcd = (a, b) => (b ? gcd(b, a % b) : a);

  function chosen() {
    const [s, p, l1, l2] = ["s", "p", "l1", "l2"].map((name) => Number(sliders[name].value));
    const records = data.pairs[`${l1},${l2}`];
    const record = records[l1 < l2 ? p : 0];
    const values = record.cells[s];
    const [inside, on, outside, method, modes, radius, pace, run, steps] = values;
    const upper = modes.split(" ").filter(Boolean).map((m) => m.split(",").map(Number));
    const units = upper.map(([x, y, modulus]) => [x / 1e4, y / 1e4, modulus / 1e5]);
    return {
      at: s, l1, l2, record, records, inside, on, outside, radius, pace, run,
      s: head.inputs[s], share: head.shares[p], shareAt: l1 < l2 ? p : 0, one: l1 === l2,
      total: l2 - 1, verdict: verdictOf(values), method: head.methods[method],
      modes: withFates(units, outside, on), demand: demands(steps, head.inputs[s]), gcd: gcd(l1, l2),
      step: values.length > 9 ? { growth: Number(values[9]), places: values[10], loss: values[11] } : null,
    };
  }

  // Memory demand over the capacity, and whether the step evicts.
  function demands(code, s) {
    return [...code].map((letter) => {
      const level = head.code.indexOf(letter);
      if (level < head.room) return { part: 1 - level / (head.room - 1), evicts: false };
      return { part: 1 + (level - head.room + 1) / (head.excess * (s + 1)), evicts: true };
    });
  }

  // --- Words ------------------------------------------------------------------------------------

  const outputs = (c) => (c.one ? `outputs of ${c.l1}` : `outputs of ${c.l1} or ${c.l2}`);

  function showControls(c) {
    const said = {
      s: counted(c.s, "token"),
      p: c.one ? "one kind only" : percentOf(c.share),
      l1: counted(c.l1, "step"),
      l2: counted(c.l2, "step"),
    };
    for (const [name, words] of Object.entries(said)) {
      text(`${name}-value`, words);
      sliders[name].setAttribute("aria-valuetext", words);
    }
  }

  function showVerdict(c) {
    showVerdictOf(c);
    text("meaning", meaning(c));
    withNote("radius", c.radius || "none", "the largest |λ|");
    text("pace-name", c.verdict === "stable" ? "Halving time" : "Doubling time");
    withNote("pace", c.pace ? `${c.pace} steps` : "none", paceNote(c));
    withNote("star", ...starWords(c));
    withNote("loss", ...lossWords(c));
  }

  function paceNote(c) {
    if (!c.pace) return c.total === 0 ? "nothing swings" : "no swing grows";
    return c.verdict === "stable" ? "of the swing that lasts longest" : "of the swing that grows fastest";
  }

  function meaning(c) {
    if (c.total === 0) return "The server is in its steady state from the first step.";
    if (c.verdict === "unstable") {
      return `Memory demand swings ever wider, doubling every ${c.pace} steps, until requests are `
        + "evicted and their work is lost.";
    }
    if (c.verdict === "marginal") {
      return "The mix stands exactly on the border: a disturbance neither grows nor dies out, and "
        + "the least change of the mix can tip it.";
    }
    if (c.verdict === "undecided") return "Neither stable nor unstable is claimed.";
    const settles = `Small disturbances die out, halving every ${c.pace} steps. `;
    if (c.run && c.run[1]) {
      return `${settles}But stability is local: started empty, the simulated server keeps evicting `
        + `for as long as it was watched, ${counted(head.longRun, "step")} at most.`;
    }
    const still = "Started empty, the simulated server evicts nothing once it has started up.";
    return `${settles}${c.run ? still : "The run from empty was too short to tell where it ends."}`;
  }

  function lossWords(c) {
    if (c.run === null) return ["not known", "the run was too short to tell"];
    const [ratio] = c.run;
    if (ratio === 1000) return [`below 0.05${PERCENT}`, "measured, started empty"];
    if (ratio > 1000) return ["none", `${number(ratio / 10, 1)}${PERCENT} of the steady state’s tokens`];
    return [`${number((1000 - ratio) / 10, 1)}${PERCENT}`, "of the steady state’s tokens, measured"];
  }

  // Where s is: "below", "at" or "above" s*.
  function side(c) {
    const where = c.record.at[c.at];
    if (where === -1 - c.record.star) return "at";
    return where >= 0 && c.record.intervals[where][1] === null ? "above" : "below";
  }

  function starWords(c) {
    if (c.record.star !== null) {
      const place = { below: `s = ${c.s} is below it`, at: "s is exactly there", above: `s = ${c.s} is above it` };
      const value = c.record.crossings[c.record.star];
      return [`${value[0]}${value[1] === null ? " exactly" : ""}`, place[side(c)]];
    }
    return c.record.finite ? ["none", "stable at every s"] : ["none", "no s is long enough"];
  }

  function showThreshold(c) {
    text("threshold-text", thresholdWords(c));
    const end = (k) => c.record.crossings[k][0];
    rows("intervals", c.record.intervals.map(([low, high, unstable], k) => {
      const verdict = unstable ? "unstable" : "stable";
      const from = low === null ? "0 ≤ s" : `${end(low)} < s`;
      const line = low !== null && high === null ? `s > ${end(low)}` : `${from}${high === null ? "" : ` < ${end(high)}`}`;
      return { cells: [line, [icon(KIND[verdict]), verdict], String(unstable)], current: k === c.record.at[c.at] };
    }));
  }

  function thresholdWords(c) {
    const mix = `${outputs(c)}${c.one ? "" : `, p = ${percentOf(c.share)}`}`;
    if (c.total === 0) return "Requests of a single step are served at once: stable for every prompt.";
    if (c.record.star !== null) {
      const [value, low, high] = c.record.crossings[c.record.star];
      const proof = low === null ? "exactly" : `(proved: ${low} < s* < ${high})`;
      const place = { below: "is below it", at: "is exactly that", above: "is above it" }[side(c)];
      return `With ${mix}, the mix is stable for every prompt longer than s* = ${value} ${proof}. `
        + `Your prompt of ${counted(c.s, "token")} ${place}.`;
    }
    if (c.record.finite) return `With ${mix}, the mix is stable for every prompt length.`;
    if (c.one) return "With one kind of request every mode grows, however long the prompt: there is no threshold.";
    const last = c.record.intervals[c.record.intervals.length - 1][2];
    return `With ${mix}, no prompt is long enough: the gcd is ${c.gcd}, and however long the prompts, `
      + `${counted(last, "mode")} ${last === 1 ? "keeps" : "keep"} growing.`;
  }

  function showRhythm(c) {
    const step = c.step;
    text("rhythm-loss", step ? `If all requests march in step, the loss is ${step.loss.replace(" ", "\u00a0")} of the steady state’s tokens (R10).` : "");
    byId("rhythm-loss").hidden = !step;
    if (!step) {
      text("rhythm-text", c.total === 0 ? "Every request takes a single step: there is nothing to march." : `gcd(${c.l1}, ${c.l2}) = 1: the outputs share no rhythm. In the limit of `
        + "long prompts no mode is left on the unit circle (R1), so long prompts do help; how long is what s* says.");
      rows("rhythm", []);
      return;
    }
    const n = c.gcd - 1;
    const shared = c.one ? `All requests take ${c.gcd} steps` :
      `gcd(${c.l1}, ${c.l2}) = ${c.gcd}: the outputs share a rhythm`;
    text("rhythm-text", `${shared}, and requests can fall in step. In the limit of long prompts ${n === 1 ? "one mode sits" : `${n} modes sit`} on the unit circle, at `
      + `${n === 1 ? "the root" : "the roots"} of unity ω. At s = ${c.s} the first-order prediction (R3b) is off the circle:`);
    rows("rhythm", step.places.map((place, k) => {
      const name = 2 * (k + 1) === c.gcd ? ["−1"] : ["e", power(k + 1, c.gcd), " and conjugate"];
      const found = place < 0 ? "no path certified" : number(c.modes[place].modulus, 5);
      return { cells: [name, number(step.growth, 5), found] };
    }));
  }

  function power(k, g) {
    const found = document.createElement("sup");
    const d = gcd(k, g);
    found.textContent = `${k === d ? "2" : 2 * (k / d)}πi/${g / d}`;
    return found;
  }

  // --- Pictures ---------------------------------------------------------------------------------

  function showRun(c) {
    const words = drawRun(c.demand);
    const end = c.run === null ? "The run was too short for long-run means." :
      `In the long run the simulator completes ${number(c.run[0] / 10, 1).replace(".0", "")}${PERCENT} of the steady state’s tokens `
      + `per step and ${c.run[1] ? "keeps evicting" : "evicts nothing"}.`;
    text("run-text", `${words}. ${end}`);
  }

  const MAP = { pitch: 15, left: 40, top: 4 };

  function showMap(c) {
    const { pitch, left, top } = MAP, count = c.records.length;
    const bottom = top + pitch * count;
    const X = (k) => left + pitch * (k + 0.5), Y = (k) => top + pitch * (count - k - 0.5);
    const parts = [];
    c.records.forEach((record, row) => {
      const name = c.one ? "" : percentOf(head.shares[row]);
      parts.push(drawn("text", { class: "end", x: left - 6, y: Y(row) + 4 }, name));
      record.cells.forEach((values, k) => parts.push(mark(KIND[verdictOf(values)], X(k), Y(row), 3.6)));
    });
    parts.push(...boundary(c.records, X, Y, pitch));
    for (const s of [0, 5, 10, 20, 50, 100, 300]) {
      const k = head.inputs.indexOf(s);
      parts.push(drawn("text", { class: "middle", x: X(k), y: bottom + 13 }, s));
    }
    parts.push(drawn("text", { class: "soft middle", x: X(12), y: bottom + 27 }, "prompt length s"));
    parts.push(drawn("circle", { class: "ring", cx: X(c.at), cy: Y(c.shareAt), r: 7.2 }));
    const size = [left + pitch * head.inputs.length + 4, bottom + 30];
    parts.push(drawn("rect", { class: "hit", x: left, y: top, width: size[0] - left - 4, height: bottom - top }));
    const stable = c.records.flatMap((r) => r.cells).filter((v) => verdictOf(v) === "stable").length;
    const svg = byId("map");
    svg.setAttribute("viewBox", `0 0 ${size[0]} ${size[1]}`);
    svg.setAttribute("aria-label", `Verdicts by share and prompt length: ${stable} of ${count * head.inputs.length} mixes are stable.`);
    svg.replaceChildren(...parts);
    const entries = ["stable", "marginal", "unstable"].map((v) => [mark(KIND[v], 0, 0, 5), v]);
    if (c.records.some((r) => r.star !== null)) entries.push([drawn("line", { class: "star", x1: 0, x2: 0, y1: -8, y2: 8 }), "s*"]);
    legend("map-legend", entries);
  }

  // Where s* lies between the columns, or on one.
  function boundary(records, X, Y, pitch) {
    return records.flatMap(({ star, at, intervals }, row) => {
      if (star === null) return [];
      const below = at.filter((k) => k >= 0 && intervals[k][1] !== null && intervals[k][1] <= star).length
        + at.filter((k) => k < 0 && -1 - k < star).length;
      const x = at.includes(-1 - star) ? X(below) : X(below - 0.5);
      return [drawn("line", { class: "star", x1: x, x2: x, y1: Y(row) - pitch / 2, y2: Y(row) + pitch / 2 })];
    });
  }

  // --- Events -----------------------------------------------------------------------------------

  function show() {
    const c = chosen();
    showControls(c);
    showVerdict(c);
    drawCircle(c);
    showRun(c);
    showThreshold(c);
    showRhythm(c);
    showMap(c);
    text("command", c.one ? `stabkit analyze ${c.s}:${c.l1}` : command(c));
  }

  function command(c) {
    const [above, below] = c.share.split("/").map(Number);
    return `stabkit analyze ${c.s}:${c.l1}:${above} ${c.s}:${c.l2}:${below - above}`;
  }

  // The shorter output pushes the longer one, and the other way round.
  function moved(name) {
    const [l1, l2] = [Number(sliders.l1.value), Number(sliders.l2.value)];
    if (l1 > l2) sliders[name === "l1" ? "l2" : "l1"].value = name === "l1" ? l1 : l2;
    show();
  }

  for (const name of Object.keys(sliders)) sliders[name].addEventListener("input", () => moved(name));

  for (const button of document.querySelectorAll("[data-mix]")) {
    button.addEventListener("click", () => {
      const [l1, l2, share, s] = button.dataset.mix.split(",");
      sliders.l1.value = l1;
      sliders.l2.value = l2;
      sliders.p.value = head.shares.indexOf(share);
      sliders.s.value = head.inputs.indexOf(Number(s));
      show();
    });
  }

  byId("map").addEventListener("click", (event) => {
    const svg = byId("map"), box = svg.getBoundingClientRect();
    const unit = svg.viewBox.baseVal.width / box.width;
    const column = Math.floor(((event.clientX - box.left) * unit - MAP.left) / MAP.pitch);
    const row = Math.floor(((event.clientY - box.top) * unit - MAP.top) / MAP.pitch);
    const count = sliders.l1.value === sliders.l2.value ? 1 : head.shares.length;
    if (column < 0 || column >= head.inputs.length || row < 0 || row >= count) return;
    sliders.s.value = column;
    if (count > 1) sliders.p.value = count - 1 - row;
    show();
  });

  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  show();
})();
