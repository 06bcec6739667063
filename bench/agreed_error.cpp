#include "bench/agreed_error.h"

namespace plumb::bench {

std::string from_first_rank(const Ranks& ranks, const std::function<std::string()>& produce) {
  std::string text;
  auto code = core::ExitCode::pass;
  if (ranks.first()) {
    try {
      text = produce();
    } catch (const core::Error& error) {
      text = error.what();
      code = error.exit_code();
    }
  }
  code = static_cast<core::ExitCode>(ranks.broadcast(static_cast<std::int64_t>(code)));
  text = ranks.broadcast(text);
  if (code != core::ExitCode::pass) {
    throw AgreedError(text, code);
  }
  return text;
}

std::string first_reason(const Ranks& ranks, const std::string& reason) {
  double first = reason.empty() ? ranks.size() : ranks.rank();
  ranks.min_in_place({&first, 1});
  return first < ranks.size() ? ranks.broadcast(reason, static_cast<int>(first)) : "";
}

}  // namespace plumb::bench
