#include "diag/gpu_load.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

namespace plumb::diag {
namespace {

using Clock = std::chrono::steady_clock;

constexpr double kBatch_s = 0.25;
constexpr auto kIntoBatch = std::chrono::milliseconds(100);  // when state is read
constexpr int kBatchesBetweenChecks = 8;

struct LoadedGpu {
  TestedGpu* gpu = nullptr;
  std::unique_ptr<MatrixLoad> load;
  int products = 1;
  std::vector<double> rates;
  std::vector<GpuPulse> pulses;
  std::uint64_t different = 0;
  int checks = 0;
};

std::string test_of(const MatrixType& type) { return fmt::format("gemm_{}", type.name); }

LoadedGpu prepare(TestedGpu& gpu, const CublasLibrary& cublas, const MatrixType& type) {
  LoadedGpu loaded;
  loaded.gpu = &gpu;
  loaded.load = std::make_unique<MatrixLoad>(cublas, *gpu.stream, type);
  loaded.load->start(1);
  loaded.products = std::clamp(static_cast<int>(kBatch_s / std::max(loaded.load->finish(), 1e-6)), 1, 1000);
  return loaded;
}

/// A GPU that fails is told, and left out of what follows.
void for_each(std::vector<LoadedGpu>& loaded, const MatrixType& type, GpuRecorder& recorder,
              const std::function<void(LoadedGpu&)>& work) {
  std::erase_if(loaded,
                [&](LoadedGpu& one) { return !recorder.attempt(one.gpu->id, test_of(type), [&] { work(one); }); });
}

void run_batch(std::vector<LoadedGpu>& loaded, const core::NvmlLibrary& nvml, const MatrixType& type, bool checks,
               GpuRecorder& recorder) {
  for_each(loaded, type, recorder, [](LoadedGpu& one) { one.load->start(one.products); });
  std::this_thread::sleep_for(kIntoBatch);
  for (auto& one : loaded) {
    one.pulses.push_back(pulse_of(nvml, *one.gpu));
  }
  for_each(loaded, type, recorder, [&](LoadedGpu& one) {
    one.rates.push_back(MatrixLoad::operations() * one.products / one.load->finish());
    if (checks || one.checks == 0) {
      one.different += one.load->different_from_first();
      ++one.checks;
    }
  });
}

void record(const LoadedGpu& one, const core::NvmlLibrary& nvml, const MatrixType& type, bool tells_state,
            GpuRecorder& recorder) {
  const auto test = test_of(type);
  recorder.add(one.gpu->id, test, one.rates, "FLOP/s");
  recorder.add({one.gpu->id, test + "_different", static_cast<double>(one.different), "count", one.checks, "ok", ""});
  if (tells_state && one.gpu->device) {
    recorder.add(pulse_rows(one.gpu->id, one.pulses));
    recorder.add(condition_rows(one.gpu->id, one.gpu->before, read_condition(nvml, *one.gpu->device)));
  }
}

}  // namespace

void load_gpus(std::vector<TestedGpu>& gpus, const core::NvmlLibrary& nvml, const CublasLibrary& cublas,
               const MatrixType& type, double seconds, bool tells_state, GpuRecorder& recorder) {
  std::vector<LoadedGpu> loaded;
  for (auto& gpu : gpus) {
    recorder.attempt(gpu.id, test_of(type), [&] {
      if (gpu.gpu->capability() >= type.capability) {
        loaded.push_back(prepare(gpu, cublas, type));
        return;
      }
      recorder.add_absent(gpu.id, test_of(type),
                          fmt::format("needs compute capability {}.{}", type.capability / 10, type.capability % 10));
    });
  }
  const auto end = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
  for (int batch = 1; !loaded.empty() && Clock::now() < end; ++batch) {
    run_batch(loaded, nvml, type, batch % kBatchesBetweenChecks == 0, recorder);
  }
  for_each(loaded, type, recorder, [&](LoadedGpu& one) {
    one.load->start(one.products);  // links train down when nothing is done
    record(one, nvml, type, tells_state, recorder);
    one.load->finish();
  });
}

}  // namespace plumb::diag
