#include "bench/nccl_log_capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "tests/core/temporary_dir.h"

namespace plumb::bench {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

Settings where_user_set(const std::set<std::string>& names, const std::string& folder = "/runs/a/nccl") {
  return nccl_log_settings(folder, "plumb-pairs", [&](const std::string& name) { return names.contains(name); });
}

TEST(NcclLogSettings, AFileAProcessWithWhatThereIsToKnowOfConnections) {
  EXPECT_THAT(where_user_set({}),
              ElementsAre(Pair("NCCL_DEBUG_FILE", "/runs/a/nccl/plumb-pairs.%h.%p.log"), Pair("NCCL_DEBUG", "INFO"),
                          Pair("NCCL_DEBUG_SUBSYS", "INIT,BOOTSTRAP,ENV,NET,GRAPH")));
}

TEST(NcclLogSettings, WhatTheUserSetStays) {
  EXPECT_THAT(where_user_set({"NCCL_DEBUG"}),
              ElementsAre(Pair("NCCL_DEBUG_FILE", testing::_), Pair("NCCL_DEBUG_SUBSYS", testing::_)));
  EXPECT_THAT(where_user_set({"NCCL_DEBUG_SUBSYS"}),
              ElementsAre(Pair("NCCL_DEBUG_FILE", testing::_), Pair("NCCL_DEBUG", "INFO")));
  EXPECT_THAT(where_user_set({"NCCL_DEBUG_FILE"}), IsEmpty());  // his file, and so his levels
}

TEST(NcclLogSettings, AFolderThatNcclWouldExpandIsLeft) { EXPECT_THAT(where_user_set({}, "/runs/100%h"), IsEmpty()); }

TEST(NcclVariable, IsSetInTheEnvironmentOrInTheUsersFile) {
  const test::TemporaryDir dir;
  const auto file = dir.path() / "nccl.conf";
  std::ofstream(file) << "# NCCL_DEBUG=INFO\nNCCL_PLUMB_TEST_IN_FILE=1\n";
  ::setenv("NCCL_CONF_FILE", file.c_str(), 1);
  ::setenv("NCCL_PLUMB_TEST", "", 1);
  EXPECT_TRUE(nccl_variable_is_set("NCCL_PLUMB_TEST"));
  EXPECT_TRUE(nccl_variable_is_set("NCCL_PLUMB_TEST_IN_FILE"));
  EXPECT_FALSE(nccl_variable_is_set("NCCL_PLUMB_TEST_IN"));
  EXPECT_FALSE(nccl_variable_is_set("NCCL_PLUMB_TEST_ELSEWHERE"));
  ::unsetenv("NCCL_CONF_FILE");
  ::unsetenv("NCCL_PLUMB_TEST");
}

}  // namespace
}  // namespace plumb::bench
