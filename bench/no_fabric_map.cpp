// On a simulated fabric the ranks share a process, which reads no maps: schedules are those without one.
#include "bench/pair_places.h"
#include "bench/pair_plan.h"
#include "core/error.h"

namespace plumb::bench {

std::vector<PairPlace> pair_places(const std::string& /*topology*/, const std::string& /*run_dir*/,
                                   const std::vector<core::RankRow>& /*ranks*/,
                                   const std::vector<std::string>& /*endpoints*/) {
  return {};
}

std::string plan_text(const PairOptions& /*options*/) { throw core::UsageError("--plan is not part of this build"); }

}  // namespace plumb::bench
