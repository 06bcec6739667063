/* The heat map of pairs, and their rows. data.pairs has names, settings and classes once. */
const pairs = data.pairs || { rows: [], failed: [], files: [], ends: [], settings: [], classes: [], leaves: [], total: 0 };
/* Where a number comes from: file and line. */
const rowColumn = { name: "row", title: "row", left: true, show: (place) => { const colon = place.lastIndexOf(":"); return source(place.slice(0, colon), place.slice(colon + 1)); } };
const pairColumns = [
  { name: "src", title: "from" }, { name: "dst", title: "to" }, { name: "mode", title: "mode" }, { name: "bytes", title: "size", show: size },
  { name: "ratio", title: "of expected", show: percent }, { name: "bw_Bps", title: "rate", show: rate }, { name: "min_bw_Bps", title: "worst window", show: rate },
  { name: "expected", title: "expected", show: (v, row) => (row[2] === "latency" ? time : rate)(v) }, { name: "p50_ns", title: "median", show: time }, { name: "p99_ns", title: "p99", show: time },
  { name: "wrong", title: "wrong", show: count }, { name: "schedule", title: "schedule" }, { name: "round", title: "round", show: String }, { name: "status", title: "status" }, rowColumn];

function pairRows() {
  const measured = pairs.rows.map(([src, dst, setting, cls, round, ratio, bw, least, p50, p99, wrong, file, line]) => {
    const [mode, bytes, schedule] = pairs.settings[setting];
    return [pairs.ends[src], pairs.ends[dst], mode, bytes, ratio / 1000, bw, least, pairs.classes[cls][1], p50, p99, wrong, schedule, round, "ok", `${pairs.files[file]}:${line}`];
  });
  return measured.concat(pairs.failed.map(([src, dst, mode, bytes, schedule, round, status, reason, file, line]) => [src, dst, mode, bytes, null, null, null, null, null, null, 0, schedule, round, `${status}: ${reason}`, `${pairs.files[file]}:${line}`]));
}
const hostOf = (id) => { const [kind, ...rest] = id.split("/"); return "host/" + (kind === "host" ? rest : rest.slice(0, -1)).join("/"); };

/* Which label of the heat map an end belongs to. */
function labelOf() {
  const leafOf = new Map(pairs.ends.map((end, i) => [end, pairs.leaves[i]])), leaves = (data.fabric || {}).leaves || [], pods = (data.fabric || {}).pods || [];
  const place = (end) => leaves[leafOf.get(end)] || ["", -1];
  return { endpoint: (end) => end, host: hostOf, leaf: (end) => place(end)[0], pod: (end) => pods[place(end)[1]] }[data.matrix.by];
}

function heatMap(filterBy) {
  const m = data.matrix;
  if (!m || !m.labels || m.labels.length < 2) return;
  const n = m.labels.length, short = (t) => { const s = t.slice(t.indexOf("/") + 1); return s.length > 15 ? s.slice(0, 14) + "…" : s; };
  const cell = Math.max(3, Math.min(34, Math.floor((m.by === "endpoint" || m.by === "host" ? 1040 : 720) / n))), named = cell >= 11, left = named ? 24 + 7 * Math.max(...m.labels.map((t) => short(t).length)) : 2;
  const value = (r, c) => { const v = m.values[r * n + c]; return known(v) ? v / 1000 : null; };
  const side = left + n * cell + 4;
  const canvas = el("canvas", { width: side, height: side, tabindex: 0, role: "application", "aria-label": "heat map: rate over expected, senders in rows, receivers in columns; arrow keys move, Enter shows the rows" });
  let cursor = null;
  function labels(g) {
    m.labels.forEach((t, i) => {
      const at = left + i * cell + cell / 2 + 4;
      g.textAlign = "right"; g.fillText(short(t), left - 5, at);
      g.save(); g.translate(at, left - 5); g.rotate(-Math.PI / 3); g.textAlign = "left"; g.fillText(short(t), 0, 0); g.restore();
    });
  }
  function draw() {
    const g = canvas.getContext("2d"), gap = cell > 6 ? 1 : 0, text = getComputedStyle(document.body).color;
    g.clearRect(0, 0, side, side); g.font = "11px system-ui"; g.fillStyle = text;
    if (named) labels(g);
    for (let r = 0; r < n; r++) for (let c = 0; c < n; c++) {
      const v = value(r, c);
      g.fillStyle = colour(v); g.fillRect(left + c * cell, left + r * cell, cell - gap, cell - gap);
      if (cell >= 28 && v !== null) { g.fillStyle = ink(v); g.textAlign = "center"; g.fillText((100 * v).toFixed(0), left + c * cell + cell / 2, left + r * cell + cell / 2 + 4); }
    }
    if (cursor) { g.strokeStyle = text; g.lineWidth = 2; g.strokeRect(left + cursor[1] * cell - 1, left + cursor[0] * cell - 1, cell + 2, cell + 2); }
  }
  const at = (e) => { const box = canvas.getBoundingClientRect(), k = side / box.width, c = Math.floor(((e.clientX - box.left) * k - left) / cell), r = Math.floor(((e.clientY - box.top) * k - left) / cell); return r >= 0 && c >= 0 && r < n && c < n ? [r, c] : null; };
  const says = (p) => p ? `${m.labels[p[0]]} to ${m.labels[p[1]]}: ${value(...p) === null ? "not measured" : percent(value(...p)) + " of expected"}` : "";
  const open = (p) => { if (p) filterBy(m.labels[p[0]], m.labels[p[1]]); };
  function move(e) {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
    if (e.key === "Enter") return open(cursor);
    if (!step) return;
    e.preventDefault();
    const inside = (v) => Math.max(0, Math.min(n - 1, v));
    cursor = cursor ? [inside(cursor[0] + step[0]), inside(cursor[1] + step[1])] : [0, 0];
    draw();
    const box = canvas.getBoundingClientRect(), k = box.width / side;
    showTip({ x: box.left + (left + (cursor[1] + 1) * cell) * k, y: box.top + (left + (cursor[0] + 1) * cell) * k }, says(cursor));
    document.getElementById("say").textContent = says(cursor);
  }
  canvas.addEventListener("mousemove", (e) => showTip({ x: e.clientX, y: e.clientY }, says(at(e))));
  canvas.addEventListener("mouseleave", hideTip);
  canvas.addEventListener("click", (e) => open(at(e)));
  canvas.addEventListener("keydown", move);
  canvas.addEventListener("blur", () => { cursor = null; hideTip(); draw(); });
  document.addEventListener("theme", draw);
  draw();
  const words = { endpoint: "every pair", host: "hosts, medians", leaf: "leaves, medians", pod: "pods, medians" }[m.by];
  section(`Bandwidth between ${words === "every pair" ? "all ends" : words}, share of expected`, el("p", { class: "dim note" }, "Senders in rows, receivers in columns. Click a cell, or go there with the arrow keys and press Enter, to see its rows below."), legend([0, 0.25, 0.5, 0.75, 0.9, 1, null]), scroll(canvas), asTable(m, value));
}

/* The same for who cannot see it; made when it is opened. */
function asTable(m, value) {
  const box = el("details", {}, el("summary", {}, "The same as a table"));
  box.addEventListener("toggle", () => {
    if (!box.open || box.children.length > 1) return;
    const rows = m.labels.flatMap((from, r) => m.labels.map((to, c) => [from, to, value(r, c)])).filter((row) => row[2] !== null).sort((a, b) => a[2] - b[2]);
    box.append(table([{ name: "from", title: "from" }, { name: "to", title: "to" }, { name: "ratio", title: "of expected", show: percent }], rows, 15, { file: "matrix.csv" }).node);
  });
  return box;
}

function pairTable() {
  const rows = pairRows();
  return rows.length ? table(pairColumns, rows, 25, { file: "pairs.csv" }) : null;
}
function pairSection(shown) {
  if (!shown) return;
  const kept = pairs.rows.length + pairs.failed.length;
  section(`Pairs (${count(pairs.total)})`, pairs.total > kept ? el("p", { class: "dim note" }, `${count(kept)} of ${count(pairs.total)} rows: those of suspects, and the slowest. pairs.csv has all.`) : null, shown.node);
}
