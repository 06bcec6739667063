#include "bench/nccl_witness.h"

#include <unistd.h>

#include <cstdlib>
#include <future>
#include <memory>
#include <thread>

#include "bench/nccl_ras.h"

namespace plumb::bench {
namespace {

constexpr auto kAskLimit = std::chrono::seconds(9);

}  // namespace

Testimony NcclWitness::testimony(const std::vector<std::string>& hosts) {
  const char* const named = std::getenv("NCCL_RAS_ADDR");
  const auto answer = ask_ras(named == nullptr ? kRasAddress : named, kAskLimit);
  if (!answer.why_no_good.empty()) {
    return {"NCCL's RAS cannot be asked: " + answer.why_no_good, ""};
  }
  return {"NCCL's RAS: " + ras_says(answer.text, {::getpid(), hosts}, nccl_.error_string), answer.text};
}

/// On a thread of its own: NCCL may wait for what never comes, and the process ends anyhow.
void NcclWitness::abort() {
  auto done = std::make_shared<std::promise<void>>();
  const auto ended = done->get_future();
  std::thread([done, this] {
    calls_.abort();
    done->set_value();
  }).detach();
  ended.wait_for(abort_limit_);
}

}  // namespace plumb::bench
