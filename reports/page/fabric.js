/* Pods, leaves, hosts: what each end reaches, added up on the way down. data.fabric has one number an end. */
const slowBelow = 95;  // percent of expected

const modes = {
  slow: { title: "ends below 95 % of expected", of: (ends) => { const n = ends.filter((v) => v < slowBelow).length; return { text: count(n), shade: 1 - Math.sqrt(n / ends.length) }; } },
  worst: { title: "the slowest end", of: (ends) => { const v = ends.reduce((a, b) => Math.min(a, b)); return { text: v + " %", shade: v / 100 }; } },
  median: { title: "the median end", of: (ends) => { const v = ends.slice().sort((a, b) => a - b)[ends.length >> 1]; return { text: v + " %", shade: v / 100 }; } },
};

/* Hosts, leaves and other switches that findings name: how often. Cables count for the host at their end, or the leaf. */
function namedParts() {
  const named = new Map();
  for (const f of findings) {
    if (f.severity === "info") continue;
    const parts = new Set();
    for (const s of f.suspects || []) {
      if (s.posterior < 0.1) continue;
      for (const end of s.component.split("--")) {
        const words = end.split("/"), kind = words[0];
        if (kind === "host") parts.add("host/" + words.slice(1).join("/").replace(/:[^:]*$/, ""));
        else if (kind === "nic" || kind === "gpu") parts.add("host/" + words.slice(1, -1).join("/"));
        else if (!s.component.includes("--nic/") && !s.component.startsWith("nic/") && !s.component.startsWith("host/") && !s.component.includes("--host/")) parts.add(end.replace(/:[^:]*$/, ""));
      }
    }
    for (const p of parts) named.set(p, (named.get(p) || 0) + 1);
  }
  return named;
}

function fabricSection(showPairs) {
  const fabric = data.fabric || {}, groups = fabric.groups || [];
  const hosts = groups.reduce((n, g) => n + g.hosts.length, 0);
  if (hosts < 2 || (fabric.leaves || []).length < 2) return;
  const named = namedParts(), columns = Math.max(...groups.map((g) => g.leaves.length));
  const podOf = (g) => fabric.leaves[g.leaves[0]][1];
  const leafName = (l) => fabric.leaves[l][0].replace(/^switch\//, "");
  const holder = el("div", {}), crumbs = el("div", { class: "crumbs", role: "navigation", "aria-label": "place" });
  const choose = el("select", { "aria-label": "what cells show", onchange: () => draw() }, Object.entries(modes).map(([key, m]) => el("option", { value: key }, m.title)));
  let path = [];

  const endsOf = (gs, column) => gs.flatMap((g) => g.percent.map((p) => p[column]).filter(known));
  const findingsAt = (gs) => { const leaves = new Set(gs.flatMap((g) => g.leaves)); return gs.reduce((n, g) => n + g.hosts.reduce((m, h) => m + (named.get("host/" + h) || 0), 0), 0) + [...leaves].reduce((n, l) => n + (named.get(fabric.leaves[l][0]) || 0), 0); };
  const hostCount = (gs) => gs.reduce((n, g) => n + g.hosts.length, 0);

  function groupRow(label, gs, open) {
    const cells = [];
    for (let c = 0; c < columns; c++) {
      const ends = endsOf(gs, c), all = hostCount(gs.filter((g) => g.leaves.length > c)), shown = ends.length ? modes[choose.value].of(ends) : { text: "–", shade: null };
      const leaves = [...new Set(gs.map((g) => g.leaves[c]).filter(known))], leaf = leaves.length === 1 ? leafName(leaves[0]) : plural(leaves.length, "leaf").replace("leafs", "leaves");
      const worst = ends.length ? `; slowest ${ends.reduce((a, b) => Math.min(a, b))} %, ${ends.filter((v) => v < slowBelow).length} below 95 %` : "";
      cells.push({ ...shown, suspect: leaves.length === 1 && named.has(fabric.leaves[leaves[0]][0]), tip: `${leaf}: ${ends.length} of ${plural(all, "end")} measured${worst}` });
    }
    return { label, extra: [count(hostCount(gs)), findingsAt(gs) || ""], cells, open };
  }
  function podRows() {
    return fabric.pods.map((name, pod) => ({ name, pod, gs: groups.filter((g) => podOf(g) === pod) })).filter((p) => p.gs.length).map((p) => groupRow(p.name || "no pod", p.gs, () => go([p.pod])));
  }
  const span = (g) => { const first = leafName(g.leaves[0]), last = leafName(g.leaves[g.leaves.length - 1]); return first === last ? first : `${first} … ${last}`; };
  function leafRows(pod) {
    return groups.map((g, i) => ({ g, i })).filter(({ g }) => podOf(g) === pod).map(({ g, i }) => groupRow(span(g), [g], () => go([pod, i])));
  }
  function hostRows(index) {
    const g = groups[index];
    return g.hosts.map((host, h) => {
      const n = named.get("host/" + host) || 0;
      const cells = g.percent[h].map((v, c) => ({ text: known(v) ? v + " %" : "–", shade: known(v) ? v / 100 : null, suspect: n > 0 && known(v) && v < slowBelow, tip: `${host} at ${leafName(g.leaves[c])}: ${known(v) ? v + " % of expected in its slower direction" : "not measured"}` }));
      return { label: host, extra: [n || ""], cells, open: () => { if (n) showFindings(host); showPairs(host); } };
    });
  }

  function grid(titles, rows) {
    const at = [];
    const body = rows.map((row, r) => {
      const head = el("button", { type: "button", class: "link", tabindex: -1, "data-place": `${r},0`, onclick: row.open }, row.label);
      at.push([head]);
      const cells = row.cells.map((cell, c) => {
        const node = el("div", { class: "cell" + (cell.suspect ? " suspect" : ""), role: "button", tabindex: -1, "data-place": `${r},${c + 1}`, "aria-label": `${row.label}: ${cell.tip}`, style: `background:${colour(cell.shade)};color:${ink(cell.shade)}`, onclick: row.open, onkeydown: (e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); row.open(); } } }, cell.text);
        explain(node, () => cell.tip);
        at[r].push(node);
        return el("td", {}, node);
      });
      return el("tr", {}, el("th", { scope: "row" }, head), row.extra.map((x) => el("td", { class: "num" }, x)), cells);
    });
    const rails = Array.from({ length: columns }, (_, c) => el("th", { scope: "col" }, columns > 1 ? "rail " + c : "end"));
    const node = el("table", { class: "grid" }, el("thead", {}, el("tr", {}, titles.map((t) => el("th", { scope: "col" }, t)), rails)), el("tbody", {}, body));
    roving(node, (r, c) => (at[r] || [])[c]);
    return node;
  }

  function draw() {
    const level = path.length, pods = fabric.pods.length;
    const step = (title, to) => el("button", { type: "button", onclick: () => go(to) }, title);
    crumbs.replaceChildren(...[pods > 1 ? step(`${plural(pods, "pod")}`, []) : null, level > 0 ? step(`pod ${fabric.pods[path[0]] || "of all"}`, [path[0]]) : null, level > 1 ? step(span(groups[path[1]]), path) : null].filter(Boolean).flatMap((s, i) => i ? ["›", s] : [s]));
    const view = level === 0 ? grid(["pod", "hosts", "findings"], podRows()) : level === 1 ? grid(["leaves", "hosts", "findings"], leafRows(path[0])) : grid(["host", "findings"], hostRows(path[1]));
    choose.disabled = level > 1;
    holder.replaceChildren(scroll(view));
  }
  function go(to) {
    path = to;
    draw();
    const first = holder.querySelector("[tabindex='0']");
    if (first) first.focus({ preventScroll: true });
  }
  const withWords = (words) => groups.flatMap((g, i) => g.hosts.filter((h) => { const t = h.toLowerCase(); return words.every((w) => t.includes(w)); }).map(() => [podOf(g), i]));
  searchable("hosts of the fabric", { node: holder, count: (words) => withWords(words).length, find: (text) => go(withWords(text.toLowerCase().split(/\s+/).filter(Boolean))[0]) });
  path = fabric.pods.length > 1 ? [] : [0];
  draw();
  section("Fabric, from pods down to hosts", el("p", { class: "dim note" }, "Choose a row to go down: pod, leaves, hosts, the rows of a host. Arrow keys move, Enter opens. An end counts with its slower direction; framed cells are what findings name."),
    legend([0, 0.5, 0.85, 1, null]), el("div", { class: "tools" }, choose), crumbs, holder);
}
