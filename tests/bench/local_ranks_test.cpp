#include "bench/local_ranks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "core/error.h"

namespace plumb::bench {
namespace {

bool starts(const LocalRanks& ranks, const std::map<std::string, const char*>& environment) {
  return must_start(ranks, [&](const char* name) {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second;
  });
}

TEST(LocalRanks, AreStartedOnceAndOnlyWhereThereAreSeveral) {
  EXPECT_FALSE(starts({}, {}));
  EXPECT_TRUE(starts({.gpus = 8}, {}));
  EXPECT_TRUE(starts({.threads = 2}, {{"SLURM_PROCID", "0"}})) << "in a batch script";
  EXPECT_FALSE(starts({.gpus = 8}, {{"PLUMB_LOCAL_RANKS", "8"}, {"OMPI_COMM_WORLD_SIZE", "8"}}));
}

TEST(LocalRanks, UnderALauncherAreAMistake) {
  EXPECT_FALSE(starts({}, {{"OMPI_COMM_WORLD_SIZE", "2"}}));
  EXPECT_THROW(starts({.gpus = 4}, {{"OMPI_COMM_WORLD_SIZE", "2"}}), core::UsageError);
  EXPECT_THROW(starts({.gpus = 4}, {{"PMIX_RANK", "0"}}), core::UsageError);
}

TEST(LocalRanks, KeepTheArguments) {
  const char* argv[] = {"plumb-allreduce", "-g", "2", "--label", "a b"};
  EXPECT_THAT(local_rank_command(2, "/bin/plumb-allreduce", 5, argv),
              testing::ElementsAre("mpirun", "-np", "2", "--host", "localhost:2", "--bind-to", "none",
                                   "/bin/plumb-allreduce", "-g", "2", "--label", "a b"));
}

}  // namespace
}  // namespace plumb::bench
