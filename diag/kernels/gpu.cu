// What keeps a GPU's memory busy, and what fills and compares matrices.

namespace {

__device__ long long first_turn() { return blockIdx.x * static_cast<long long>(blockDim.x) + threadIdx.x; }
__device__ long long stride() { return gridDim.x * static_cast<long long>(blockDim.x); }

}  // namespace

/// Reads all of it. `sink` is written when a sum comes out that memory full of zeros cannot give: never, but the compiler
/// does not know.
extern "C" __global__ void read_memory(const ulonglong2* from, long long words, unsigned long long* sink) {
  unsigned long long sum = 0;
  for (long long i = first_turn(); i < words; i += stride()) {
    sum += from[i].x ^ from[i].y;
  }
  if (sum != 0) {
    *sink = sum;
  }
}

extern "C" __global__ void write_memory(ulonglong2* to, long long words) {
  for (long long i = first_turn(); i < words; i += stride()) {
    to[i] = make_ulonglong2(0, 0);
  }
}

extern "C" __global__ void copy_memory(ulonglong2* to, const ulonglong2* from, long long words) {
  for (long long i = first_turn(); i < words; i += stride()) {
    to[i] = from[i];
  }
}

/// Random 32-bit words, of which the bits in `keep` stay and those in `fixed` are set: the caller knows which make their
/// elements ordinary numbers with either sign, so that products draw as much power as real work does.
extern "C" __global__ void fill_matrix(unsigned* to, long long words, unsigned seed, unsigned keep, unsigned fixed) {
  for (long long i = first_turn(); i < words; i += stride()) {
    unsigned x = static_cast<unsigned>(i) * 2654435761U ^ seed;
    x = (x ^ x >> 15) * 2246822519U;
    x ^= x >> 13;
    to[i] = (x & keep) | fixed;
  }
}

/// Adds the number of 32-bit words that differ.
extern "C" __global__ void count_different(const unsigned* a, const unsigned* b, long long words,
                                           unsigned long long* different) {
  unsigned long long count = 0;
  for (long long i = first_turn(); i < words; i += stride()) {
    count += a[i] != b[i] ? 1 : 0;
  }
  if (count > 0) {
    atomicAdd(different, count);
  }
}
