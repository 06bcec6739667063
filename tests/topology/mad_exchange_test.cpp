#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <set>
#include <string>

#include "core/error.h"
#include "tests/topology/ib_wire.h"
#include "topology/aside.h"

namespace plumb::topology {
namespace {

using namespace std::chrono_literals;
using test::after;
using testing::IsEmpty;
using testing::SizeIs;

struct Echo : test::Wire {
  std::optional<MadData> answer(const MadRequest& request) override {
    MadData data{};
    data[0] = static_cast<std::uint8_t>(request.lid);
    return request.lid == refused ? std::nullopt : std::optional(data);
  }
  std::uint16_t refused = 0;
};

std::vector<MadRequest> requests(std::uint16_t count) {
  std::vector<MadRequest> list(count);
  for (std::uint16_t i = 0; i < count; ++i) {
    list[i].lid = static_cast<std::uint16_t>(i + 1);
  }
  return list;
}

TEST(Exchange, AsksAgainUntilEveryAnswerIsThereOnce) {
  Echo wire;
  wire.loss = 0.3;
  wire.repeats = true;
  std::multiset<std::size_t> answered;
  const auto lost = exchange(wire, requests(200), {.outstanding = 10}, [&](std::size_t n, const MadData& data) {
    EXPECT_EQ(data[0], n + 1);
    answered.insert(n);
  });
  EXPECT_THAT(lost, IsEmpty());
  EXPECT_EQ(answered.size(), 200U);
  EXPECT_EQ(std::set(answered.begin(), answered.end()).size(), 200U);
  EXPECT_LE(wire.most_under_way, 20U);  // ten, each told twice
}

TEST(Exchange, GivesUpWhatIsRefused) {
  Echo wire;
  wire.refused = 3;
  std::size_t answers = 0;
  const auto lost = exchange(wire, requests(5), {.tries = 4}, [&](std::size_t, const MadData&) { ++answers; });
  EXPECT_THAT(lost, testing::ElementsAre(2));
  EXPECT_EQ(answers, 4U);
  EXPECT_EQ(wire.sent, 8U);
}

TEST(Exchange, EndsWhenNothingAnswersAtAll) {
  Echo wire;
  wire.silent = true;
  const auto begin = std::chrono::steady_clock::now();
  const auto nothing = [](std::size_t, const MadData&) { FAIL() << "an answer to nothing"; };
  EXPECT_THAT(exchange(wire, requests(5), {.tries = 3, .answer_time = 10ms}, nothing), SizeIs(5));
  EXPECT_EQ(wire.sent, 15U);
  EXPECT_THAT(exchange(wire, requests(500), {.outstanding = 8, .answer_time = 60s, .deadline = after(50ms)}, nothing),
              SizeIs(500));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

TEST(Aside, TellsWhatItWroteAndWhetherItEnded) {
  const std::string much(300'000, 'x');
  const auto told = run_aside([&](const auto& write) { write(much.data(), much.size()); }, after(30s));
  EXPECT_TRUE(told.in_time);
  EXPECT_EQ(told.bytes, much);
  const auto threw = run_aside([](const auto&) { throw core::Error("no port"); }, after(30s));
  EXPECT_FALSE(threw.in_time);
  const auto died = run_aside(
      [&](const auto& write) {
        write("half", 4);
        std::abort();
      },
      after(30s));
  EXPECT_FALSE(died.in_time);
  EXPECT_EQ(died.bytes, "half");
}

TEST(Aside, WhatHangsIsEnded) {
  const auto begin = std::chrono::steady_clock::now();
  const auto told = run_aside(
      [](const auto& write) {
        write("so far", 6);
        for (;;) {
          ::pause();
        }
      },
      after(100ms));
  EXPECT_FALSE(told.in_time);
  EXPECT_EQ(told.bytes, "so far");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 10s);
}

}  // namespace
}  // namespace plumb::topology
