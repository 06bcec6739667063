// nccl_speaks RUN_DIR: captures NCCL's log as the programs do, and lets NCCL begin: as far as it gets on this machine.
#include <fmt/format.h>

#include "bench/mpi_session.h"
#include "bench/nccl_library.h"
#include "bench/nccl_log_capture.h"

int main(int argc, char** argv) {
  using namespace plumb::bench;
  const MpiSession session(argc, argv);
  const Ranks ranks(MPI_COMM_WORLD);
  const NcclLogCapture log(ranks, "nccl", argv[1], "nccl-speaks");
  const NcclLibrary nccl;
  if (!nccl.why_absent().empty()) {
    fmt::print("absent: {}\n", nccl.why_absent());
    return 0;
  }
  NcclId id{};
  NcclConfig config{.size = sizeof config, .magic = kNcclConfigMagic, .version = kNcclConfigVersion, .blocking = 1};
  NcclComm communicator = nullptr;
  int code = nccl->make_id(&id);
  code = code == kNcclSuccess ? nccl->init(&communicator, 1, id, 0, &config) : code;  // each rank for itself
  fmt::print("NCCL {}: {}\n", nccl.version(), nccl->error_string(code));
  if (communicator != nullptr) {
    nccl->destroy(communicator);
  }
  ranks.barrier();  // all have spoken before rank 0 reads
  return 0;
}
