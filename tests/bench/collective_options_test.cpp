// What a command line of a collective asks for, with the names that nccl-tests has for it, too.
#include "bench/collective_options.h"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>

#include "core/error.h"

namespace plumb::bench {
namespace {

CollectiveOptions parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "plumb-allreduce");
  return parse_collective_options(collective_of(CollectiveKind::allreduce), static_cast<int>(arguments.size()),
                                  arguments.data());
}

TEST(CollectiveOptions, RegistrationByEitherName) {
  EXPECT_EQ(parsed({}).backend.registration, Registration::none);
  EXPECT_EQ(parsed({"--register"}).backend.registration, Registration::local);
  EXPECT_EQ(parsed({"--symmetric"}).backend.registration, Registration::symmetric);
  EXPECT_EQ(parsed({"-R", "0"}).backend.registration, Registration::none);
  EXPECT_EQ(parsed({"-R", "1"}).backend.registration, Registration::local);
  EXPECT_EQ(parsed({"--local_register", "2"}).backend.registration, Registration::symmetric);
  EXPECT_THROW(parsed({"-R", "3"}), CLI::ParseError);
}

TEST(CollectiveOptions, GraphsByEitherName) {
  EXPECT_FALSE(parsed({"-G", "0"}).backend.graph);
  EXPECT_TRUE(parsed({"-G", "1"}).backend.graph);
  EXPECT_TRUE(parsed({"--graph"}).backend.graph);
}

TEST(CollectiveOptions, TheTimeoutIsInSecondsWithoutAUnit) {
  EXPECT_EQ(parsed({"-T", "5"}).timeout_ns, 5'000'000'000);
  EXPECT_EQ(parsed({"--timeout", "2m"}).timeout_ns, 120'000'000'000);
}

TEST(CollectiveOptions, UntilIsAPercentage) {
  EXPECT_EQ(parsed({}).sampling.stop.until, 0);
  EXPECT_EQ(parsed({"--until", "2%"}).sampling.stop.until, 0.02);
  EXPECT_THROW(parsed({"--until", "soon"}), core::UsageError);
}

}  // namespace
}  // namespace plumb::bench
