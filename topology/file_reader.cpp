#include "topology/file_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "core/error.h"
#include "topology/readers.h"

namespace plumb::topology {
namespace {

constexpr std::size_t kHeadBytes = 64UL << 10;

constexpr std::array kReaders{
    FileReader{"links.csv or nodes.csv", is_plan_csv, read_plan_csv},
    FileReader{"ibnetdiscover", is_ibnetdiscover, read_ibnetdiscover},
    FileReader{"ibnetdiscover -p", is_ibnetdiscover_ports, read_ibnetdiscover_ports},
    FileReader{"iblinkinfo", is_iblinkinfo, read_iblinkinfo},
    FileReader{"ibdiagnet2.lst", is_ibdiagnet_lst, read_ibdiagnet_lst},
    FileReader{"ibdiagnet2.db_csv", is_ibdiagnet_csv, read_ibdiagnet_csv},
    FileReader{"NCCL topology XML", is_nccl_xml, read_nccl_xml},
    FileReader{"hwloc XML", is_hwloc_xml, read_hwloc_xml},
    FileReader{"LLDP json", is_lldp_json, read_lldp_json},
    FileReader{"PTM topology.dot", is_ptm, read_ptm},
    FileReader{"UFM NDT csv", is_ndt, read_ndt},
};

}  // namespace

std::string host_of(const FileText& file) {
  auto name = file.name.substr(file.name.rfind('/') + 1);
  for (const std::string_view tail : {".txt", ".xml", ".json", ".json0", ".lldp", ".nccl", ".hwloc", ".lstopo"}) {
    name.resize(name.size() - (name.ends_with(tail) ? tail.size() : 0));
  }
  for (const std::string_view start : {"lldp.", "nccl.", "hwloc.", "lstopo."}) {
    name.erase(0, name.starts_with(start) ? start.size() : 0);
  }
  return file.host.empty() ? name : file.host;
}

bool Lines::next(std::string_view& line) {
  if (rest_.empty()) {
    return false;
  }
  const auto end = std::min(rest_.find('\n'), rest_.size());
  line = rest_.substr(0, end);
  rest_.remove_prefix(std::min(end + 1, rest_.size()));
  if (line.ends_with('\r')) {
    line.remove_suffix(1);
  }
  ++number_;
  return true;
}

void Lines::fail(const std::string& message) const {
  throw core::Error(fmt::format("{}:{}: {}", file_.name, number_, message));
}

std::span<const FileReader> file_readers() { return kReaders; }

const FileReader& reader_of(const FileText& file) {
  if (file.text.empty()) {
    throw core::Error(fmt::format("{}: is empty", file.name));
  }
  const auto head = std::string_view(file.text).substr(0, kHeadBytes);
  const auto reader = std::ranges::find_if(kReaders, [&](const FileReader& one) { return one.recognises(head); });
  if (reader == kReaders.end()) {
    std::vector<std::string_view> formats;
    std::ranges::transform(kReaders, std::back_inserter(formats), &FileReader::format);
    throw core::Error(fmt::format("{}: is in none of the formats {}", file.name, fmt::join(formats, ", ")));
  }
  return *reader;
}

}  // namespace plumb::topology
