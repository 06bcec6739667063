// Fills memory with a Pattern, and counts the elements that differ from one. `table` is Pattern::table(); `first` is the
// index in the sequence of the first element. One pair of kernels for each size of element in bytes.
#include "bench/pattern_index.h"

namespace {

using plumb::bench::place_in_table;

__device__ long long first_turn() { return blockIdx.x * static_cast<long long>(blockDim.x) + threadIdx.x; }
__device__ long long stride() { return gridDim.x * static_cast<long long>(blockDim.x); }

template <class Word>
__device__ void fill(Word* to, long long elements, const Word* table, long long first) {
  for (long long i = first_turn(); i < elements; i += stride()) {
    to[i] = table[place_in_table(first + i)];
  }
}

/// result[0]: number of wrong elements; result[1]: the lowest offset of one. Both start as the host says.
template <class Word>
__device__ void verify(const Word* found, long long elements, const Word* table, long long first,
                       unsigned long long* result) {
  unsigned long long wrong = 0;
  long long lowest = elements;
  for (long long i = first_turn(); i < elements; i += stride()) {
    if (found[i] != table[place_in_table(first + i)]) {
      lowest = wrong++ == 0 ? i : lowest;
    }
  }
  if (wrong > 0) {
    atomicAdd(&result[0], wrong);
    atomicMin(&result[1], static_cast<unsigned long long>(lowest));
  }
}

}  // namespace

#define PLUMB_KERNELS(bytes, Word)                                                                                    \
  extern "C" __global__ void fill_##bytes(Word* to, long long elements, const Word* table, long long first) {         \
    fill(to, elements, table, first);                                                                                 \
  }                                                                                                                   \
  extern "C" __global__ void verify_##bytes(const Word* found, long long elements, const Word* table, long long first, \
                                            unsigned long long* result) {                                             \
    verify(found, elements, table, first, result);                                                                    \
  }

PLUMB_KERNELS(1, unsigned char)
PLUMB_KERNELS(2, unsigned short)
PLUMB_KERNELS(4, unsigned int)
PLUMB_KERNELS(8, unsigned long long)
