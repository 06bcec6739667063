// All GPUs of a host under load at once, as in a job: that is when power and heat limit them.
#pragma once

#include <vector>

#include "diag/cublas_library.h"
#include "diag/gpu_recorder.h"
#include "diag/matrix_load.h"
#include "diag/tested_gpu.h"

namespace plumb::diag {

/// Matrix products for `seconds`: rows gemm_TYPE (median rate) and gemm_TYPE_different (results that differ between
/// repetitions), or why there are none; with `tells_state` clocks, heat, power and throttle reasons meanwhile, and
/// errors and links at the end.
void load_gpus(std::vector<TestedGpu>& gpus, const core::NvmlLibrary& nvml, const CublasLibrary& cublas,
               const MatrixType& type, double seconds, bool tells_state, GpuRecorder& recorder);

}  // namespace plumb::diag
