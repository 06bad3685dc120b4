// Asks `engine` and shows what it answers; the questions are those of stabkit/explorer/operations.py.
(() => {
  const sliders = { s: byId("s"), p: byId("p"), l1: byId("l1"), l2: byId("l2") };
  const exact = byId("s-exact");
  const SHARES = [...Array(19).keys()].map((k) => `${k + 1}/20`);
  const MISSING = "For this a page alone is not enough, as it has no numpy. Run “stabkit explore” in a terminal, and ask there.";

  const MORE = "Not simulated here: for that, run “stabkit explore”.";

  // --- Questions --------------------------------------------------------------------------------

  async function ask(name, question) {
    try {
      return await engine.ask(name, question);
    } catch (failure) {
      return { error: `No answer: ${failure.message}` };
    }
  }

  const wordsOf = (answer) => (answer.missing ? MISSING : answer.error);

  // Only the latest of questions of one kind is shown.
  const latest = {};
  function ticket(kind) {
    const mine = (latest[kind] = (latest[kind] || 0) + 1);
    return () => latest[kind] === mine;
  }

  function pair() {
    return { lengths: [Number(sliders.l1.value), Number(sliders.l2.value)], share: SHARES[sliders.p.value - 1] };
  }

  const question = () => ({ ...pair(), input: exact.value });

  // A threshold is asked for once; with one length the share is nothing.
  const thresholds = new Map();
  function threshold({ lengths, share }) {
    const key = lengths[0] === lengths[1] ? lengths.join() : `${lengths} ${share}`;
    if (!thresholds.has(key)) thresholds.set(key, ask("threshold", { lengths, share, input: "0" }));
    return thresholds.get(key);
  }

  // --- Two kinds of requests --------------------------------------------------------------------

  async function show() {
    const mine = ticket("mix"), asked = question();
    showControls(asked);
    const counts = await ask("counts", asked);
    if (!mine()) return;
    if (!counts.verdict) {
      text("engine", wordsOf(counts));
      return;
    }
    text("engine", "");
    showVerdictOf({ ...counts, total: counts.inside + counts.on + counts.outside });
    const [modes, run, line] = await Promise.all([ask("modes", asked), ask("demand", asked), threshold(asked)]);
    if (!mine() || !modes.modes || !run.demand || !line.intervals) return;
    showModes(counts, modes);
    text("run-text", `${drawRun(run.demand)}.`);
    showThreshold(asked, line);
    showChart();
  }

  function showControls({ lengths, share }) {
    const one = lengths[0] === lengths[1];
    const said = {
      p: one ? "one kind only" : percentOf(share),
      l1: counted(lengths[0], "step"),
      l2: counted(lengths[1], "step"),
    };
    for (const [name, words] of Object.entries(said)) {
      text(`${name}-value`, words);
      sliders[name].setAttribute("aria-valuetext", words);
    }
    sliders.s.setAttribute("aria-valuetext", counted(exact.value, "token"));
    const [above, below] = share.split("/").map(Number);
    text("command", one ? `stabkit analyze ${exact.value}:${lengths[0]}` :
      `stabkit analyze ${exact.value}:${lengths[0]}:${above} ${exact.value}:${lengths[1]}:${below - above}`);
  }

  function showModes(counts, { modes, pace }) {
    const placed = withFates(modes, counts.outside, counts.on);
    drawCircle({ ...counts, modes: placed, total: counts.inside + counts.on + counts.outside, step: null });
    withNote("radius", placed.length ? number(placed[0].modulus, 6) : "none", "the largest |λ|");
    text("pace-name", counts.verdict === "stable" ? "Halving time" : "Doubling time");
    const kind = counts.verdict === "stable" ? "lasts longest" : "grows fastest";
    withNote("pace", pace ? `${number(pace, pace < 100 ? 2 : 1)} steps` : "none", pace ? `of the swing that ${kind}` : "no swing grows");
  }

  function showThreshold({ lengths, share, input }, { star, finite, intervals }) {
    const s = Number(input), one = lengths[0] === lengths[1];
    const mix = one ? `outputs of ${lengths[0]}` : `outputs of ${lengths.join(" or ")}, p = ${percentOf(share)}`;
    const side = star && (s > star.at ? "above it" : s < star.at ? "below it" : "there");
    withNote("star", star ? short(star) : "none", star ? `s = ${input} is ${side}` : finite ? "stable at every s" : "no s is long enough");
    text("threshold-text", star ? `With ${mix}, the mix is stable for every prompt longer than s* = ${star.text} tokens.`
      : finite ? `With ${mix}, the mix is stable for every prompt length.`
        : `With ${mix}, no prompt is long enough.`);
    rows("intervals", intervals.map(({ low, high, verdict, unstable }) => {
      const line = low ? (high ? `${short(low)} < s < ${short(high)}` : `s > ${short(low)}`) : `0 ≤ s${high ? ` < ${short(high)}` : ""}`;
      const here = (!low || s > low.at) && (!high || s < high.at);
      return { cells: [line, [icon(KIND[verdict]), verdict], String(unstable)], current: here };
    }));
  }

  const short = ({ text: digits, at }) => (digits.length > 10 ? number(at, at < 100 ? 5 : 2) : digits);

  // --- The chart --------------------------------------------------------------------------------

  // In pixels: what is written in it is as large on a phone.
  const CHART = { height: 300, left: 44, top: 6, right: 14, bottom: 40, get width() { return byId("chart").clientWidth || 600; } };
  const inner = { get width() { return CHART.width - CHART.left - CHART.right; }, height: CHART.height - CHART.top - CHART.bottom };
  const pitch = inner.height / SHARES.length;
  const X = (s) => CHART.left + (inner.width * Math.min(s, Number(sliders.s.max))) / Number(sliders.s.max);
  const Y = (k) => CHART.top + pitch * (SHARES.length - k);
  const bands = [];  // what is known of the rows, by share

  // The input as it was typed; the slider and the chart reach as far.
  function showExact() {
    if (exact.value === "") return;
    sliders.s.max = Math.max(sliders.s.max, exact.value);
    sliders.s.value = exact.value;
    show();
  }

  async function chartLengths() {
    const mine = ticket("chart"), { lengths } = pair(), before = exact.value;
    bands.length = 0;
    const middle = await threshold({ lengths, share: "1/2" });
    if (!mine() || !middle.range) return;
    if (exact.value === before && Number(before) > middle.range) exact.value = middle.range;
    sliders.s.max = middle.range;
    sliders.s.step = Math.max(1, middle.range / 200);
    showExact();
    for (const share of SHARES) {
      const found = await threshold({ lengths, share });
      if (!mine()) return;
      bands.push(found.intervals || []);
      showChart();
    }
  }

  function showChart() {
    const total = Math.max(sliders.l1.value, sliders.l2.value) - 1;
    const edges = [], regions = [];
    bands.forEach((intervals, k) => {
      for (const { low, high, unstable, verdict } of intervals) {
        const x = X(low ? low.at : 0), end = X(high ? high.at : Infinity);
        const shade = verdict === "unstable" ? { "fill-opacity": shadeOf(unstable, total) } : { class: "region calm" };
        regions.push(drawn("rect", { class: "region", x, y: Y(k + 1), width: end - x, height: pitch + 0.3, ...shade }));
        if (low && low.at < sliders.s.max) edges.push(drawn("line", { class: "edge", x1: x, x2: x, y1: Y(k), y2: Y(k + 1) }));
      }
    });
    const s = Number(exact.value), share = Number(sliders.p.value);
    const ring = { cx: X(s), cy: Y(share - 0.5), r: 7 };
    const svg = byId("chart");
    svg.setAttribute("viewBox", `0 0 ${CHART.width} ${CHART.height}`);
    svg.replaceChildren(...regions, ...edges, ...axes(), ...stableWords(),
      drawn("circle", { class: "ring halo", ...ring }), drawn("circle", { class: "ring", ...ring }),
      drawn("rect", { class: "hit", x: CHART.left, y: CHART.top, width: inner.width, height: inner.height }));
    const counts = [...new Set(bands.flat().map((part) => part.unstable))].filter(Boolean).sort((a, b) => a - b);
    const few = counts.length > 6 ? [counts[0], counts[counts.length >> 1], counts[counts.length - 1]] : counts;
    legend("chart-legend", [
      [drawn("rect", { class: "frame", x: -7, y: -6, width: 14, height: 12 }), "stable"],
      ...few.map((n) => [drawn("rect", { class: "region", "fill-opacity": shadeOf(n, total), x: -7, y: -6, width: 14, height: 12 }),
        `${n} of ${total} grow`]),
    ]);
    svg.setAttribute("aria-label", `Numbers of growing modes by share and prompt length, for prompts up to ${sliders.s.max} tokens. `
      + `${bands.filter((row) => row.some((part) => part.verdict === "stable")).length} of ${bands.length} shares have stable prompt lengths.`);
  }

  const shadeOf = (unstable, total) => 0.15 + (0.85 * unstable) / total;

  function axes() {
    const parts = [drawn("rect", { class: "frame", x: CHART.left, y: CHART.top, width: inner.width, height: inner.height })];
    for (const part of [0, 0.25, 0.5, 0.75, 1]) {
      const s = part * sliders.s.max;
      parts.push(drawn("text", { class: part === 1 ? "end" : "middle", x: X(s), y: CHART.height - 24 }, s));
    }
    for (const k of [2, 6, 10, 14, 18]) {
      parts.push(drawn("text", { class: "end", x: CHART.left - 6, y: Y(k - 0.5) + 4 }, percentOf(SHARES[k - 1])));
    }
    parts.push(drawn("text", { class: "soft middle", x: CHART.left + inner.width / 2, y: CHART.height - 6 }, "prompt length s (tokens)"));
    return parts;
  }

  // The word where a stable region is widest.
  function stableWords() {
    let widest = [60];
    bands.forEach((intervals, k) => {
      for (const { low, high, verdict } of intervals) {
        const x = X(low ? low.at : 0), end = X(high ? high.at : Infinity);
        if (verdict === "stable" && end - x > widest[0]) widest = [end - x, (x + end) / 2, Y(k + 0.5)];
      }
    });
    return widest.length > 1 ? [drawn("text", { class: "middle", x: widest[1], y: widest[2] + 4 }, "stable")] : [];
  }

  addEventListener("resize", showChart);

  byId("chart").addEventListener("click", (event) => {
    const box = byId("chart").getBoundingClientRect();
    const across = (event.clientX - box.left - CHART.left) / inner.width;
    const up = SHARES.length - (event.clientY - box.top - CHART.top) / pitch;
    if (across < 0 || across > 1 || up < 0 || up > SHARES.length) return;
    sliders.s.value = across * sliders.s.max;
    exact.value = sliders.s.value;
    sliders.p.value = Math.ceil(up);
    show();
  });

  // --- A log ------------------------------------------------------------------------------------

  let log = null, dropped = null;

  async function read(file, columns) {
    const mine = ticket("log");
    byId("log-panel").hidden = false;
    text("log-title", file.name);
    text("log-name", "Reading …");
    for (const id of ["log-sentence", "log-proof", "log-facts"]) text(id, "");
    byId("log-mark").replaceChildren();
    answerOf("log-server", "");
    if (!columns) byId("log-columns").hidden = true;
    const found = await engine.read(file, columns).catch((failure) => ({ error: failure.message }));
    if (!mine()) return;
    log = found.log ? { log: found.log } : null;
    byId("log-server").hidden = log === null;
    if (log === null) {
      text("log-name", "Not read.");
      text("log-sentence", wordsOf(found));
      if (found.columns && !columns) offer(file, found.columns);
      return;
    }
    byId("log-capacity").value = found.capacity || "";
    text("log-facts", factsOf(found));
    text("log-name", "Counting …");
    const counts = await ask("counts", log);
    if (!mine()) return;
    showLogVerdict(counts);
    asked("log-server", log, "report");
  }

  // The columns of a log whose names say nothing; those chosen stay, to be corrected.
  function offer(file, names) {
    const form = byId("log-columns");
    dropped = file;
    for (const choice of form.querySelectorAll("select")) choice.replaceChildren(...names.map((name) => new Option(name, name)));
    form.elements.output.selectedIndex = Math.min(1, names.length - 1);
    form.hidden = false;
  }

  byId("log-columns").addEventListener("submit", (event) => {
    event.preventDefault();
    const { input, output } = event.target.elements;
    read(dropped, [input.value, output.value]);
  });

  function factsOf(found) {
    const requests = found.requests === null ? "A mix" : counted(found.requests.toLocaleString("en"), "request");
    const mean = `inputs of ${number(found.mean_input, 1)} and outputs of ${number(found.mean_output, 1)} tokens on average`;
    return [`${requests}: ${mean}; the longest output has ${found.longest.toLocaleString("en")}.`, ...found.remarks].join(" ");
  }

  function showLogVerdict(counts) {
    if (!counts.verdict) {
      text("log-name", "No verdict here.");
      text("log-sentence", wordsOf(counts));
      return;
    }
    const known = counts.outside !== null;
    byId("log-mark").replaceChildren(mark(KIND[counts.verdict], 0, 0, 8.5));
    text("log-name", `${counts.verdict[0].toUpperCase()}${counts.verdict.slice(1)}.`);
    text("log-sentence", known ? sentence({ ...counts, total: counts.inside + counts.on + counts.outside }) : "");
    text("log-proof", known ? proofOf(counts) : counts.reason);
  }

  const chosen = byId("file"), drop = byId("drop");
  byId("choose").addEventListener("click", () => chosen.click());
  chosen.addEventListener("change", () => {
    if (chosen.files.length) read(chosen.files[0]);
    chosen.value = "";
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.toggle("over", name === "dragover");
      if (name === "drop" && event.dataTransfer.files.length) read(event.dataTransfer.files[0]);
    });
  }

  // --- What is asked for in words ---------------------------------------------------------------

  function answerOf(id, words, kind = "words") {
    const place = byId(id).querySelector("pre");
    place.textContent = words;
    place.className = kind;
    place.hidden = !words;
    return place;
  }

  // How many characters of a report are beside each other, for which it is laid out.
  function columnsOf(place) {
    const ten = document.createElement("span");
    ten.textContent = "0123456789";
    place.append(ten);
    const columns = Math.floor((10 * place.clientWidth) / ten.getBoundingClientRect().width);
    ten.remove();
    return Math.min(Math.max(columns, 20), 120);
  }

  async function asked(id, about, name) {
    const mine = ticket(id);
    const capacity = byId(id).elements.capacity.value.trim();
    const place = answerOf(id, "Computing …", "report");
    place.setAttribute("aria-busy", "true");
    const found = await ask(name, { ...about, capacity, columns: columnsOf(place) });
    if (!mine()) return;
    const words = found.text && found.missing ? `${found.text}\n${MORE}` : found.text || wordsOf(found);
    answerOf(id, words, found.text ? "report" : "words").removeAttribute("aria-busy");
  }

  for (const [id, about] of [["mix-server", question], ["log-server", () => log]]) {
    byId(id).addEventListener("submit", (event) => {
      event.preventDefault();
      asked(id, about(), event.submitter ? event.submitter.name : "server");
    });
  }

  // --- Sliders ----------------------------------------------------------------------------------

  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  sliders.s.addEventListener("input", () => { exact.value = sliders.s.value; show(); });
  exact.addEventListener("input", showExact);
  sliders.p.addEventListener("input", show);
  for (const [name, other] of [["l1", "l2"], ["l2", "l1"]]) {
    // The shorter output pushes the longer one, and the other way round.
    sliders[name].addEventListener("input", () => {
      if (Number(sliders.l1.value) > Number(sliders.l2.value)) sliders[other].value = sliders[name].value;
      chartLengths();
    });
  }

  showControls(question());
  engine.ready.then(chartLengths, (failure) => text("engine", `The engine did not start: ${failure.message}`));
})();
