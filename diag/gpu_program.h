#pragma once

namespace plumb::diag {

/// plumb-gpu; the exit code.
int gpu_main(int argc, char** argv);

}  // namespace plumb::diag
