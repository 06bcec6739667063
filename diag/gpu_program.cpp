#include "diag/gpu_program.h"

#include <fmt/format.h>

#include <map>
#include <memory>

#include "core/guarded_main.h"
#include "core/program.h"
#include "diag/gpu_bandwidth.h"
#include "diag/gpu_kernels.h"
#include "diag/gpu_load.h"
#include "diag/numa_nodes.h"
#include "diag/peer_copies.h"
#include "diag/xid.h"

namespace plumb::diag {
namespace {

constexpr double kShareOfOthers = 0.2;  // of the load in fp8, and in tf32; the rest is bf16

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

void measure_memory(const TestedGpu& one, int repetitions, GpuRecorder& recorder) {
  recorder.attempt(one.id, "hbm", [&] {
    const auto rates = memory_rates(*one.stream, repetitions);
    recorder.add(one.id, "hbm_read", rates.read, "Bps");
    recorder.add(one.id, "hbm_write", rates.write, "Bps");
    recorder.add(one.id, "hbm_copy", rates.copy, "Bps");
  });
}

void measure_host(const TestedGpu& one, const std::string& suffix, int repetitions, GpuRecorder& recorder) {
  const auto rates = host_rates(*one.stream, repetitions);
  recorder.add(one.id, "host_to_gpu" + suffix, rates.to_gpu, "Bps");
  recorder.add(one.id, "gpu_to_host" + suffix, rates.to_host, "Bps");
}

/// Null with the reason where the system forbids it, as containers do: no fault of the GPU's.
std::unique_ptr<StayOnNode> stay_on(const NumaNodes& nodes, int node, std::string& why_not) {
  try {
    return std::make_unique<StayOnNode>(nodes, node);
  } catch (const core::Error& error) {
    why_not = error.what();
    return nullptr;
  }
}

/// With memory on the GPU's own NUMA node and on the farthest one, where the host tells which those are.
void measure_host(const TestedGpu& one, const NumaNodes& nodes, int repetitions, GpuRecorder& recorder) {
  std::string why_not;
  recorder.attempt(one.id, "host_copy", [&] {
    const auto stay = one.numa_node < 0 ? nullptr : stay_on(nodes, one.numa_node, why_not);
    measure_host(one, "", repetitions, recorder);
  });
  if (const auto far = nodes.farthest_from(one.numa_node)) {
    recorder.attempt(one.id, "host_copy_far", [&] {
      if (const auto stay = stay_on(nodes, *far, why_not)) {
        return measure_host(one, "_far", repetitions, recorder);
      }
      recorder.add_absent(one.id, "host_to_gpu_far", why_not);
    });
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
  const NumaNodes nodes;
  for (const auto& one : gpus) {
    fmt::print("# {}: {}, {}\n", one.id, one.gpu->name(), one.gpu->pci());
    measure_memory(one, options.repetitions, recorder);
    measure_host(one, nodes, options.repetitions, recorder);
  }
  measure_peers(gpus, options.repetitions, recorder);
  load_gpus(gpus, libraries.nvml, libraries.cublas, kBf16, options.load_s * (1 - 2 * kShareOfOthers), true, recorder);
  load_gpus(gpus, libraries.nvml, libraries.cublas, kFp8, options.load_s * kShareOfOthers, false, recorder);
  load_gpus(gpus, libraries.nvml, libraries.cublas, kTf32, options.load_s * kShareOfOthers, false, recorder);
  for (const auto& one : gpus) {
    recorder.add(rest_rows(one.id, "before", one.at_rest));
    recorder.add(rest_rows(one.id, "after", pulse_of(libraries.nvml, one)));
  }
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
