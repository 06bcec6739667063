/* The ladder: the same pairs over several libraries, from the fabric upwards. */
function ladder() {
  const rows = data.ladder || [];
  if (!rows.length) return;
  const layers = [];  // in the order of the ladder, as far as any row has them
  for (const row of rows) row.steps.forEach((step, i) => { if (!layers.includes(step.layer)) layers.splice(i ? layers.indexOf(row.steps[i - 1].layer) + 1 : 0, 0, step.layer); });
  const cell = (row, layer) => {
    const i = row.steps.findIndex((step) => step.layer === layer);
    if (i < 0) return "";
    const latency = row.mode === "latency", value = row.steps[i].value, below = i ? row.steps[i - 1].value : 0;
    return (latency ? time(value) : rate(value)) + (below ? latency ? ` (${(value / below).toFixed(1)} times)` : ` (${percent(value / below)})` : "");
  };
  section("The same pairs over several libraries: which layer loses it?",
    el("p", { class: "dim note" }, "Medians over the pairs that all libraries of a line have; in brackets against the library to the left. Some overhead is usual: what is more is a finding."),
    plain(["", "size", "pairs", ...layers], rows.map((row) => [row.mode + (row.schedule ? ", " + row.schedule : ""), size(row.bytes), count(row.pairs), ...layers.map((layer) => cell(row, layer))])));
}
