// The seeds, read without libFuzzer: what was once found stays mended, wherever the tests run.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/json_file.h"
#include "tests/fuzz/targets.h"

namespace plumb::test {
namespace {

const std::filesystem::path kCorpus = PLUMB_SOURCE_DIR "/tests/fuzz/corpus";

TEST(Corpus, EveryReaderHasATargetAndEveryTargetItsFolder) {
  for (const auto& reader : topology::file_readers()) {
    EXPECT_EQ(std::ranges::count(fuzz_targets(), reader.read, &FuzzTarget::of_topology), 1) << reader.format;
  }
  std::set<std::string> names, folders;
  for (const auto& target : fuzz_targets()) {
    names.emplace(target.name);
  }
  for (const auto& folder : std::filesystem::directory_iterator(kCorpus)) {
    folders.insert(folder.path().filename());
  }
  EXPECT_EQ(names, folders);
}

TEST(Corpus, EveryReaderTakesASeedAndRefusesTheOthersWithWordsThatHelp) {
  for (const auto& target : fuzz_targets()) {
    std::size_t taken = 0;
    for (const auto& file : std::filesystem::directory_iterator(kCorpus / target.name)) {
      const auto refusal = target.read(core::read_file(file.path()));
      EXPECT_EQ(flaw_of(refusal), "") << file.path() << ": " << refusal;
      taken += refusal.empty() ? 1 : 0;
    }
    EXPECT_GT(taken, 0U) << target.name;
  }
}

TEST(Corpus, RefusalsThatHelpNobodyAreTold) {
  EXPECT_EQ(flaw_of("sample.x:3: what"), "");
  EXPECT_NE(flaw_of("vector::at"), "");
  EXPECT_NE(flaw_of("sample.x:3: \x1b[2J"), "");
}

}  // namespace
}  // namespace plumb::test
