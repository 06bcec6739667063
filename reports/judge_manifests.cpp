#include <fmt/format.h>

#include "core/text.h"
#include "reports/judge.h"

namespace plumb::reports {

void judge_manifests(const Evidence& evidence, core::Verdict& verdict) {
  for (const auto run : evidence.runs_without_manifest) {
    verdict.notes.push_back(fmt::format(
        "{} has no manifest: nobody knows whether that run finished; a last line without its end was left out",
        core::printable(evidence.runs[run])));
  }
}

}  // namespace plumb::reports
