#include "bench/nccl_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "core/units.h"

namespace plumb::bench {
namespace {

std::string time_cell(double us) {
  return us >= 10000 ? fmt::format("{:7.0f}", us) : us >= 100 ? fmt::format("{:7.1f}", us) : fmt::format("{:7.2f}", us);
}

std::string half_of(const std::optional<core::CaseRow>& row) {
  if (!row) {
    return fmt::format("  {:>7}  {:>6}  {:>6}  {:>5}", "N/A", "N/A", "N/A", "N/A");
  }
  if (row->status != "ok") {
    return fmt::format("  {:>7}  {:>6}  {:>6}  {:>5}", row->status, "-", "-", "-");
  }
  const std::string wrong = row->wrong ? fmt::format("{}", *row->wrong) : "N/A";
  return fmt::format("  {:>7}  {:6.2f}  {:6.2f}  {:>5}", time_cell(static_cast<double>(row->p50_ns.value_or(0)) * 1e-3),
                     row->algbw_Bps.value_or(0) * 1e-9, row->busbw_Bps.value_or(0) * 1e-9, wrong);
}

}  // namespace

void NcclTable::print_header() const {
  fmt::print(out_,
             "#\n"
             "#                                                              out-of-place                       "
             "in-place          \n"
             "#       size         count      type   redop    root     time   algbw   busbw #wrong     time   algbw   "
             "busbw #wrong\n"
             "#        (B)    (elements)                               (us)  (GB/s)  (GB/s)            (us)  (GB/s)  "
             "(GB/s)       \n");
}

void NcclTable::add(const core::CaseRow& row, const Case& one) {
  const std::string front =
      fmt::format("{:12}  {:12}  {:>8}  {:>6}  {:>6}", row.bytes, one.count, row.dtype, row.redop, one.printed_root());
  if (front != front_) {
    print_line();
    front_ = front;
  }
  wrong_ += row.wrong.value_or(0);
  failed_ += row.status == "ok" ? 0 : 1;
  if (row.busbw_Bps) {
    busbw_sum_ += *row.busbw_Bps * 1e-9;
    ++measured_;
  }
  note_method(row);
  const bool in_place = row.in_place != 0;
  (in_place ? in_place_ : out_of_place_) = row;
  if (in_place) {
    print_line();
  }
}

void NcclTable::note_method(const core::CaseRow& row) {
  if (row.algorithm.empty()) {
    return;
  }
  const auto method = row.protocol.empty() ? row.algorithm : row.algorithm + " " + row.protocol;
  const auto known = std::ranges::find(methods_, method, &Sizes::method);
  if (known == methods_.end()) {
    methods_.push_back({method, row.bytes, row.bytes});
  } else {
    known->least = std::min(known->least, row.bytes);
    known->most = std::max(known->most, row.bytes);
  }
}

void NcclTable::print_line() {
  if (out_of_place_ || in_place_) {
    fmt::print(out_, "{}{}{}\n", front_, half_of(out_of_place_), half_of(in_place_));
    std::fflush(out_);
  }
  out_of_place_.reset();
  in_place_.reset();
  front_.clear();
}

void NcclTable::finish() {
  print_line();
  fmt::print(out_, "# Out of bounds values : {} {}\n", wrong_, wrong_ == 0 ? "OK" : "FAILED");
  if (failed_ > 0) {
    fmt::print(out_, "# Failed cases         : {}\n", failed_);
  }
  for (const auto& [method, least, most] : methods_) {
    const auto sizes = core::format_bytes(least) + (least == most ? "" : " to " + core::format_bytes(most));
    fmt::print(out_, "# Algorithm            : {} ({})\n", core::printable(method), sizes);
  }
  fmt::print(out_, "# Avg bus bandwidth    : {:g}\n#\n",
             measured_ > 0 ? busbw_sum_ / static_cast<double>(measured_) : 0.0);
}

}  // namespace plumb::bench
