// Ranks named in the texts that bench writes.
#pragma once

#include <optional>
#include <string>

namespace plumb::reports {

struct NamedRank {
  int rank = 0;
  std::string host;
};

/// The first "rank 3 (host n05)" or "rank 3 on host n05" in a text.
std::optional<NamedRank> rank_in(const std::string& text);

/// A reason that the watchdog gave.
bool means_hung(const std::string& reason);
/// One of those: a rank met an error alone. It may be about its peer.
bool means_failed(const std::string& reason);

}  // namespace plumb::reports
