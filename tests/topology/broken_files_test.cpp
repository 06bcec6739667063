// Whatever a file says, a reader takes it or says what is wrong: every sample cut off anywhere, and with bytes changed.
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "tests/topology/read_text.h"

namespace plumb::topology {
namespace {

std::vector<std::string> samples() {
  std::vector<std::string> files;
  for (const auto* folder : {"ethernet", "fabric"}) {
    for (const auto& file :
         std::filesystem::directory_iterator(PLUMB_SOURCE_DIR "/tests/data/" + std::string(folder))) {
      files.push_back(std::string(folder) + "/" + file.path().filename().string());
    }
  }
  std::ranges::sort(files);
  return files;
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

class BrokenFile : public testing::TestWithParam<std::string> {};
INSTANTIATE_TEST_SUITE_P(Sample, BrokenFile, testing::ValuesIn(samples()), test_name);

TEST_P(BrokenFile, CutOffAnywhere) {
  const auto text = test::data_text(GetParam());
  constexpr std::size_t kCuts = 400;
  for (std::size_t cut = 0; cut < kCuts; ++cut) {
    const auto said = test::error_of("sample.x", text.substr(0, text.size() * cut / kCuts));
    EXPECT_TRUE(said.empty() || said.starts_with("sample.x")) << said;
  }
}

TEST_P(BrokenFile, WithBytesChanged) {
  const auto text = test::data_text(GetParam());
  std::mt19937 random(7);
  constexpr int kTries = 1000;
  std::size_t refused = 0;
  for (int i = 0; i < kTries; ++i) {
    auto changed = text;
    for (int change = 0; change < 3; ++change) {
      const auto at = random() % changed.size();
      switch (random() % 3) {
        case 0:
          changed[at] = static_cast<char>(random());
          break;
        case 1:
          changed.erase(at, random() % 20);
          break;
        default:
          changed.insert(at, changed.substr(random() % changed.size(), random() % 20));
      }
    }
    const auto said = test::error_of("sample.x", changed);
    EXPECT_TRUE(said.empty() || said.starts_with("sample.x")) << said;
    refused += said.empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 0);
}

}  // namespace
}  // namespace plumb::topology
