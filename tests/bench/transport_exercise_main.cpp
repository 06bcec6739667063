// Sends messages of all sizes between all pairs of ranks over a transport, and compares what arrives byte by byte:
// small ones and large ones in one window, of every size at which the transport changes its ways, both ways at once.
//
//   mpirun -np N transport_exercise --backend verbs [options of the backend]
#include <fmt/format.h>
#include <mpi.h>

#include <CLI/CLI.hpp>
#include <array>
#include <vector>

#include "bench/backend_options.h"
#include "bench/mpi_session.h"
#include "bench/ranks.h"
#include "bench/verbs_transport.h"
#include "core/command_line.h"
#include "core/guarded_main.h"

namespace {

using namespace plumb;

constexpr std::size_t kMiB = 1 << 20;
constexpr std::array<std::size_t, 12> kSizes = {0,    1,    8,        220,  221,      1024,
                                                1025, 4096, kMiB - 1, kMiB, kMiB + 1, 5 * kMiB + 3};

std::byte byte_at(int rank, std::size_t message, std::size_t i) {
  return static_cast<std::byte>((static_cast<std::size_t>(rank) + 1) * 131 + message * 17 + i * 7 + (i >> 8U));
}

/// One message a size, all under way at once, `turn` of them in another order each.
std::int64_t exchange(bench::Transport& transport, int self, int peer, std::size_t turn) {
  std::vector<std::unique_ptr<bench::Region>> memory;
  std::vector<bench::Ticket> tickets;
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    const auto bytes = kSizes[(i * 5 + turn) % kSizes.size()];
    memory.push_back(transport.allocate(bytes + 64));
    tickets.push_back(transport.start_receive(peer, {memory.back().get(), 64, bytes}));
    memory.push_back(transport.allocate(bytes));
    for (std::size_t at = 0; at < bytes; ++at) {
      memory.back()->bytes()[at] = byte_at(self, i + turn, at);
    }
    tickets.push_back(transport.start_send(peer, {memory.back().get(), 0, bytes}));
  }
  transport.complete(tickets);
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < kSizes.size(); ++i) {
    const auto got = memory[2 * i]->bytes();
    for (std::size_t at = 0; at < kSizes[(i * 5 + turn) % kSizes.size()]; ++at) {
      wrong += got[64 + at] != byte_at(peer, i + turn, at) ? 1 : 0;
    }
  }
  return wrong;
}

/// More small messages than a peer has slots for, the other way in between.
std::int64_t chatter(bench::Transport& transport, int self, int peer) {
  constexpr std::size_t kMessages = 500;
  const auto memory = transport.allocate(2 * kMessages);
  std::vector<bench::Ticket> tickets;
  for (std::size_t i = 0; i < kMessages; ++i) {
    memory->bytes()[i] = byte_at(self, 0, i);
    tickets.push_back(transport.start_send(peer, {memory.get(), i, 1}));
  }
  for (std::size_t i = 0; i < kMessages; ++i) {
    tickets.push_back(transport.start_receive(peer, {memory.get(), kMessages + i, 1}));
  }
  transport.complete(tickets);
  std::int64_t wrong = 0;
  for (std::size_t i = 0; i < kMessages; ++i) {
    wrong += memory->bytes()[kMessages + i] != byte_at(peer, 0, i) ? 1 : 0;
  }
  return wrong;
}

core::ExitCode run(const bench::BackendSettings& settings) {
  const bench::Ranks ranks(MPI_COMM_WORLD);
  const auto transport = bench::make_verbs_transport(ranks.communicator(), settings);
  std::int64_t wrong = 0;
  for (int distance = 1; distance < ranks.size(); ++distance) {  // pairs meet in an order without a cycle
    const int peer = ranks.rank() ^ distance;
    if (peer < ranks.size()) {
      transport->connect(peer);
      for (std::size_t turn = 0; turn < 3; ++turn) {
        wrong += exchange(*transport, ranks.rank(), peer, turn);
      }
      wrong += chatter(*transport, ranks.rank(), peer);
    }
  }
  wrong = ranks.sum(wrong);
  if (ranks.first()) {
    fmt::print("{}: {}\n{} wrong bytes\n", transport->name(), transport->version(), wrong);
  }
  return wrong == 0 ? core::ExitCode::pass : core::ExitCode::findings;
}

}  // namespace

int main(int argc, char** argv) {
  constexpr const char* kName = "transport_exercise";
  return core::guarded_main(kName, [&] {
    CLI::App app("Sends messages of all sizes between all ranks, and compares what arrives.");
    bench::TypedBackend typed;
    bench::BackendSettings settings;
    bench::add_backend_options(app, typed, settings);
    core::parse_command_line(app, argc, argv);
    bench::understand(typed, settings);
    const bench::MpiSession session(argc, argv);
    return session.guarded(kName, [&] { return run(settings); });
  });
}
