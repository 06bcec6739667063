// The kernels of diag/kernels/gpu.cu, embedded by core/embed_kernels.cmake; empty in a program built without nvcc.
#pragma once

#include <span>

namespace plumb::diag {

std::span<const unsigned char> gpu_kernels();

}  // namespace plumb::diag
