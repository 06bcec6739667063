// One line of a log as NCCL 2.12 to 2.30 write it: "host:pid:tid [device] NCCL INFO text", behind whatever a launcher
// puts before it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace plumb::diag {

enum class NcclLevel : std::uint8_t { info, warn };

struct NcclLine {
  std::string_view host;  // empty where the log leaves it out
  std::int64_t pid = 0, thread = 0;
  int device = -1;  // CUDA's number in that process; -1 where the thread has none
  NcclLevel level = NcclLevel::info;
  std::string_view source;  // of a warning: "misc/socket.cc:49"
  std::string_view text;
};

/// Calls `visit` for each of NCCL's messages in the line: two writers may have lost the line end between them. Answers
/// how many. What has no head of NCCL's is none.
int for_each_nccl_message(std::string_view line, const std::function<void(const NcclLine&)>& visit);

/// The number at the front of `text`, or right behind `word` in it.
std::optional<std::int64_t> number_at(std::string_view text, int base = 10);
std::optional<std::int64_t> number_after(std::string_view text, std::string_view word, int base = 10);
/// What stands behind `word` up to the next space or comma; empty when it is not there.
std::string_view word_after(std::string_view text, std::string_view word);

}  // namespace plumb::diag
