// Opens report pages in Chromium as a reader would. Usage: node page_test.mjs REPORT.html REPORT_WITH_MAP.html FLEET.html NIGHT.html FLEET_NIGHT.html SCREENSHOT_DIR
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, mapped, fleet, night, nights, screenshots] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage({ viewport: { width: 1200, height: 900 }, colorScheme: "light" });
const complaints = [];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/* What a screen reader or a keyboard would stumble over, and contrast, as axe-core judges. */
async function accessible(what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"] }));
  assert.deepEqual(violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join(" | ")}`), [], what);
}
/* Printed is what is signed: two pages at most, with the parts and the block for signatures. */
async function printed(name) {
  const pdf = (await page.pdf({ path: `${screenshots}/${name}.pdf`, preferCSSPageSize: true })).toString("latin1");
  const pages = (pdf.match(/\/Type\s*\/Page\b(?!s)/g) || []).length;
  assert.ok(pages === 1 || pages === 2, `${name} prints to ${pages} pages`);
  await page.emulateMedia({ media: "print" });
  for (const shown of ["#verdict", ".acts tbody tr", ".signature"]) assert.ok(await page.locator(shown).first().isVisible(), `${shown} of ${name} in print`);
  assert.equal(await page.locator("canvas").isVisible(), false, "pictures stay on the screen");
  await page.emulateMedia({ media: null });
}
page.on("console", (m) => { if (m.type() === "error" || m.type() === "warning") complaints.push(m.text()); });
page.on("pageerror", (e) => complaints.push(String(e)));
page.on("dialog", (d) => { complaints.push("dialog: " + d.message()); d.dismiss(); });
page.on("request", (r) => { if (!r.url().startsWith("file:") && !r.url().startsWith("blob:")) complaints.push("request: " + r.url()); });
await page.goto(pathToFileURL(report).href);

// The verdict comes first, the finding names the host.
assert.match(await page.textContent("#verdict"), /FAIL.*n05's link is at 18 % of its peers, both directions, 14 of 14/);
assert.match(await page.textContent(".card.fail"), /host\/n05.*100 %/s);
assert.match(await page.textContent("main"), /8 of 8/);
await page.screenshot({ path: screenshots + "/light.png", fullPage: true });
await accessible("light");
await printed("print");

// Parts to act on: what it is, how slow, how sure, what to do; who must not take tenants; where a number comes from.
const acts = page.locator("section", { hasText: "Parts to act on" });
assert.match(await acts.locator("tbody tr").first().textContent(), /F1host\/n05.*host n05.*18 %100 %.*keep host n05 out of jobs/);
assert.match(await acts.textContent(), /1 host must not take tenants: n05 \(drain\.txt\)/);
assert.equal(await acts.locator("a", { hasText: "F1" }).getAttribute("href"), "#F1");
const raw = page.locator("#F1 li a").first();
assert.match(await raw.getAttribute("href"), /^\.\/pairs\.csv#row=\d+$/);
assert.match(await page.textContent("dl"), /2026-01-01 00:00:00 UTC.*2026-01-01 00:01:00 UTC/);

// The search tells where a word stands, and goes there.
await page.locator("#search").fill("n05 n02");
await page.getByRole("button", { name: "2 in pairs" }).click();
assert.equal(await page.locator("section", { hasText: "Pairs (" }).locator("tbody tr").count(), 2);
await page.locator("#search").fill("no such word");
await page.locator("#found", { hasText: "nowhere" }).waitFor();
await page.locator("#search").fill("");
await page.locator("section", { hasText: "Pairs (" }).getByRole("searchbox").fill("");

// Hostile names are text.
assert.equal(await page.locator("img").count(), 0);
assert.equal(await page.locator("svg.plumb-map").count(), 0, "no map, no picture");
assert.ok((await page.textContent("main")).includes("<img src=x onerror=alert(1)>"));

// The pair table sorts both ways and filters.
const pairs = page.locator("section", { hasText: "Pairs (" });
const ratios = async () => (await pairs.locator("tbody tr td:nth-child(5)").allTextContents()).map(parseFloat);
const heading = pairs.getByRole("button", { name: "of expected" });
await heading.click();
const up = await ratios();
assert.deepEqual(up, [...up].sort((a, b) => a - b));
await heading.click();
const down = await ratios();
assert.deepEqual(down, [...down].sort((a, b) => b - a));
assert.notDeepEqual(up, down);
await pairs.getByRole("searchbox").fill("n05 n02");
assert.equal(await pairs.locator("tbody tr").count(), 2);

// The heat map tells what is under the pointer, and a click filters the table.
const map = page.locator("canvas");
const box = await map.boundingBox();
const cell = 34, left = box.width - 8 * cell - 4;
await map.hover({ position: { x: left + 5.5 * cell, y: left + 1.5 * cell } });
assert.match(await page.textContent("#tip"), /host\/n00 to host\/n05: 18 % of expected/);
await map.click({ position: { x: left + 2.5 * cell, y: left + 1.5 * cell } });
assert.equal(await pairs.getByRole("searchbox").inputValue(), "host/n00 to host/n01");
assert.equal(await pairs.locator("tbody tr").count(), 1, "this direction alone");
assert.match(await page.textContent("main"), /Collectives that failed.*out of memory on purpose/s);

// The same by keyboard: a cell, its rows, a point of a curve and the next one.
await page.mouse.move(0, 0);
await map.focus();
assert.equal(await map.getAttribute("role"), "application");
for (const key of ["ArrowDown", "ArrowDown", "ArrowRight"]) await page.keyboard.press(key);
assert.match(await page.textContent("#tip"), /host\/n00 to host\/n00: not measured/);
assert.match(await page.textContent("#say"), /host\/n00 to host\/n00: not measured/, "told to a screen reader");
await page.keyboard.press("ArrowRight");
await page.keyboard.press("Enter");
assert.equal(await pairs.getByRole("searchbox").inputValue(), "host/n00 to host/n01", "Enter, as the click");
const heat = page.locator("details", { hasText: "The same as a table" });
await heat.locator("summary").click();
await heat.locator("tbody tr").first().waitFor();
assert.equal(await heat.locator("tbody tr").count(), 15, "a page of 56");
assert.match(await heat.locator("tbody tr").first().textContent(), /n05.*18 %$/, "the slowest first");
await page.locator("svg circle[tabindex='0']").focus();
const first = await page.textContent("#tip");
await page.keyboard.press("ArrowRight");
assert.match(await page.textContent("#tip"), /allreduce.*busbw, median/);
assert.notEqual(await page.textContent("#tip"), first);
assert.equal(await page.locator("svg circle[tabindex='0']").count(), 1, "one stop for the Tab key");
await page.keyboard.press("Escape");
assert.equal(await page.locator("#tip").isVisible(), false);

// A point of a curve, dark and narrow, print.
await page.locator("svg circle").last().hover();
assert.match(await page.textContent("#tip"), /allreduce.*busbw, median/);
await page.getByRole("button", { name: "Dark" }).click();
await page.evaluate(() => scrollTo(0, 0));
await page.screenshot({ path: screenshots + "/dark.png", fullPage: true });
await accessible("dark");
await page.setViewportSize({ width: 400, height: 800 });
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling at 400 px");
await page.screenshot({ path: screenshots + "/narrow.png", fullPage: true });
await accessible("narrow");

// The map: each host and switch a box, the slow part red and numbered, what nobody measured dashed; it follows the theme.
await page.setViewportSize({ width: 1200, height: 900 });
await page.goto(pathToFileURL(mapped).href);
const picture = page.locator("section", { hasText: "Map" }).locator("svg.plumb-map");
assert.equal(await picture.locator("rect.column").count(), 9);
assert.equal(await picture.locator("rect.switch").count(), 4);
assert.ok(await picture.locator("path.line.fail").count() >= 2, "the cable, and the legend");
assert.ok((await picture.locator("g:has(path.fail) > title").allTextContents()).some((t) => t.startsWith("host/n05:1--switch/leaf1:2\n") && t.includes("F1: ")));
assert.match((await picture.locator("g:has(rect.column.unmeasured) > title").allTextContents()).join(), /^host\/n99/);
assert.match(await picture.locator("text.fault").first().textContent(), /n05/);
assert.ok((await picture.locator("title").allTextContents()).some((t) => t.startsWith("host/<img src=x onerror=alert(1)>")));
assert.equal(await page.locator("img").count(), 0);
const libraries = page.locator("section", { hasText: "over several libraries" });
assert.deepEqual(await libraries.locator("th").allTextContents(), ["", "size", "pairs", "verbs", "mpi"]);
assert.match(await libraries.locator("tbody tr").textContent(), /uni4 MiB56.*GB\/s.*GB\/s \(96 %\)/);
const ground = () => picture.locator(".ground").evaluate((e) => getComputedStyle(e).fill);
assert.equal(await ground(), "rgb(255, 255, 255)");
await picture.scrollIntoViewIfNeeded();
await page.screenshot({ path: screenshots + "/map.png", fullPage: true });
await page.getByRole("button", { name: "Dark" }).click();
assert.equal(await ground(), "rgb(20, 23, 26)");
await page.setViewportSize({ width: 400, height: 800 });
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling with a map either");

// A fleet: findings folded by kind, and from pods down to the rows of a host, by keyboard alone.
await page.setViewportSize({ width: 1200, height: 900 });
await page.goto(pathToFileURL(fleet).href);
const listed = page.locator("section", { hasText: "Findings (" });
assert.ok(await listed.locator("details.card").count() > 12);
await listed.locator("details.card summary").first().click();
await listed.locator("details.card[open] > :not(summary)").first().waitFor(); // made when the browser tells that it is open
assert.match(await listed.locator("details.card[open]").first().textContent(), /pairs\.csv:\d+.*→/s);
await listed.getByRole("searchbox").fill("slow host");
for (const title of await listed.locator("details.card summary").allTextContents()) assert.match(title, /host/);
const fabric = page.locator("section", { hasText: "Fabric, from pods" });
const grid = fabric.locator("table.grid");
assert.equal(await grid.locator("tbody tr").count(), 4, "pods");
assert.equal(await fabric.locator("table.grid [tabindex='0']").count(), 1, "one stop for the Tab key");
await fabric.locator("table.grid [tabindex='0']").focus();
await page.keyboard.press("ArrowDown");
await page.keyboard.press("ArrowRight");
assert.match(await page.textContent("#tip"), /ends? measured; slowest \d+ %/);
await page.keyboard.press("Enter");
assert.match(await grid.locator("tbody tr").first().textContent(), /leaf.*leaf/);
await page.keyboard.press("Enter");
assert.match(await grid.locator("tbody tr").first().textContent(), /^n\d+.*%/);
const host = await grid.locator("tbody th").first().textContent();
await page.keyboard.press("Enter");
const rows = page.locator("section", { hasText: "Pairs (" }).locator("tbody tr");
assert.ok(await rows.count() > 0);
for (const row of await rows.allTextContents()) assert.ok(row.includes(host));
await fabric.getByRole("button", { name: "4 pods" }).click();
assert.equal(await grid.locator("tbody tr").count(), 4);
await page.screenshot({ path: screenshots + "/fleet.png" });
await accessible("fleet");
await printed("print-fleet");
await page.locator("#search").fill(host);
await page.locator("#found button").first().waitFor();
await page.setViewportSize({ width: 400, height: 800 });
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling of a fleet");

// A night with eleven before it: what got slower and since when, who was flagged again and again, each number with its run.
await page.setViewportSize({ width: 1200, height: 900 });
await page.goto(pathToFileURL(night).href);
const earlier = page.locator("section", { hasText: "Against earlier runs" });
assert.match(await earlier.locator("p").first().textContent(), /^Compared with 11 earlier runs of these parts in fabric\.db \(its runs 1 to 11\)\.$/);
assert.match(await earlier.locator("tbody").first().textContent(), /^F3stephost\/n0293 %bandwidth out: was at 100 % of its peers until 2026-01-07, 5 runs ago; 93 % sincefabric\.db: runs 1 to 11, and this one$/);
assert.equal(await page.locator("#F3 li", { hasText: "5 runs ago" }).locator("a").getAttribute("href"), "#life1");
const offenders = earlier.locator("tbody").nth(1).locator("tr");
assert.deepEqual(await offenders.allTextContents(), ["host/n0252026-01-082026-01-12slow hosthost/n02its runs", "host/n0532026-01-042026-01-12slow hosthost/n05its runs"]);
const lives = earlier.locator(".life");
assert.deepEqual(await lives.locator("h3").allTextContents(), ["F1 host/n05", "F3 host/n02"]);
assert.equal(await lives.first().locator("circle").count(), 3 * 12, "three questions in twelve runs");
assert.equal(await lives.first().locator("rect").count(), 3, "flagged in three runs, and nothing shaded");
assert.equal(await lives.nth(1).locator("rect").count(), 5 + 1, "flagged in five runs, and shaded since");
await lives.first().locator("circle[tabindex='0']").focus();
for (const key of ["ArrowRight", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
assert.match(await page.textContent("#tip"), /^2026-01-04 00:00:00 night04: bandwidth out 18 % of its peers, median 8\.64 GB\/s, 7 measurements; found: fail slow_host \(fabric\.db: run 4\)$/);
await lives.nth(1).locator("summary").click();
await lives.nth(1).locator("tbody tr").first().waitFor();
const told = await lives.nth(1).locator("tbody tr").allTextContents();
assert.equal(told.length, 12);
assert.match(told[0], /night12.*fabric\.db: run 12$/, "the latest first");
assert.match(told[4], /night0892 %.*warn slow_hostfabric driver 24\.10fabric\.db: run 8$/);
await lives.first().getByRole("button", { name: "its 14 rows of this run" }).click();
for (const row of await page.locator("section", { hasText: "Pairs (" }).locator("tbody tr").allTextContents()) assert.ok(row.includes("host/n05"));
assert.equal(await earlier.locator("details", { hasText: "more parts" }).count(), 0, "two parts are drawn at once");
await page.evaluate(() => scrollTo(0, 0));
await page.screenshot({ path: screenshots + "/night.png", fullPage: true });
await accessible("night");
await page.getByRole("button", { name: "Dark" }).click();
await accessible("night, dark");
await printed("print-night");
await page.setViewportSize({ width: 400, height: 800 });
assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "no sideways scrolling of a night");
await page.screenshot({ path: screenshots + "/night-narrow.png", fullPage: true });

// A fleet's nights: eight parts at once, the others when someone follows a link to one of them, or opens them.
await page.setViewportSize({ width: 1200, height: 900 });
await page.goto(pathToFileURL(nights).href);
const many = page.locator("section", { hasText: "Against earlier runs" });
assert.equal(await many.locator(".life").count(), 8);
const far = await many.locator("a[href^='#life']").evaluateAll((links) => links.map((a) => a.getAttribute("href")).find((href) => Number(href.slice(5)) >= 8));
await many.locator(`a[href='${far}']`).first().click();
assert.ok(await page.locator(far).isVisible(), "the link opens what it leads to");
assert.ok(await many.locator(".life").count() > 8);
await accessible("fleet's nights");
assert.deepEqual(complaints, []);
await browser.close();
