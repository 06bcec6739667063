#include "bench/local_ranks.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <thread>

#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr const char* kStarted = "PLUMB_LOCAL_RANKS";  // in the ranks' environment

/// Where mpirun is Open MPI's: as root it otherwise refuses, and on one host of few cores ranks would wait spinning.
void set_environment(int ranks) {
  ::setenv(kStarted, std::to_string(ranks).c_str(), 1);
  if (::geteuid() == 0) {
    ::setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 0);
    ::setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 0);
  }
  if (static_cast<unsigned>(ranks) > std::thread::hardware_concurrency()) {
    ::setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  }
}

}  // namespace

void add_local_rank_options(CLI::App& app, LocalRanks& ranks) {
  app.add_option("-g,--ngpus", ranks.gpus, "without mpirun: start so many ranks on this host, a GPU each over nccl")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("-t,--nthreads", ranks.threads, "so many times -g ranks, as nccl-tests' threads")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
}

bool must_start(const LocalRanks& ranks, const Variable& variable) {
  if (ranks.count() == 1 || variable(kStarted) != nullptr) {
    return false;
  }
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK", "MPI_LOCALNRANKS"}) {
    if (variable(name) != nullptr) {
      throw core::UsageError(
          fmt::format("-g and -t start {0} ranks themselves, and a launcher has started this one ({1}); start a rank a "
                      "GPU by it: mpirun --map-by ppr:{0}:node, srun --ntasks-per-node={0}",
                      ranks.count(), name));
    }
  }
  return true;
}

std::vector<std::string> local_rank_command(int ranks, const std::string& program, int argc, const char* const* argv) {
  std::vector<std::string> command = {
      "mpirun", "-np",  std::to_string(ranks), "--host", fmt::format("localhost:{}", ranks), "--bind-to",
      "none",   program};
  command.insert(command.end(), argv + 1, argv + argc);
  return command;
}

void start_local_ranks(const LocalRanks& ranks, int argc, const char* const* argv) {
  if (!must_start(ranks, [](const char* name) { return std::getenv(name); })) {
    return;
  }
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  auto command = local_rank_command(ranks.count(), error ? argv[0] : program.string(), argc, argv);
  std::vector<char*> words;
  for (auto& word : command) {
    words.push_back(word.data());
  }
  words.push_back(nullptr);
  set_environment(ranks.count());
  ::execvp(words.front(), words.data());
  throw core::Error(fmt::format("-g and -t start ranks by mpirun, which cannot be started: {}",
                                std::generic_category().message(errno)));
}

}  // namespace plumb::bench
