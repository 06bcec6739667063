/* Collectives: curves, what failed, which rank is late. */
const hues = ["var(--accent)", "#d97706", "#0f766e", "#b42318", "#7c3aed", "#65a30d", "#db2777", "#64748b"];

function curveKey(c) {
  const shape = (c.case.match(/ranks(\/root\d+)?/) || ["ranks"])[0].replace("/", " ");
  return `${c.collective} ${c.backend} ${c.dtype} ${c.redop} ${c.ranks} ${shape} ${c.in_place ? "in place" : "out of place"}${c.groups ? `, slowest of ${count(c.groups)} groups` : ""}`;
}
function curveGroups() {
  const groups = new Map();
  for (const c of data.cases || []) if (c.busbw_Bps && c.p50_ns) {
    const key = curveKey(c);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(c);
  }
  return [...groups].map(([key, cases]) => [key, cases.sort((p, q) => p.bytes - q.bytes)]);
}
const pointText = (c) => `${c.case}: ${rate(c.busbw_Bps)} busbw, median ${time(c.p50_ns)} (95 %: ${time(c.ci_low_ns)} to ${time(c.ci_high_ns)}), p99 ${time(c.p99_ns)}${c.wrong ? ", WRONG DATA" : ""}; ${c.file}:${c.row}`;

function curves() {
  const groups = curveGroups();
  if (!groups.length) return;
  const w = 620, h = 300, l = 62, b = 30, all = groups.flatMap(([, cases]) => cases), xs = all.map((c) => Math.log2(c.bytes)), top = Math.max(...all.map((c) => c.busbw_Bps)) * 1.08, x0 = Math.min(...xs), x1 = Math.max(...xs, x0 + 1);
  const X = (v) => l + (Math.log2(v) - x0) / (x1 - x0) * (w - l - 14), Y = (v) => h - b - Math.min(v, top) / top * (h - b - 10);
  const chart = svg("svg", { viewBox: `0 0 ${w} ${h}`, role: "group", "aria-label": "bus bandwidth against size; arrow keys go from point to point" });
  const text = (x, y, t, anchor) => { const n = svg("text", { x, y, "text-anchor": anchor }); n.textContent = t; chart.append(n); };
  for (let i = 0; i <= 4; i++) { const y = Y(top * i / 4); chart.append(svg("line", { x1: l, x2: w - 14, y1: y, y2: y, stroke: "var(--line)" })); text(l - 6, y + 4, rate(top * i / 4), "end"); }
  for (let x = Math.ceil(x0); x <= x1; x += Math.max(1, Math.ceil((x1 - x0) / 7))) text(X(2 ** x), h - 8, size(2 ** x), "middle");
  const keys = el("div", { class: "dim" }), dots = [];
  groups.forEach(([key, cases], k) => {
    const hue = hues[k % hues.length], dash = k >= hues.length ? "5 3" : "none", spread = cases.filter((c) => c.ci_low_ns && c.ci_high_ns);
    const edge = (cs, ns) => cs.map((c) => `${X(c.bytes)},${Y(c.busbw_Bps * c.p50_ns / c[ns])}`);
    if (spread.length > 1) chart.append(svg("polygon", { points: [...edge(spread, "ci_low_ns"), ...edge(spread.slice().reverse(), "ci_high_ns")].join(" "), fill: hue, opacity: 0.15 }));
    chart.append(svg("polyline", { points: cases.map((c) => `${X(c.bytes)},${Y(c.busbw_Bps)}`).join(" "), fill: "none", stroke: hue, "stroke-width": 1.8, "stroke-dasharray": dash }));
    dots.push(cases.map((c, i) => {
      const dot = svg("circle", { cx: X(c.bytes), cy: Y(c.busbw_Bps), r: 4, fill: c.wrong ? "var(--fail)" : hue, tabindex: -1, role: "img", "aria-label": pointText(c), "data-place": `${k},${i}` });
      explain(dot, () => pointText(c));
      chart.append(dot);
      return dot;
    }));
    keys.append(el("div", {}, el("span", { style: `display:inline-block;width:18px;height:3px;margin-right:6px;vertical-align:middle;background:${hue}` }), key));
  });
  roving(chart, (r, c) => (dots[r] || [])[Math.min(c, (dots[r] || []).length - 1)] && (dots[r] || [])[c]);
  section("Collectives: busbw against size", el("div", { class: "two" }, chart, keys));
}

function failedCases() {
  const failed = (data.cases || []).filter((c) => c.status !== "ok" || c.wrong > 0);
  if (!failed.length) return;
  const columns = [...["case", "status", "wrong elements", "reason"].map((title) => ({ title, name: title })), rowColumn];
  section("Collectives that failed or gave wrong data", table(columns, failed.map((c) => [c.case, c.status, c.wrong === null ? "" : c.wrong, c.reason, `${c.file}:${c.row}`]), 25).node);
}

function strip(s) {
  const end = Math.max(...s.ranks.map((r) => r.exit_p50_ns || 0), 1), w = 620, chart = svg("svg", { viewBox: `0 0 ${w} ${s.ranks.length * 16 + 22}`, role: "group", "aria-label": "arrival to exit of each rank; arrow keys go from rank to rank" });
  const X = (v) => 150 + v / end * (w - 230), bars = [];
  s.ranks.forEach((r, i) => {
    const name = svg("text", { x: 144, y: i * 16 + 12, "text-anchor": "end" });
    name.textContent = `${r.rank} ${r.host}`.slice(0, 24);
    const says = `rank ${r.rank} on ${r.host}: arrives ${time(r.arrival_p50_ns)}, leaves ${time(r.exit_p50_ns)} after the first arrival; last to arrive ${r.last_to_arrive}, last to leave ${r.last_to_leave} of ${r.samples}`;
    const bar = svg("rect", { x: X(r.arrival_p50_ns || 0), y: i * 16 + 2, width: Math.max(1, X(r.exit_p50_ns || 0) - X(r.arrival_p50_ns || 0)), height: 11, fill: (r.last_to_leave || 0) + (r.last_to_arrive || 0) > r.samples ? "var(--warn)" : "var(--accent)", tabindex: -1, role: "img", "aria-label": says, "data-place": `${i},0` });
    explain(bar, () => says);
    bars.push(bar);
    chart.append(name, bar);
  });
  const axis = svg("text", { x: w - 80, y: s.ranks.length * 16 + 18, "text-anchor": "end" });
  axis.textContent = time(end);
  chart.append(axis);
  roving(chart, (r, c) => c === 0 ? bars[r] : null);
  return chart;
}
function rankStrips() {
  const strips = (data.rank_strips || []).filter((s) => s.ranks.some((r) => r.exit_p50_ns));
  if (!strips.length) return;
  const holder = el("div", {}), choose = el("select", { "aria-label": "case", onchange: () => draw() }, strips.map((s) => el("option", {}, s.case)));
  const draw = () => {
    const s = strips[choose.selectedIndex];
    holder.replaceChildren(s.total > s.ranks.length ? el("p", { class: "dim" }, `${s.ranks.length} of ${count(s.total)} ranks: those that the others wait for most.`) : "", strip(s));
  };
  choose.selectedIndex = strips.length - 1;
  draw();
  section("Ranks: from arrival to exit, medians on the common clock", el("div", { class: "tools" }, choose), holder);
}
