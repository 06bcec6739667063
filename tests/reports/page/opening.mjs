// Times a report page in Chromium. Usage: node opening.mjs REPORT.html SCREENSHOT_DIR. Exit 1 when it takes 3 s or more.
import { statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [report, screenshots] = process.argv.slice(2), limit_ms = 3000;
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox"] });
let slowest = 0;
for (const [name, width, colorScheme] of [["light", 1280, "light"], ["dark", 1280, "dark"], ["narrow", 400, "light"]]) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
  const start = performance.now();
  await page.goto(pathToFileURL(report).href, { waitUntil: "load" });
  const loaded = performance.now() - start;
  await page.click("#theme");  // it answers
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const answers = performance.now() - start;
  await page.click("#theme");
  const seen = await page.evaluate(() => ({ paint: performance.getEntriesByName("first-contentful-paint")[0].startTime, nodes: document.querySelectorAll("*").length }));
  await page.screenshot({ path: `${screenshots}/${name}.png` });
  console.log(`${name}: ${(statSync(report).size / 1e6).toFixed(1)} MB, first paint ${Math.round(seen.paint)} ms, loaded ${Math.round(loaded)} ms, answered a click after ${Math.round(answers)} ms, ${seen.nodes} elements`);
  slowest = Math.max(slowest, answers);
  await page.close();
}
await browser.close();
process.exit(slowest < limit_ms ? 0 : 1);
