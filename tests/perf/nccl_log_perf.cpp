// Bytes a second of the readers of NCCL's logs and of its inspector's records, one core.
#include <benchmark/benchmark.h>

#include "diag/inspector.h"
#include "tests/diag/nccl_text_of.h"

namespace plumb::diag {
namespace {

void count_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes));
}

/// What most lines of a long log are: channels, and the training's own output between them.
std::string long_log(std::int64_t ranks) {
  std::string text = healthy_log(static_cast<int>(ranks / 8), 8);
  const auto job = text;
  for (int i = 0; i < 4; ++i) {
    text += job +
            "iteration 1234/500000 | consumed samples: 315904 | elapsed time per iteration (ms): 1234.5 | loss: 2.5\n";
  }
  return text;
}

void read_nccl_log(benchmark::State& state) {
  const auto text = long_log(state.range(0));
  for ([[maybe_unused]] const auto once : state) {
    NcclLog log;
    read_text(log, text);
    benchmark::DoNotOptimize(log.facts().lines);
  }
  count_bytes(state, text.size());
}

void read_inspector(benchmark::State& state) {
  std::string text;
  for (std::int64_t i = 0; i < 20000; ++i) {
    text += fmt::format(
        R"({{"header":{{"id":"0x7f8c496ae9f661","rank":{},"n_ranks":{},"nnodes":4}},"metadata":{{"inspector_output_format_version":"v4.0","git_rev":"","rec_mechanism":"nccl_profiler_interface","dump_timestamp_us":1748030377748202,"hostname":"n01","pid":1639453}},"coll_perf":{{"coll":"AllReduce","coll_sn":{},"coll_msg_size_bytes":67108864,"coll_exec_time_us":{},"coll_timing_source":"kernel_gpu","coll_algobw_gbs":277.210914,"coll_busbw_gbs":485.119099}}}})"
        "\n",
        i % state.range(0), state.range(0), i, 1000 + i % 97);
  }
  for ([[maybe_unused]] const auto once : state) {
    InspectorReader reader;
    reader.begin_file("0.log");
    LineCutter lines([&](std::string_view line, std::uint64_t number) { reader.add_line(line, number); });
    lines.add(text);
    lines.finish();
    benchmark::DoNotOptimize(reader.records());
  }
  count_bytes(state, text.size());
}

BENCHMARK(read_nccl_log)->Arg(64)->Arg(1000)->Arg(16000)->Unit(benchmark::kMillisecond);
BENCHMARK(read_inspector)->Arg(8)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace plumb::diag
