// How fast the GPUs of a host move data to each other: every pair, each direction by itself, then both at once.
#pragma once

#include <vector>

#include "diag/gpu_recorder.h"
#include "diag/tested_gpu.h"

namespace plumb::diag {

/// By the copy engines, directly; all pairs of a round at the same time, which links that pairs do not share allow.
/// Rows p2p_to_N (one direction at a time) and p2p_both_to_N (while the other one runs, too), or why there are none.
void measure_peers(const std::vector<TestedGpu>& gpus, int repetitions, GpuRecorder& recorder);

}  // namespace plumb::diag
