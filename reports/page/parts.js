/* What all sections are made of. All text goes through textContent: names come from the fabric. */
const data = JSON.parse(document.getElementById("data").textContent);
const main = document.getElementById("main");

function el(tag, attributes, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value); else node.setAttribute(key, value);
  }
  for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
  return node;
}
const svg = (tag, attributes) => {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
};
function section(title, ...children) {
  const id = "s" + main.children.length, also = children.length && children[0] && !(children[0] instanceof Node) && children[0].class ? children.shift() : {};
  main.append(el("section", { id, ...also, "aria-labelledby": id + "h" }, el("h2", { id: id + "h" }, title), ...children));
  document.getElementById("contents").append(el("a", { href: "#" + id }, title.replace(/[,:(].*/, "").trim()));
}

/* What is wider than the page scrolls by keyboard, too; what is not is no stop for the Tab key. */
const wide = new ResizeObserver((boxes) => boxes.forEach(({ target: box }) => { if (box.scrollWidth > box.clientWidth) box.tabIndex = 0; else box.removeAttribute("tabindex"); }));
function scroll(...children) {
  const box = el("div", { class: "scroll", role: "group", "aria-label": "scrolls sideways when it is wide" }, ...children);
  wide.observe(box);
  return box;
}

const known = (x) => x !== null && x !== undefined;
const percent = (x) => known(x) ? (x > 0 && x < 0.1 ? (100 * x).toFixed(1) : (100 * x).toFixed(0)) + " %" : "";
const count = (x) => Number(x).toLocaleString("en");
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? "" : "s"}`;
function scaled(x, step, names) {
  let i = 0;
  while (x >= step && i + 1 < names.length) { x /= step; i++; }
  return (x < 10 ? x.toFixed(2) : x < 100 ? x.toFixed(1) : x.toFixed(0)) + " " + names[i];
}
const rate = (x) => known(x) ? scaled(x, 1000, ["B/s", "kB/s", "MB/s", "GB/s", "TB/s"]) : "";
const time = (x) => known(x) ? scaled(x, 1000, ["ns", "us", "ms", "s"]) : "";
const size = (x) => { let i = 0; while (x >= 1024 && i < 4) { x /= 1024; i++; } return +x.toFixed(1) + " " + ["B", "KiB", "MiB", "GiB", "TiB"][i]; };

const theme = document.getElementById("theme");
function setTheme(name) {
  document.documentElement.dataset.theme = name;
  theme.textContent = name === "dark" ? "Light" : "Dark";
  document.dispatchEvent(new Event("theme"));
}
theme.addEventListener("click", () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
addEventListener("beforeprint", () => setTheme("light"));

/* What stands under the pointer, or has the keyboard. */
const tip = document.getElementById("tip");
function showTip(at, text) {
  tip.textContent = text;
  tip.style.display = text ? "block" : "none";
  tip.style.left = Math.max(4, Math.min(at.x + 14, innerWidth - Math.min(350, 0.9 * innerWidth))) + "px";
  tip.style.top = Math.min(at.y + 14, innerHeight - tip.offsetHeight - 4) + "px";
}
const hideTip = () => showTip({ x: 0, y: 0 }, "");
function explain(node, text) {
  const say = () => { const box = node.getBoundingClientRect(); showTip({ x: box.right - 8, y: box.bottom - 8 }, text()); };
  node.addEventListener("mousemove", (e) => showTip({ x: e.clientX, y: e.clientY }, text()));
  node.addEventListener("mouseleave", hideTip);
  node.addEventListener("focus", say);
  node.addEventListener("blur", hideTip);
}
addEventListener("keydown", (e) => { if (e.key === "Escape") hideTip(); });

/* One stop for the Tab key; arrow keys go on within. `at(row, column)` gives the node, or nothing beyond the edge. */
function roving(holder, at) {
  let row = 0, column = 0;
  const stop = (node, on) => { if (node) node.tabIndex = on ? 0 : -1; };
  stop(at(0, 0), true);
  const go = (r, c) => {
    const next = at(r, c);
    if (!next) return;
    stop(at(row, column), false);
    [row, column] = [r, c];
    stop(next, true);
    next.focus();
  };
  holder.addEventListener("keydown", (e) => {
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[e.key];
    if (!step) return;
    e.preventDefault();
    go(row + step[0], column + step[1]);
  });
  holder.addEventListener("focusin", (e) => {
    const place = e.target.dataset.place;
    if (!place) return;
    const [r, c] = place.split(",").map(Number);
    if (r !== row || c !== column) { stop(at(row, column), false); [row, column] = [r, c]; stop(at(row, column), true); }
  });
}

function compare(x, y) {
  if (typeof x === "number" && typeof y === "number") return x - y;
  return x === null ? 1 : y === null ? -1 : String(x).localeCompare(String(y), "en", { numeric: true });
}

/* Spreadsheets run what begins like a formula. */
function csvCell(cell) {
  let text = cell === null ? "" : String(cell);
  if (typeof cell === "string" && /^[=+\-@']/.test(text)) text = "'" + text;
  return /[",\r\n]/.test(text) ? '"' + text.replaceAll('"', '""') + '"' : text;
}

/* A table that sorts by any column, filters, and shows a page at a time. columns: {title, name, show(cell, row)} */
function table(columns, rows, pageSize, { file = "", placeholder = "filter, such as n05" } = {}) {
  let order = { column: -1, down: false }, page = 0, words = [], only = null;
  const body = el("tbody"), status = el("span", { class: "dim", role: "status" });
  const filter = el("input", { type: "search", placeholder, "aria-label": "filter rows", oninput: () => find(filter.value) });
  const has = (row, all = words) => all.every((w) => row.some((cell) => String(cell).toLowerCase().includes(w)));
  const find = (text) => { filter.value = text; only = null; words = text.toLowerCase().split(/\s+/).filter(Boolean); page = 0; draw(); };
  function shown() {
    const kept = only ? rows.filter(only) : words.length ? rows.filter((row) => has(row)) : rows.slice();
    if (order.column >= 0) kept.sort((a, b) => (order.down ? -1 : 1) * compare(a[order.column], b[order.column]));
    return kept;
  }
  const isNumber = (c) => c.show && !c.left;
  const cells = (row) => row.slice(0, columns.length).map((cell, i) => el("td", { ...(isNumber(columns[i]) ? { class: "num" } : {}), "data-of": columns[i].title }, columns[i].show ? columns[i].show(cell, row) : cell === null ? "" : cell));
  const back = el("button", { type: "button", onclick: () => { page--; draw(); } }, "Back"), next = el("button", { type: "button", onclick: () => { page++; draw(); } }, "Next");
  const heads = columns.map((c, i) => el("th", isNumber(c) ? { class: "num" } : {}, el("button", { type: "button", onclick: () => { order = { column: i, down: order.column === i && !order.down }; draw(); } }, c.title)));
  function draw() {
    const kept = shown(), pages = Math.max(1, Math.ceil(kept.length / pageSize));
    page = Math.min(page, pages - 1);
    body.replaceChildren(...kept.slice(page * pageSize, (page + 1) * pageSize).map((row) => el("tr", {}, cells(row))));
    status.textContent = `${count(kept.length)} of ${plural(rows.length, "row")}` + (pages > 1 ? `, page ${count(page + 1)} of ${count(pages)}` : "");
    back.disabled = page === 0;
    next.disabled = page + 1 === pages;
    heads.forEach((h, i) => h.setAttribute("aria-sort", order.column !== i ? "none" : order.down ? "descending" : "ascending"));
  }
  const save = () => {
    const text = [columns.map((c) => c.name), ...shown()].map((row) => row.map(csvCell).join(",")).join("\n");
    el("a", { href: URL.createObjectURL(new Blob([text], { type: "text/csv" })), download: file }).click();
  };
  draw();
  const tools = rows.length > few || rows.length > pageSize || file ? el("div", { class: "tools" }, filter, back, next, file ? el("button", { type: "button", onclick: save }, "CSV") : null, status) : null;
  const node = el("div", {}, tools, scroll(el("table", {}, el("thead", {}, el("tr", {}, heads)), body)));
  return { node, find, count: (all) => rows.filter((row) => has(row, all)).length, only: (text, keep) => { filter.value = text; only = keep; page = 0; draw(); } };
}
const plain = (titles, rows) => scroll(el("table", {}, el("thead", {}, el("tr", {}, titles.map((t) => el("th", { scope: "col" }, t)))), el("tbody", {}, rows.map((r) => el("tr", {}, r.map((c) => el("td", {}, c)))))));

/* Ratio 0…1 on a scale that colour-blind readers tell apart (dark purple, orange, pale yellow), grey for not measured. */
function shade(ratio) {
  const stops = [[0, [59, 15, 112]], [0.5, [222, 73, 104]], [0.85, [254, 159, 109]], [1, [252, 253, 191]]], x = Math.max(0, Math.min(1, ratio));
  let i = 1;
  while (i < stops.length - 1 && x > stops[i][0]) i++;
  const [x0, a] = stops[i - 1], [x1, b] = stops[i], t = (x - x0) / (x1 - x0);
  return a.map((v, k) => Math.round(v + t * (b[k] - v)));
}
const colour = (ratio) => ratio === null ? "rgba(128,128,128,.16)" : `rgb(${shade(ratio).join(",")})`;
const ink = (ratio) => ratio === null ? "var(--dim)" : ratio > 0.45 ? "#222" : "#fff";
const legend = (stops) => el("div", { class: "dim" }, stops.map((v) => el("span", {}, el("span", { class: "key", style: `background:${colour(v)}` }), v === null ? "not measured" : percent(v))));
