// What plumb-report writes. Each function makes the whole text of one file; none judges.
#pragma once

#include <string>
#include <string_view>

#include "reports/judge.h"

namespace plumb::reports {

/// The summary on the terminal: the verdict first, one finding a paragraph, what was not tested.
std::string terminal_text(const core::Verdict& verdict, bool colour);
/// report.md: the same for a ticket or a chat. Names are escaped for Markdown.
std::string markdown_text(const core::Verdict& verdict);
/// junit.xml: one test case a finding, one a class of parts and one for the verdict, for CI systems.
std::string junit_text(const core::Verdict& verdict);
/// metrics.prom: Prometheus text format, for node_exporter's textfile collector.
std::string metrics_text(const core::Verdict& verdict);
/// The data of report.html (see reports/page): one JSON object in two parts. The first needs no verdict, and may be
/// made while that is found.
core::Json page_data_ahead(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement);
core::Json page_data(const Evidence& evidence, const Fabric& fabric, const Judgement& judgement);
/// `json` as text that nothing in it can end a script element with.
std::string script_safe(const core::Json& json);
/// Of the texts of two JSON objects, neither of them empty, that of one with all that they have.
std::string joined_objects(std::string object, std::string_view other);

}  // namespace plumb::reports
