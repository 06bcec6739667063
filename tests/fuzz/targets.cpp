#include "tests/fuzz/targets.h"

#include <algorithm>
#include <array>

#include "core/csv_reader.h"
#include "diag/inspector.h"
#include "diag/log_lines.h"
#include "diag/nccl_log.h"
#include "diag/xid.h"
#include "topology/readers.h"

namespace plumb::test {
namespace {

constexpr std::string_view kFile = "sample.x";

template <class Read>
std::string refusal_of(Read read) {
  try {
    read();
  } catch (const core::Error& error) {
    return error.what();
  }
  return "";
}

template <auto kRead>
std::string read_map(const std::string& text) {
  return refusal_of([&] {
    topology::GraphBuilder builder;
    kRead(topology::FileText{std::string(kFile), text, "n05"}, builder);
    std::move(builder).seal();
  });
}

template <class Row>
std::string read_table(const std::string& text) {
  return refusal_of(
      [&] { core::for_each_row_of<Row>(std::string(kFile), text, [](const Row& /*row*/, unsigned /*line*/) {}); });
}

/// The header chooses the table: all kinds of cells are read, and a file says itself what it tries.
std::string read_csv(const std::string& text) {
  const auto header = std::string_view(text).substr(0, text.find('\n'));
  const auto has = [&](std::string_view word) { return header.find(word) != std::string_view::npos; };
  if (has("collective")) {
    return read_table<core::CaseRow>(text);
  }
  if (has("src")) {
    return read_table<core::PairRow>(text);
  }
  return has("counter") ? read_table<core::PortRow>(text) : read_table<core::CheckRow>(text);
}

/// Refuses nothing: what is no XID is another program's line.
std::string read_kernel_log(const std::string& text) {
  (void)diag::parse_xids(text);
  return "";
}

/// Refuses nothing, and what it says of the log is fit for a terminal and a table.
std::string read_nccl_log(const std::string& text) {
  diag::NcclLog log;
  log.begin_file(std::string(kFile));
  diag::LineCutter lines([&](std::string_view line, std::uint64_t number) { log.add_line(line, number); });
  lines.add(text);
  lines.finish();
  (void)diag::rows_of(diag::check_nccl(log.facts()));
  return "";
}

std::string read_inspector(const std::string& text) {
  return refusal_of([&] {
    diag::InspectorReader reader;
    reader.begin_file(std::string(kFile));
    diag::LineCutter lines([&](std::string_view line, std::uint64_t number) { reader.add_line(line, number); });
    lines.add(text);
    lines.finish();
    reader.end_file();
    diag::NcclChecks checks;
    diag::check_inspected(reader, diag::NcclFacts(), checks);
  });
}

template <auto kRead>
constexpr FuzzTarget of_map(std::string_view name) {
  return {name, read_map<kRead>, kRead};
}

constexpr std::array kTargets{
    of_map<topology::read_ibnetdiscover>("ibnetdiscover"),
    of_map<topology::read_ibnetdiscover_ports>("ibnetdiscover_ports"),
    of_map<topology::read_plan_csv>("plan_csv"),
    of_map<topology::read_iblinkinfo>("iblinkinfo"),
    of_map<topology::read_ibdiagnet_lst>("ibdiagnet_lst"),
    of_map<topology::read_ibdiagnet_csv>("ibdiagnet_csv"),
    of_map<topology::read_nccl_xml>("nccl_xml"),
    of_map<topology::read_hwloc_xml>("hwloc_xml"),
    of_map<topology::read_lldp_json>("lldp_json"),
    of_map<topology::read_ptm>("ptm"),
    of_map<topology::read_ndt>("ndt"),
    FuzzTarget{"csv", read_csv},
    FuzzTarget{"xid", read_kernel_log},
    FuzzTarget{"nccl_log", read_nccl_log},
    FuzzTarget{"inspector", read_inspector},
};

}  // namespace

std::span<const FuzzTarget> fuzz_targets() { return kTargets; }

std::string flaw_of(std::string_view refusal) {
  if (refusal.empty()) {
    return "";
  }
  if (!refusal.starts_with(kFile)) {
    return "it does not begin with the file's name";
  }
  const bool is_plain =
      std::ranges::none_of(refusal, [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
  return is_plain ? "" : "it has a control character";
}

}  // namespace plumb::test
