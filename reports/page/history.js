/* The history: what was compared with earlier runs, and suspects and repeat offenders run by run. */
const past = data.history || {};
const runSource = (run) => `${past.file}: run ${run.id}`;
const sayRun = (run) => `${run.start_utc.replace("T", " ").replace("Z", "")} ${run.name}`;
const findingLink = (id) => id ? el("a", { href: "#" + id, onclick: () => showFinding(id) }, id) : "";

/* Of many, the first are drawn at once, the others when someone wants them. */
const livesAtOnce = 8;
let drawAllLives = () => {};
const toLife = (i, words) => el("a", { href: "#life" + i, onclick: () => { if (i >= livesAtOnce) drawAllLives(); } }, words);
function lifeCards(toRows) {
  const cards = (from, to) => el("div", { class: "lives" }, past.lives.slice(from, to).map((life, i) => lifeCard(life, from + i, toRows)));
  if (past.lives.length <= livesAtOnce) return cards(0);
  const more = el("details", {}, el("summary", {}, `${count(past.lives.length - livesAtOnce)} more parts`));
  const draw = () => { if (more.children.length === 1) more.append(cards(livesAtOnce)); };
  more.addEventListener("toggle", () => { if (more.open) draw(); });
  drawAllLives = () => { more.open = true; draw(); };
  return [cards(0, livesAtOnce), more];
}

/* From what a finding says of earlier runs to the picture of them. */
function lifeLink(f, e) {
  const at = e.file === past.file ? (past.lives || []).findIndex((life) => f.suspects.some((s) => life.names.includes(s.component))) : -1;
  return at < 0 ? null : toLife(at, el("code", {}, e.file));
}

/* How far a step or drift reaches back: the last runs that measured the part. */
function declines(life, line) {
  const measured = line.values.map((v, i) => v ? i : -1).filter((i) => i >= 0);
  return past.shifts.filter((s) => s.runs > 0 && s.question === line.question && life.names.includes(s.of)).map((s) => [measured[Math.max(0, measured.length - s.runs)], s]);
}

function lifeText(life, line, i) {
  const [ratio, bw, n] = line.values[i], run = past.runs[i], found = life.found[i];
  return `${sayRun(run)}: ${line.question} ${percent(ratio)} of its peers${line.question.startsWith("gpu ") ? "" : ", median " + rate(bw)}, ${plural(n, "measurement")}${found ? "; found: " + found : ""}${run.changed ? "; changed since the run before: " + run.changed : ""} (${runSource(run)})`;
}

const dashes = ["none", "6 3", "2 3", "8 3 2 3"];
function lifeChart(life) {
  const w = 560, h = 176, left = 46, right = 12, top = 12, bottom = 26;
  const all = life.lines.flatMap((l) => l.values.filter(Boolean).map((v) => v[0])), low = Math.min(0.9, ...all) - 0.02, high = Math.max(1, ...all) + 0.02, last = Math.max(1, past.runs.length - 1);
  const X = (i) => past.runs.length > 1 ? left + i / last * (w - left - right) : w / 2, Y = (v) => top + (high - v) / (high - low) * (h - top - bottom);
  const chart = svg("svg", { viewBox: `0 0 ${w} ${h}`, role: "group", "aria-label": `${life.names[0]}, share of its peers run by run; arrow keys go from run to run` });
  const text = (x, y, t, anchor) => { const n = svg("text", { x, y, "text-anchor": anchor }); n.textContent = t; chart.append(n); };
  const step = high - low > 0.5 ? 0.25 : high - low > 0.2 ? 0.1 : 0.05;
  for (let v = Math.ceil(low / step) * step; v <= high; v += step) { chart.append(svg("line", { x1: left, x2: w - right, y1: Y(v), y2: Y(v), stroke: Math.abs(v - 1) < 1e-9 ? "var(--dim)" : "var(--line)" })); text(left - 6, Y(v) + 4, percent(v), "end"); }
  past.runs.forEach((run, i) => {
    if (life.found[i]) chart.append(svg("rect", { x: X(i) - 4, y: h - bottom + 1, width: 8, height: 5, fill: "var(--fail)" }));
    if (run.changed) chart.append(svg("line", { x1: X(i), x2: X(i), y1: top, y2: h - bottom, stroke: "var(--warn)", "stroke-dasharray": "2 3" }));
  });
  text(left, h - 6, past.runs[0].start_utc.slice(0, 10), "start");
  if (past.runs.length > 1) text(w - right, h - 6, past.runs[last].start_utc.slice(0, 10), "end");
  const dots = life.lines.map((line, k) => {
    const hue = hues[k % hues.length], parts = [[]];
    for (const [from] of declines(life, line)) chart.append(svg("rect", { x: X(from) - 6, y: top, width: X(last) - X(from) + 12, height: h - top - bottom, fill: "var(--warn)", opacity: 0.16 }));
    line.values.forEach((v, i) => v ? parts.at(-1).push(`${X(i)},${Y(v[0])}`) : parts.push([]));
    for (const points of parts) if (points.length > 1) chart.append(svg("polyline", { points: points.join(" "), fill: "none", stroke: hue, "stroke-width": 1.8, "stroke-dasharray": dashes[k % dashes.length] }));
    return line.values.map((v, i) => i).filter((i) => line.values[i]).map((i, at) => {
      const says = lifeText(life, line, i), dot = svg("circle", { cx: X(i), cy: Y(line.values[i][0]), r: 3.5, fill: life.found[i] ? "var(--fail)" : hue, tabindex: -1, role: "img", "aria-label": says, "data-place": `${k},${at}` });
      explain(dot, () => says);
      return dot;
    });
  });
  chart.append(...dots.flat());
  roving(chart, (r, c) => (dots[r] || [])[Math.min(c, (dots[r] || []).length - 1)]);
  return chart;
}
function lifeKeys(life) {
  const key = (line, k) => { const sample = svg("svg", { width: 26, height: 8, "aria-hidden": "true" }); sample.append(svg("line", { x1: 0, x2: 24, y1: 4, y2: 4, stroke: hues[k % hues.length], "stroke-width": 2, "stroke-dasharray": dashes[k % dashes.length] })); return el("span", {}, sample, " " + line.question); };
  return el("div", { class: "keys dim" }, life.lines.map(key));
}

/* Made when it is opened. */
function lifeTable(life) {
  const box = el("details", {}, el("summary", {}, "The same as a table"));
  const rows = () => past.runs.map((run, i) => [sayRun(run), ...life.lines.map((l) => l.values[i] && l.values[i][0]), life.lines[0].question.startsWith("gpu ") || !life.lines[0].values[i] ? null : life.lines[0].values[i][1], life.lines[0].values[i] && life.lines[0].values[i][2], life.found[i], run.changed, runSource(run)]).reverse();
  const columns = [{ name: "run", title: "run" }, ...life.lines.map((l) => ({ name: l.question, title: l.question, show: percent })), { name: "bw_Bps", title: "rate", show: rate }, { name: "measurements", title: "measurements", show: (v) => known(v) ? count(v) : "" },
    { name: "found", title: "found" }, { name: "changed", title: "changed" }, { name: "from", title: "from", left: true, show: (v) => el("code", {}, v) }];
  box.addEventListener("toggle", () => { if (box.open && box.children.length === 1) box.append(table(columns, rows(), 15).node, el("p", { class: "dim" }, "On a terminal: ", el("code", {}, `plumb-report history ${past.file} ${life.names[0]}`))); });
  return box;
}
function lifeCard(life, i, toRows) {
  const own = new Set(life.names), host = (id) => own.has(id) || own.has(hostOf(id));
  const rows = pairs.rows.filter(([src, dst]) => host(pairs.ends[src]) || host(pairs.ends[dst])).length;
  const tonight = rows ? el("button", { type: "button", class: "link", onclick: () => toRows(life.names[0], (row) => host(row[0]) || host(row[1])) }, `its ${plural(rows, "row")} of this run`) : null;
  const more = life.names.slice(1), facts = [life.serials.length ? `serial number ${life.serials.join(", ")}` : "", `flagged in ${life.flagged} of ${plural(past.runs.length, "run")}`];
  return el("div", { class: "life", id: "life" + i }, el("h3", {}, findingLink(life.finding), " ", life.names[0]),
    el("p", { class: "dim" }, more.length ? `measured together with ${more.join(", ")}; ` : "", facts.filter(Boolean).join("; "), tonight ? "; " : "", tonight), lifeChart(life), lifeKeys(life), lifeTable(life));
}

function shiftTable() {
  const findingOf = (s) => (findings.find((f) => (f.evidence || []).some((e) => e.says === s.says)) || {}).id || "";
  const rows = past.shifts.map((s) => [findingOf(s), s.what, s.of, s.now, s.says, `${past.file}: runs ${past.from_id} to ${past.to_id}, and this one`]);
  const columns = [{ name: "finding", title: "finding", left: true, show: findingLink }, { name: "what", title: "what" }, { name: "of", title: "of" }, { name: "now", title: "now, of before", show: percent }, { name: "says", title: "compared" }, { name: "from", title: "from", left: true, show: (v) => el("code", {}, v) }];
  const shown = table(columns, rows, 15);
  searchable("comparisons with earlier runs", shown);
  return shown.node;
}
function offenderTable() {
  const show = (i) => known(i) ? toLife(i, "its runs") : "";
  const rows = past.offenders.map((o) => [o.serial || o.places.join(", "), o.runs, o.from.slice(0, 10), o.to.slice(0, 10), o.kinds.join(", ").replaceAll("_", " "), o.places.join(", "), o.life]);
  const columns = [{ name: "serial", title: "serial number, or place" }, { name: "runs", title: "runs that flagged it", show: count }, { name: "from", title: "from" }, { name: "to", title: "to" }, { name: "kinds", title: "as" }, { name: "places", title: "in" }, { name: "life", title: "picture", left: true, show }];
  const shown = table(columns, rows, 10);
  searchable("repeat offenders", shown);
  return [el("h3", {}, "Flagged again and again"), shown.node];
}

function historySection(toRows) {
  if (!past.runs) return;
  const compared = past.earlier ? `Compared with ${plural(past.earlier, "earlier run")} of these parts in ${past.file} (its runs ${past.from_id} to ${past.to_id}).` : `${past.file} has no earlier run of these parts.`;
  const result = past.earlier < past.least ? ` Too few to tell what got slower: a part needs ${past.least}.` : past.shifts.length ? "" : " Nothing got slower than chance explains.";
  const beyond = past.shifts_total > past.shifts.length ? el("p", { class: "dim" }, `${count(past.shifts.length)} of ${count(past.shifts_total)}; findings.json has all.`) : null;
  const note = past.lives.length ? el("p", { class: "dim note" }, "Each part against its peers of the same run: suspects of this run, and what earlier runs flagged again and again. Red: flagged in that run. Shaded: since it got slower. Dotted: a version or setting changed.") : null;
  const more = past.lives_beyond ? el("p", { class: "dim" }, `${count(past.lives_beyond)} more suspects have a history: `, el("code", {}, `plumb-report history ${past.file} PART`)) : null;
  section("Against earlier runs", el("p", {}, compared, result), past.shifts.length ? shiftTable() : null, beyond, past.offenders.length ? offenderTable() : null, note, past.lives.length ? lifeCards(toRows) : null, more);
}
