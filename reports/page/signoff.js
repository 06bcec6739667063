/* What is signed, and printed: parts to act on, what was tested, with what. And the search over all of the page. */
const inPrint = { acts: 12, versions: 24, notes: 12 };
const sign = { class: "signed" };

/* Where a file of the run stands, seen from this page; null for what is no table or manifest of it. */
function hrefOf(file) {
  const [prefix, root] = (data.roots || []).find(([start]) => file.startsWith(start)) || [];
  const name = known(prefix) ? file.slice(prefix.length) : "";
  if (!/^(manifest\/)?[^/]+\.(csv|json)$/.test(name)) return null;
  return `${root}/${name}`.split("/").map(encodeURIComponent).join("/");
}
function source(file, row) {
  const text = el("code", {}, file + (row ? ":" + row : "")), href = hrefOf(file);
  return href ? el("a", { href: href + (row ? "#row=" + row : "") }, text) : text;
}

function actSection() {
  const acts = data.acts || [];
  const where = (a) => [a.rack && "rack " + a.rack, a.host && "host " + a.host, a.port].filter(Boolean).join(", ");
  const rows = acts.map((a) => [a.finding, a.component + (a.model ? `, ${a.model}` : ""), a.serial, where(a), a.slowdown, a.posterior, a.advice, a.others]);
  const unknown = (v) => v || el("span", { class: "dim" }, "not known");
  const columns = [
    { title: "finding", name: "finding", left: true, show: (id) => el("a", { href: "#" + id, onclick: () => showFinding(id) }, id) },
    { title: "part", name: "part" }, { title: "serial number", name: "serial", left: true, show: (v) => v ? v.split("; ").map((one) => el("div", {}, one)) : unknown(v) }, { title: "where", name: "where", left: true, show: unknown },
    { title: "speed", name: "speed", show: (v) => known(v) ? percent(v) : "–" }, { title: "confidence", name: "confidence", show: (v, row) => percent(v) + (!row[7] ? "" : v < 1 ? `, or ${plural(row[7], "other")}` : `, and ${plural(row[7], "other")}`) },
    { title: "what to do", name: "advice", left: true, show: (v) => el("div", {}, v) }];
  const more = (data.findings_total || 0) > acts.length && acts.length >= 500 ? el("p", { class: "dim" }, `The gravest ${count(acts.length)}; findings.json has all.`) : null;
  const cut = acts.length > inPrint.acts ? el("p", { class: "dim print" }, `${count(acts.length - inPrint.acts)} more parts stand in report.html and findings.json.`) : null;
  const drain = data.drain || [], shown = drain.slice(0, 20).join(", ") + (drain.length > 20 ? ` and ${count(drain.length - 20)} more` : "");
  const list = rows.length ? table(columns, rows.map((r) => r), 25, { titles: 7 }) : null;
  section("Parts to act on", sign,
    list ? el("div", { class: "acts" }, list.node) : el("p", {}, data.verdict === "pass" ? "None." : "None named."), more, cut,
    drain.length ? el("p", {}, el("b", {}, `${plural(drain.length, "host")} must not take tenants: `), shown, el("span", { class: "dim" }, " (drain.txt)")) : null);
  if (list) searchable("parts to act on", list);
}

function measuredWith() {
  const versions = data.versions || [], day = (utc) => (utc || "").replace("T", " ").replace("Z", " UTC") || "not known";
  const facts = el("dl", {}, [["runs", (data.runs || []).join(", ")], ["from", day(data.started_utc)], ["to", day(data.ended_utc)]].flatMap(([k, v]) => [el("dt", {}, k), el("dd", {}, v)]));
  const cut = versions.length > inPrint.versions ? el("p", { class: "dim print" }, `${versions.length - inPrint.versions} more versions stand in report.html.`) : null;
  section("Measured with", sign, facts, versions.length ? el("div", { class: "versions" }, plain(["program or part", "version", "on"], versions)) : el("p", { class: "dim" }, "No manifest tells versions."), cut);
}

function signature() {
  const line = (what) => el("div", {}, el("span", {}, what));
  main.append(el("section", { class: "signed signature print", "aria-label": "signature" },
    el("p", {}, "☐ accepted    ☐ accepted but for the parts above    ☐ not accepted"),
    el("div", { class: "lines" }, ["for the acceptance: name", "date", "signature", "for the owner: name", "date", "signature"].map(line)),
    el("p", { class: "dim" }, `Evidence, map, heat maps and raw rows: report.html of ${(data.runs || []).join(", ")}.`)));
}

/* A word, and where it stands. Tables and lists say how many of theirs have it, and show them. */
const searched = [];
const searchable = (title, list) => searched.push({ title, ...list });
function search() {
  const input = document.getElementById("search"), found = document.getElementById("found");
  let timer = 0;
  function look() {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hits = words.length ? searched.map((s) => ({ s, n: s.count(words) })).filter(({ n }) => n > 0) : [];
    found.replaceChildren(...!words.length ? [] : hits.length ? hits.map(({ s, n }) => el("button", { type: "button", class: "link", onclick: () => { s.find(input.value); s.node.scrollIntoView(); } }, `${count(n)} in ${s.title}`)) : ["nowhere on this page; the CSV files have all rows"]);
  }
  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, 150); });
  input.addEventListener("keydown", (e) => { if (e.key === "Enter") { clearTimeout(timer); look(); const first = found.querySelector("button"); if (first) first.click(); } });
}
