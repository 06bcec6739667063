#pragma once

namespace plumb::diag {

/// plumb-nccl-log; the exit code.
int nccl_log_main(int argc, char** argv);

}  // namespace plumb::diag
