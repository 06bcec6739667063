// The verdict on a job's logs as a screen of text.
#pragma once

#include <string>

#include "diag/inspector.h"
#include "diag/nccl_checks.h"

namespace plumb::diag {

/// What ran, each finding with its cause, the line that shows it and what to do, and what was not seen.
std::string nccl_text(NcclFacts& facts, const InspectorReader& inspected, const NcclChecks& checks, bool colour);

/// Rows that did not pass: 0 is a clean bill.
std::size_t findings_in(const NcclChecks& checks);

}  // namespace plumb::diag
