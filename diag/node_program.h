#pragma once

namespace plumb::diag {

/// plumb-node; the exit code.
int node_main(int argc, char** argv);

}  // namespace plumb::diag
