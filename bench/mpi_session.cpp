#include "bench/mpi_session.h"

#include <fmt/format.h>
#include <mpi.h>

#include <cstdio>
#include <cstdlib>

#include "bench/agreed_error.h"
#include "bench/ranks.h"
#include "core/guarded_main.h"
#include "core/text.h"

namespace plumb::bench {

std::string refused_launch(int world_size, const std::function<const char*(const char*)>& variable) {
  if (world_size > 1) {
    return {};
  }
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_SIZE", "MPI_LOCALNRANKS"}) {
    const char* value = variable(name);
    if (value != nullptr && std::atoi(value) > 1) {
      return fmt::format(
          "the launcher started {} processes ({}), but MPI connects only one: each would measure itself; use the "
          "mpirun of the MPI this program is linked to",
          value, name);
    }
  }
  const char* step = variable("SLURM_STEP_NUM_TASKS");
  if (step != nullptr && std::atoi(step) > 1) {
    return fmt::format(
        "srun started {} tasks, but MPI connects only one: each would measure itself; use srun --mpi=pmix", step);
  }
  return {};
}

MpiSession::MpiSession(int& argc, char**& argv) {
  int provided = 0;
  MPI_Init_thread(&argc, &argv, MPI_THREAD_FUNNELED, &provided);
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (const auto reason = refused_launch(size, [](const char* name) { return std::getenv(name); }); !reason.empty()) {
    MPI_Finalize();
    throw core::UsageError(reason);
  }
}

MpiSession::~MpiSession() { MPI_Finalize(); }

namespace {

/// The same mistake on every rank, so one message is enough. A launcher kills all ranks as soon as one ends with an
/// error, so none ends before it is said.
core::ExitCode report_once(std::string_view program, const std::exception& error, core::ExitCode code) {
  int rank = 0;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (rank == 0) {
    core::report_error(program, core::printable(error.what()), code);
  }
  MPI_Barrier(MPI_COMM_WORLD);
  return code;
}

}  // namespace

core::ExitCode MpiSession::guarded(std::string_view program, const std::function<core::ExitCode()>& body) const {
  int size = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  try {
    return body();
  } catch (const core::UsageError& error) {
    return report_once(program, error, core::ExitCode::usage);
  } catch (const AgreedError& error) {
    return report_once(program, error, error.exit_code());
  } catch (const std::exception& error) {
    if (size == 1) {
      throw;
    }
    const auto* own = dynamic_cast<const core::Error*>(&error);
    const auto code = own != nullptr ? own->exit_code() : core::ExitCode::failure;
    fmt::print(stderr, "error on host {}: {}\n", host_name(), core::printable(error.what()));
    MPI_Abort(MPI_COMM_WORLD, static_cast<int>(code));
    return code;
  }
}

}  // namespace plumb::bench
