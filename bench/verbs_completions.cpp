#include "bench/verbs_completions.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr int kFirstEntries = 4096;

}  // namespace

VerbsCompletions::VerbsCompletions(const VerbsDevice& device, int a_peer)
    : device_(device),
      a_peer_(a_peer),
      queue_(ibv_create_cq(device.context(), std::min(kFirstEntries, device.most_completions()), nullptr, nullptr, 0),
             ibv_destroy_cq) {
  if (!queue_) {
    throw core::Error(
        fmt::format("{}: no completion queue: {}", device.name(), std::generic_category().message(errno)));
  }
}

void VerbsCompletions::make_room_for(int peers) {
  const int needed = peers * a_peer_;
  if (needed > queue_->cqe) {
    const int entries = std::max(needed, std::min(2 * queue_->cqe, device_.most_completions()));
    if (const int code = ibv_resize_cq(queue_.get(), entries); code != 0) {
      throw core::Error(fmt::format("{}: the completion queue cannot hold {} peers ({} entries: {})", device_.name(),
                                    peers, entries, std::generic_category().message(code)));
    }
  }
}

std::span<const ibv_wc> VerbsCompletions::poll() {
  const int count = ibv_poll_cq(queue_.get(), static_cast<int>(read_.size()), read_.data());
  if (count < 0) {
    throw core::Error(fmt::format("{}: the completion queue cannot be read", device_.name()));
  }
  return {read_.data(), static_cast<std::size_t>(count)};
}

}  // namespace plumb::bench
