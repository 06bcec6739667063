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

}  // namespace
}  // namespace plumb::topology
