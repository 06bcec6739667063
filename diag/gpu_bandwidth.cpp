#include "diag/gpu_bandwidth.h"

#include <functional>

#include "diag/gpu_kernels.h"
#include "diag/timed_passes.h"

namespace plumb::diag {
namespace {

constexpr std::size_t kMemoryBytes = std::size_t{1} << 30;  // of each buffer; the largest cache has 1/8 of it
constexpr std::size_t kHostBytes = std::size_t{1} << 28;
constexpr std::size_t kWordBytes = 16;

/// `bytes` are those of one call of `work`. The first repetition warms up and is not counted.
Rates rates_of(const core::GpuStream& stream, double bytes, int repetitions, const std::function<void()>& work) {
  Rates rates;
  TimedPasses passes(stream);
  for (int i = 0; i <= repetitions; ++i) {
    passes.start(work);
    if (const double rate = passes.finish(bytes); i > 0) {
      rates.push_back(rate);
    }
  }
  return rates;
}

}  // namespace

MemoryRates memory_rates(const core::GpuStream& stream, int repetitions) {
  const core::GpuKernels kernels(stream.gpu(), gpu_kernels());
  const core::GpuBuffer a(stream.gpu(), kMemoryBytes), b(stream.gpu(), kMemoryBytes), sink(stream.gpu(), 8);
  const auto& cuda = stream.gpu().cuda();
  cuda.require(cuda->set_bytes(a.address(), 0, kMemoryBytes, stream.get()), "cuMemsetD8Async");
  constexpr auto kWords = static_cast<long long>(kMemoryBytes / kWordBytes);
  constexpr auto kBytes = static_cast<double>(kMemoryBytes);
  const auto read = kernels.function("read_memory"), write = kernels.function("write_memory"),
             copy = kernels.function("copy_memory");
  MemoryRates rates;
  rates.read =
      rates_of(stream, kBytes, repetitions, [&] { core::launch(read, stream, a.address(), kWords, sink.address()); });
  rates.write = rates_of(stream, kBytes, repetitions, [&] { core::launch(write, stream, b.address(), kWords); });
  rates.copy =
      rates_of(stream, 2 * kBytes, repetitions, [&] { core::launch(copy, stream, b.address(), a.address(), kWords); });
  return rates;
}

HostRates host_rates(const core::GpuStream& stream, int repetitions) {
  const core::GpuBuffer there(stream.gpu(), kHostBytes);
  const core::PinnedBuffer here(stream.gpu(), kHostBytes);
  const auto& cuda = stream.gpu().cuda();
  HostRates rates;
  rates.to_gpu = rates_of(stream, kHostBytes, repetitions, [&] {
    cuda.require(cuda->copy_in(there.address(), here.data(), kHostBytes, stream.get()), "cuMemcpyHtoDAsync");
  });
  rates.to_host = rates_of(stream, kHostBytes, repetitions, [&] {
    cuda.require(cuda->copy_out(here.data(), there.address(), kHostBytes, stream.get()), "cuMemcpyDtoHAsync");
  });
  return rates;
}

}  // namespace plumb::diag
