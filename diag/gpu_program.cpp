#include "diag/gpu_program.h"

#include <fmt/format.h>

#include <map>

#include "core/guarded_main.h"
#include "core/program.h"
#include "diag/gpu_bandwidth.h"
#include "diag/gpu_kernels.h"
#include "diag/gpu_load.h"
#include "diag/xid.h"

namespace plumb::diag {
namespace {

/// The libraries that only GPU hosts have.
struct Libraries {
  core::CudaLibrary cuda;
  core::NvmlLibrary nvml;
  CublasLibrary cublas;

  [[nodiscard]] std::vector<core::Component> components() const {
    return {{"cuda", cuda.why_absent().empty() ? cuda.version() : "", cuda.why_absent()},
            {"nvml", nvml.driver(), nvml.why_absent()},
            {"cublas", cublas.file(), cublas.why_absent()},
            {"gpu-kernels", gpu_kernels().empty() ? "" : "built in",
             gpu_kernels().empty() ? "this program was built without nvcc" : ""}};
  }
};

void measure_bandwidths(const TestedGpu& one, int repetitions, GpuRecorder& recorder) {
  recorder.attempt(one.id, "hbm", [&] {
    const auto rates = memory_rates(*one.stream, repetitions);
    recorder.add(one.id, "hbm_read", rates.read, "Bps");
    recorder.add(one.id, "hbm_write", rates.write, "Bps");
    recorder.add(one.id, "hbm_copy", rates.copy, "Bps");
  });
  recorder.attempt(one.id, "host_copy", [&] {
    const auto rates = host_rates(*one.stream, repetitions);
    recorder.add(one.id, "host_to_gpu", rates.to_gpu, "Bps");
    recorder.add(one.id, "gpu_to_host", rates.to_host, "Bps");
  });
}

/// Each direction of each pair by itself.
void measure_peers(const std::vector<TestedGpu>& gpus, int repetitions, GpuRecorder& recorder) {
  for (const auto& source : gpus) {
    for (const auto& target : gpus) {
      const auto test = "p2p_to_" + target.id.substr(target.id.rfind('/') + 1);
      if (&source != &target && can_reach(*source.gpu, *target.gpu)) {
        recorder.attempt(source.id, test, [&] {
          recorder.add(source.id, test, peer_rates(*source.stream, *target.gpu, repetitions), "Bps");
        });
      } else if (&source != &target) {
        recorder.add({source.id, test, std::nullopt, "", std::nullopt, "absent", "the driver allows no direct copy"});
      }
    }
  }
}

/// Errors that the driver wrote into the kernel's log since the host started.
void tell_xids(const std::vector<TestedGpu>& gpus, GpuRecorder& recorder) {
  const auto log = core::run_program({"dmesg"}, std::chrono::seconds(10));
  if (!log.why_no_good.empty()) {
    fmt::print(stderr, "XIDs not read: dmesg: {}\n", log.why_no_good);
    return;
  }
  const auto xids = parse_xids(log.out);
  for (const auto& one : gpus) {
    std::map<int, core::Integer> counts;
    for (const auto& xid : xids) {
      counts[xid.number] += xid.pci == one.gpu->pci() ? 1 : 0;
    }
    for (const auto& [number, count] : counts) {
      const auto meaning = meaning_of_xid(number);
      if (count > 0) {
        recorder.add({one.id, fmt::format("xid_{}", number), static_cast<double>(count), "count", 1, "ok",
                      fmt::format("{}: {}", meaning.what, meaning.advice)});
      }
    }
  }
}

core::Manifest manifest_of(const GpuOptions& options, const Libraries& libraries, int argc, char** argv) {
  auto manifest = core::start_manifest("plumb-gpu", argc, argv);
  manifest.host = options.host;
  manifest.components = libraries.components();
  return manifest;
}

core::ExitCode run(const GpuOptions& options, const Libraries& libraries, int argc, char** argv) {
  if (!libraries.cuda.why_absent().empty()) {
    throw core::Error(fmt::format("no GPU to measure: CUDA: {}; NVML: {}", libraries.cuda.why_absent(),
                                  libraries.nvml.why_absent().empty() ? "there" : libraries.nvml.why_absent()),
                      core::ExitCode::nothing_measurable);
  }
  auto gpus = open_gpus(libraries.cuda, libraries.nvml, options.host);
  GpuRecorder recorder(options, manifest_of(options, libraries, argc, argv));
  for (const auto& one : gpus) {
    fmt::print("# {}: {}, {}\n", one.id, one.gpu->name(), one.gpu->pci());
    measure_bandwidths(one, options.repetitions, recorder);
  }
  measure_peers(gpus, options.repetitions, recorder);
  constexpr double kShareOfTf32 = 0.2;
  load_gpus(gpus, libraries.nvml, libraries.cublas, MatrixType::bf16, options.load_s * (1 - kShareOfTf32), true,
            recorder);
  load_gpus(gpus, libraries.nvml, libraries.cublas, MatrixType::tf32, options.load_s * kShareOfTf32, false, recorder);
  tell_xids(gpus, recorder);
  recorder.finish();
  fmt::print(stderr, "rows written to {}; judge them: plumb-report {}\n", recorder.dir().path().string(),
             recorder.dir().path().string());
  return recorder.failed() > 0 ? core::ExitCode::findings : core::ExitCode::pass;
}

}  // namespace

int gpu_main(int argc, char** argv) {
  return core::guarded_main("plumb-gpu", [&] {
    const auto options = parse_gpu_options(argc, argv);
    const Libraries libraries;
    if (options.components) {
      fmt::print("{}", core::components_text(libraries.components()));
      return core::ExitCode::pass;
    }
    return run(options, libraries, argc, argv);
  });
}

}  // namespace plumb::diag
