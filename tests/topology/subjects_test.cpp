#include "topology/subjects.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace plumb::topology {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

const std::string kOne = "nic/n1/a:1--switch/MF0;leaf:2", kTwo = "nic/n2/a:1--switch/leaf; old:1";

TEST(Subjects, WhatIsJoinedComesApartAgain) {
  EXPECT_THAT(ids_in(subject_of({kOne, kTwo, kOne})), ElementsAre(kOne, kTwo, kOne));
  EXPECT_THAT(ids_in(subject_of({kTwo})), ElementsAre(kTwo));
  EXPECT_THAT(ids_in("switch/leaf1:7"), ElementsAre("switch/leaf1:7"));
}

TEST(Subjects, WhatIsNoIdIsKeptWhole) {
  EXPECT_THAT(ids_in(""), IsEmpty());
  EXPECT_THAT(ids_in("; "), ElementsAre("; "));
  EXPECT_THAT(ids_in("node; nothing/else"), ElementsAre("node; nothing/else"));
}

TEST(Subjects, EndsOfALink) {
  using Ends = std::pair<std::string, std::string>;
  EXPECT_EQ(ends_in("nic/n1/mlx5_0:1--switch/leaf:p2"), Ends("nic/n1/mlx5_0:1", "switch/leaf:p2"));
  EXPECT_EQ(ends_in("host/rack--1:1--switch/leaf--a:2"), Ends("host/rack--1:1", "switch/leaf--a:2"));
  EXPECT_EQ(ends_in("host/rack--1"), std::nullopt);
  EXPECT_EQ(ends_in("switch/leaf1"), std::nullopt);
}

}  // namespace
}  // namespace plumb::topology
