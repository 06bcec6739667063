/* The page, from the verdict down. */
verdict();
actSection();
coverage();
measuredWith();
findingSection();
const pairsShown = pairTable();
const toPairs = (text, keep) => { if (pairsShown) { pairsShown.only(text, keep); pairsShown.node.scrollIntoView(); } };
historySection(toPairs);
fabricSection((host) => toPairs(host, (row) => hostOf(row[0]) === "host/" + host || hostOf(row[1]) === "host/" + host));
map();
ladder();
heatMap((from, to) => { const label = labelOf(); toPairs(from + " to " + to, (row) => label(row[0]) === from && label(row[1]) === to); });
failedCases();
curves();
rankStrips();
pairSection(pairsShown);

const columnsOf = (titles) => titles.map((title) => ({ title, name: title }));
if ((data.checks || []).length) {
  const rows = data.checks.map((c) => [c.host, c.subject, c.check, c.status, c.observed, c.expected, c.advice, `${c.file}:${c.row}`]);
  const columns = [...columnsOf(["host", "subject", "check", "status", "observed", "expected", "advice"]), rowColumn];
  const shown = table(columns, rows, 15);
  searchable("checks", shown);
  section("Checks", data.checks_total > rows.length ? el("p", { class: "dim" }, `The gravest ${count(rows.length)} of ${count(data.checks_total)}; the checks files have all.`) : null, shown.node);
}
if ((data.retest || []).length) {
  section("Measure next (retest.csv)", data.retest_total > data.retest.length ? el("p", { class: "dim" }, `The first ${count(data.retest.length)} of ${count(data.retest_total)} pairs.`) : null, table(columnsOf(["round", "from", "to"]), data.retest, 10).node);
}
if ((data.manifests || []).length) {
  const parts = (m) => m.components.map((c) => c.version ? `${c.name}: ${c.version}` : `${c.name}: absent (${c.absent_because})`).join("; ");
  const where = (m) => m.hosts === 1 ? m.host : m.host ? `${m.host} and ${count(m.hosts - 1)} more` : `${count(m.hosts)} times`;
  section("How this was measured", table(columnsOf(["program", "host", "status", "from", "to", "command", "with"]), data.manifests.map((m) => [`${m.tool} ${m.version}`, where(m), m.status + (m.reason ? ": " + m.reason : ""), m.start_utc, m.end_utc, m.argv.join(" "), parts(m)]), 10).node);
}
signature();
if (pairsShown) searchable("pairs", pairsShown);
search();
