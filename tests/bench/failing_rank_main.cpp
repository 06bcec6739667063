// failing_rank RANK: a rank that meets an error by itself. What rank 0 is told is on its stdout.
#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>

#include "bench/mpi_session.h"
#include "bench/watchdog.h"

int main(int argc, char** argv) {
  using namespace plumb::bench;
  namespace core = plumb::core;
  const MpiSession session(argc, argv);
  const auto code = session.guarded("failing_rank", [&] {
    const Ranks ranks(MPI_COMM_WORLD);
    Pulse pulse;
    const Watchdog watchdog(ranks, pulse, 20'000'000'000, nullptr, [](const std::string& reason, const std::string&) {
      fmt::print("reason: {}\n", reason);
      std::fflush(stdout);
    });
    watchdog.guard([&] {
      if (ranks.rank() == std::atoi(argv[1])) {
        throw core::Error("its NIC is \x1b[31mgone");
      }
      ranks.barrier();  // which the others wait at
    });
    return core::ExitCode::pass;
  });
  return static_cast<int>(code);
}
