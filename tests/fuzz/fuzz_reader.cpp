// libFuzzer's program for one reader: fuzz_reader --reader=ptm [libFuzzer's own options] FOLDER…
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "tests/fuzz/targets.h"

namespace {

const plumb::test::FuzzTarget* target = nullptr;

}  // namespace

extern "C" int LLVMFuzzerInitialize(const int* argc, const char* const* const* argv) {
  constexpr std::string_view kOption = "--reader=";
  const auto targets = plumb::test::fuzz_targets();
  for (int i = 1; i < *argc; ++i) {
    const std::string_view word = (*argv)[i];
    if (word.starts_with(kOption)) {
      const auto found = std::ranges::find(targets, word.substr(kOption.size()), &plumb::test::FuzzTarget::name);
      target = found == targets.end() ? nullptr : &*found;
    }
  }
  if (target == nullptr) {
    std::fputs("say which: --reader=NAME, one of", stderr);
    for (const auto& known : targets) {
      std::fprintf(stderr, " %s", known.name.data());
    }
    std::fputs("\n", stderr);
    std::exit(2);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto refusal = target->read({reinterpret_cast<const char*>(data), size});
  if (const auto flaw = plumb::test::flaw_of(refusal); !flaw.empty()) {
    std::fprintf(stderr, "the refusal is useless, %s: %s\n", flaw.c_str(), refusal.c_str());
    std::abort();
  }
  return 0;
}
