// What plumb-gpu writes: rows of gpus.<host>.csv as they come, the manifest, and a table on stdout.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/run_dir.h"
#include "diag/gpu_options.h"

namespace plumb::diag {

class GpuRecorder {
 public:
  GpuRecorder(const GpuOptions& options, core::Manifest manifest);

  void add(const core::GpuRow& row);
  void add(const std::vector<core::GpuRow>& rows);
  /// The median of what was measured.
  void add(const std::string& gpu, const std::string& test, const std::vector<double>& values, const char* unit);
  /// `test` cannot be, and why: no fault.
  void add_absent(const std::string& gpu, const std::string& test, const std::string& reason);
  /// Does `work`; when it throws, `test` is a failed row with the reason, the run goes on, and the answer is false.
  bool attempt(const std::string& gpu, const std::string& test, const std::function<void()>& work);
  void finish();

  [[nodiscard]] int failed() const { return failed_; }
  [[nodiscard]] const core::RunDir& dir() const { return dir_; }

 private:
  core::RunDir dir_;
  core::Manifest manifest_;
  core::TableWriter<core::GpuRow> rows_;
  int failed_ = 0;
};

}  // namespace plumb::diag
