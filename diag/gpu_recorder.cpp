#include "diag/gpu_recorder.h"

#include <fmt/format.h>

#include "core/error.h"
#include "core/statistics.h"
#include "core/text.h"
#include "core/units.h"

namespace plumb::diag {
namespace {

std::string value_text(const core::GpuRow& row) {
  if (!row.value) {
    return row.status;
  }
  if (row.unit == "Bps") {
    return core::format_rate(*row.value);
  }
  if (row.unit == "FLOP/s") {
    return fmt::format("{:.1f} TFLOP/s", *row.value * 1e-12);
  }
  if (row.unit == "share") {
    return core::format_percent(*row.value);
  }
  if (row.unit == "generation" || row.unit == "lanes") {
    return fmt::format("{}{:.0f}", row.unit == "lanes" ? "x" : "Gen", *row.value);
  }
  return row.unit.starts_with("Hz") ? fmt::format("{:.0f} MHz", *row.value * 1e-6)
                                    : fmt::format("{:.0f} {}", *row.value, row.unit);
}

/// No errors and no reason to throttle are for the file only.
bool tells_something(const core::GpuRow& row) { return row.value != 0 || (row.unit != "count" && row.unit != "share"); }

}  // namespace

GpuRecorder::GpuRecorder(const GpuOptions& options, core::Manifest manifest)
    : dir_(core::RunDir::create_for(options.run_dir, options.label)),
      manifest_(std::move(manifest)),
      rows_(dir_.writer<core::GpuRow>(options.host)) {
  dir_.put(manifest_);
}

void GpuRecorder::add(const core::GpuRow& row) {
  failed_ += row.status == "failed" ? 1 : 0;
  rows_.add(row);
  rows_.flush();
  if (tells_something(row)) {
    fmt::print("{:<24} {:<26} {:>16}{}\n", core::printable(row.gpu), row.test, value_text(row),
               row.reason.empty() ? "" : "  " + core::printable(row.reason));
  }
}

void GpuRecorder::add(const std::vector<core::GpuRow>& rows) {
  for (const auto& row : rows) {
    add(row);
  }
}

void GpuRecorder::add(const std::string& gpu, const std::string& test, const std::vector<double>& values,
                      const char* unit) {
  add({gpu, test, core::median(values), unit, static_cast<core::Integer>(values.size()), "ok", ""});
}

void GpuRecorder::add_absent(const std::string& gpu, const std::string& test, const std::string& reason) {
  add({gpu, test, std::nullopt, "", std::nullopt, "absent", reason});
}

bool GpuRecorder::attempt(const std::string& gpu, const std::string& test, const std::function<void()>& work) {
  try {
    work();
    return true;
  } catch (const std::exception& error) {
    add({gpu, test, std::nullopt, "", std::nullopt, "failed", error.what()});
    return false;
  }
}

void GpuRecorder::finish() { dir_.close(manifest_); }

}  // namespace plumb::diag
