/* The verdict, the findings, what was tested. */
const findings = data.findings || [];
const kindOf = (f) => f.kind.replaceAll("_", " ");

function verdict() {
  document.getElementById("run").textContent = [(data.runs || []).join(", "), data.ended_utc].filter(Boolean).join(" · ");
  document.title = `Plumbline: ${data.verdict || "no data"} ${data.run || ""}`;
  const mark = { pass: "✓ PASS", fail: "✗ FAIL", inconclusive: "? INCONCLUSIVE" }[data.verdict] || "NO DATA";
  const box = document.getElementById("verdict");
  box.classList.add(data.verdict || "inconclusive");
  box.append(el("b", {}, mark), el("span", {}, data.summary || ""));
}

function findingBody(f) {
  return [
    (f.suspects || []).map((s) => el("div", {}, el("code", {}, s.component), el("span", { class: "bar", style: `width:${Math.round(120 * s.posterior)}px` }), percent(s.posterior))),
    f.suspects_total ? el("p", { class: "dim" }, `and ${count(f.suspects_total - f.suspects.length)} more; findings.json has all`) : null,
    known(f.slowdown) ? el("p", { class: "dim" }, percent(f.slowdown) + " of expected") : null,
    f.evidence ? el("ul", {}, f.evidence.map((e) => el("li", {}, lifeLink(f, e) || source(e.file, e.row), " ", e.says))) : el("p", { class: "dim" }, "The evidence stands in findings.json."),
    f.advice ? el("p", {}, "→ " + f.advice) : null].flat();
}
const tagOf = (f) => el("span", { class: "tag " + f.severity }, `${f.id} · ${f.severity} · ${kindOf(f)}`);
function openCard(f) { return el("div", { class: "card " + f.severity, id: f.id }, tagOf(f), el("p", {}, el("b", {}, f.title)), findingBody(f)); }
/* Its body is made when it is opened: there may be thousands. */
function closedCard(f) {
  const card = el("details", { class: "card " + f.severity, id: f.id }, el("summary", {}, tagOf(f), f.title));
  card.addEventListener("toggle", () => { if (card.open && card.children.length === 1) card.append(...findingBody(f)); });
  return card;
}

const few = 12, perPage = 25;
let showFindings = () => {}, showFinding = () => {};
const textOf = (f) => `${f.id} ${f.severity} ${f.kind} ${f.title} ${(f.suspects || []).map((s) => s.component).join(" ")}`.toLowerCase();
const findingsWith = (words) => findings.filter((f) => { const t = textOf(f); return words.every((w) => t.includes(w)); });

function findingsByKind(choose) {
  const kinds = new Map();
  for (const f of findings) {
    const key = f.severity + " " + f.kind, row = kinds.get(key) || { f, n: 0, worst: 1 };
    row.n++;
    row.worst = Math.min(row.worst, known(f.slowdown) ? f.slowdown : 1);
    kinds.set(key, row);
  }
  const rows = [...kinds.values()].map(({ f, n, worst }) => [
    el("span", { class: "tag " + f.severity }, f.severity), el("button", { type: "button", class: "link", onclick: () => choose(`${f.severity} ${f.kind}`) }, kindOf(f)), count(n), worst < 1 ? percent(worst) + " of expected" : ""]);
  return plain(["severity", "kind", "findings", "the slowest"], rows);
}

function findingList() {
  let page = 0, kept = findings;
  const list = el("div", {}), status = el("span", { class: "dim", role: "status" });
  const filter = el("input", { type: "search", placeholder: "filter, such as fail n05", "aria-label": "filter findings", oninput: () => choose(filter.value) });
  const back = el("button", { type: "button", onclick: () => { page--; draw(); } }, "Back"), next = el("button", { type: "button", onclick: () => { page++; draw(); } }, "Next");
  function choose(words) {
    filter.value = words;
    kept = findingsWith(words.toLowerCase().split(/\s+/).filter(Boolean));
    page = 0;
    draw();
  }
  function draw() {
    const pages = Math.max(1, Math.ceil(kept.length / perPage));
    list.replaceChildren(...kept.slice(page * perPage, (page + 1) * perPage).map(closedCard));
    status.textContent = `${count(kept.length)} of ${plural(findings.length, "finding")}, page ${page + 1} of ${pages}`;
    back.disabled = page === 0;
    next.disabled = page + 1 === pages;
  }
  draw();
  showFindings = (words) => { choose(words); list.parentNode.scrollIntoView(); };
  /* Its card may be on another page of the list. */
  showFinding = (id) => { choose(""); page = Math.max(0, Math.floor(findings.findIndex((f) => f.id === id) / perPage)); draw(); const card = document.getElementById(id); if (card) { card.open = true; card.scrollIntoView(); } };
  searchable("findings", { node: list.parentNode || list, count: (words) => findingsWith(words).length, find: (words) => showFindings(words) });
  const beyond = data.findings_total > findings.length ? el("p", { class: "dim" }, `The gravest ${count(findings.length)} of ${count(data.findings_total)}; findings.json has all.`) : null;
  return [findingsByKind(choose), beyond, el("div", {}, el("div", { class: "tools" }, filter, back, next, status), list)];
}

function findingSection() {
  const title = `Findings (${count(data.findings_total || findings.length)})`;
  if (findings.length && findings.length <= few) searchable("findings", { node: main, count: (words) => findingsWith(words).length, find: (words) => { const card = document.getElementById(findingsWith(words.toLowerCase().split(/\s+/).filter(Boolean))[0].id); setTimeout(() => card.scrollIntoView()); } });
  section(title, !findings.length ? el("p", { class: "dim" }, "None.") : findings.length <= few ? findings.map(openCard) : findingList());
}

/* Where the findings are. The text is well-formed SVG in which all names are escaped; it comes from map_svg.cpp. */
function map() {
  if (!data.map) return;
  const picture = new DOMParser().parseFromString(data.map, "image/svg+xml").documentElement;
  section("Map", el("p", { class: "dim note" }, "Point at a part or a line to see what it is."), el("div", { class: "scroll map", tabindex: 0, role: "region", "aria-label": "picture of the map" }, document.importNode(picture, true)));
}

function notMeasured(c) {
  const named = c.not_measured.slice(0, 3).join(", "), more = c.not_measured_count - Math.min(3, c.not_measured.length);
  return named + (more > 0 ? ` and ${count(more)} more` : "");
}
function coverage() {
  const seen = (c) => c.smallest_slowdown_99 === null ? c.note || "nothing" : percent(c.smallest_slowdown_99) + " of expected, or slower";
  const notes = data.notes || [];
  section("What was tested, and what was not", sign,
    el("div", { class: "coverage" }, plain(["parts", "measured", "measurements", "would have been seen (99 %)", "not measured"], (data.coverage || []).map((c) => [c.class, `${count(c.measured)} of ${count(c.parts)}`, count(c.measurements), seen(c), notMeasured(c)]))),
    notes.length ? el("ul", { class: "notes" }, notes.map((n) => el("li", {}, n))) : null,
    notes.length > inPrint.notes ? el("p", { class: "dim print" }, `${notes.length - inPrint.notes} more notes stand in report.html.`) : null);
}
