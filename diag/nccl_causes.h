// What a warning of NCCL, or of a framework about it, means, and what to do.
#pragma once

#include <string_view>

namespace plumb::diag {

enum class Speaker { nccl, framework };

/// One row of the table of causes.
struct Cause {
  std::string_view check;        // the name in checks.csv
  std::string_view first, then;  // both stand in the text, in any order; `then` may be empty
  std::string_view status;       // fail, or warn for what follows another error or may be harmless
  std::string_view what, advice;
  Speaker speaker = Speaker::nccl;
  bool follows = false;  // of another error: it says little by itself
  bool is_known = true;
};

/// The first row that fits; null when none does.
const Cause* cause_of(std::string_view text, Speaker speaker);
/// Of warnings that no row fits.
const Cause& unknown_cause();

}  // namespace plumb::diag
