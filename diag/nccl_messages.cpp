// What NCCL's messages mean, by how they begin; their words are those of NCCL 2.12 to 2.30.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.h"
#include "diag/nccl_causes.h"
#include "diag/nccl_log.h"

namespace plumb::diag {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(' ');
  const auto last = text.find_last_not_of(' ');
  return first == std::string_view::npos ? "" : text.substr(first, last - first + 1);
}

/// What follows "Using"; a colon may stand ahead of it, with a space or without.
std::string_view behind_using(std::string_view text) {
  constexpr std::string_view kUsing = "Using";
  const auto at = text.find(kUsing);
  return at == std::string_view::npos ? "" : trimmed(text.substr(at + kUsing.size()));
}

/// "eth0 ib0" of "[0]eth0:10.0.0.1<0> [1]ib0:10.1.0.1<0>".
std::string interfaces_in(std::string_view text) {
  std::string names;
  while (!(text = trimmed(text)).empty()) {
    auto word = text.substr(0, text.find(' '));
    text.remove_prefix(word.size());
    if (const auto close = word.find(']'); word.starts_with('[') && close != std::string_view::npos) {
      word.remove_prefix(close + 1);
    }
    word = word.substr(0, word.find(':'));
    if (!word.empty() && word.find_first_of("<>()") == std::string_view::npos) {
      names += (names.empty() ? "" : " ") + std::string(word);
    }
  }
  return names;
}

/// Before 2.22 algorithms and protocols are numbers.
std::string_view name_of(std::string_view word, std::initializer_list<std::string_view> names) {
  const auto number = number_at(word);
  return number && *number >= 0 && static_cast<std::size_t>(*number) < names.size() ? names.begin()[*number] : word;
}

}  // namespace

struct NcclLog::Row {
  std::string_view begin;
  void (NcclLog::*add)(const Message&);
};

const NcclLog::Row NcclLog::kRows[] = {
    {"Channel ", &NcclLog::add_channel},
    {"NCCL_", &NcclLog::add_variable},
    {"NCCL version ", &NcclLog::add_version},
    {"Bootstrap", &NcclLog::add_bootstrap},
    {"NET/IB : Using", &NcclLog::add_nics},
    {"NET/IB: Using", &NcclLog::add_nics},
    {"NET/IB: [", &NcclLog::add_port},
    {"NET/Socket : Using", &NcclLog::add_sockets},
    {"GPU Direct RDMA ", &NcclLog::add_distance},
    {"comm 0x", &NcclLog::add_nodes},
};

void NcclLog::add_info(const Message& message) {
  const auto text = message.text;
  for (const auto& row : kRows) {
    if (text.starts_with(row.begin)) {
      (this->*row.add)(message);
      return;
    }
  }
  const auto value_behind = [&](std::string_view begin) { return trimmed(text.substr(begin.size())); };
  if (text.starts_with("Using network ")) {
    say(message, "network", value_behind("Using network "));
  } else if (text.starts_with("cudaDriverVersion ")) {
    say(message, "driver", value_behind("cudaDriverVersion "));
  } else if (text.starts_with("NCCL git version ")) {
    say(message, "build", value_behind("NCCL git version "));
  } else if (text.starts_with("NET/IB : No device found")) {
    say(message, "no_nic", "NET/IB : No device found");
  } else if (text.starts_with("Failed to open libibverbs")) {
    say(message, "no_verbs", text);
  } else if (text.starts_with("NVLS multicast support is ")) {
    say(message, "nvls", text.find("not available") == std::string_view::npos ? "available" : "not available");
  } else if (text.find("coll channels, ") != std::string_view::npos) {
    say(message, "channels", text);
  } else if (text.find("GPU Direct RDMA Disabled for HCA") != std::string_view::npos) {
    say(message, "no_gdr", text);
  } else if (text.find("mismatched physical devices") != std::string_view::npos) {
    say(message, "crossed_rails", text);
  } else if (text.find("- Init ") != std::string_view::npos) {
    add_init(message);
  } else if (text.find(" Bytes -> Algo ") != std::string_view::npos) {
    add_algorithm(message);
  } else if (text.starts_with("Failed to bind NVLink SHARP")) {
    add_trouble(*cause_of(text, Speaker::nccl), message);
  }
}

void NcclLog::add_version(const Message& message) {
  say(message, "version", word_after(message.text, "NCCL version "));
}

/// "NCCL_IB_HCA set by environment to mlx5", "NCCL_IB_HCA set to mlx5"; numbers end in a full stop.
void NcclLog::add_variable(const Message& message) {
  const auto name = message.text.substr(0, message.text.find(' '));
  const auto rest = message.text.substr(name.size());
  for (const auto* words : {" set by environment to ", " set to "}) {
    if (rest.starts_with(words)) {
      auto value = trimmed(rest.substr(std::string_view(words).size()));
      const bool is_number = value.size() > 1 && value.ends_with('.') && std::isdigit(value[value.size() - 2]) != 0 &&
                             number_at(value).has_value();
      value.remove_suffix(is_number ? 1 : 0);
      say(message, name, value);
    }
  }
}

void NcclLog::add_bootstrap(const Message& message) {
  if (const auto names = interfaces_in(behind_using(message.text)); !names.empty()) {
    say(message, "bootstrap", names);
  }
}

void NcclLog::add_sockets(const Message& message) {
  say(message, "sockets", interfaces_in(behind_using(message.text)));
}

/// "[0]mlx5_0:1/RoCE [1]mlx5_1:1/RoCE [RO]; OOB eth0:10.0.0.1<0>"; an older one names the first only once.
void NcclLog::add_nics(const Message& message) {
  auto nics = behind_using(message.text);
  nics = nics.substr(0, nics.find(';'));
  for (const auto* word : {"[RO]", "[MERGED]"}) {
    nics = nics.substr(0, nics.find(word));
  }
  say(message, "nics", trimmed(nics));
}

/// "NET/IB: [0] mlx5_0:uverbs0:1/RoCE provider=Mlx5 speed=400000 …".
void NcclLog::add_port(const Message& message) {
  const auto name = word_after(message.text, "] ");
  const auto speed = number_after(message.text, " speed=");
  if (speed && !name.empty()) {
    say(message, fmt::format("speed of {}", name.substr(0, name.find(':'))), std::to_string(*speed));
  }
}

/// "GPU Direct RDMA Enabled for GPU 3 / HCA 0 (distance 4 <= 5), read 1": each process tells it of all GPUs of its
/// host; the GPU is a rank, before 2.20 its PCI address.
void NcclLog::add_distance(const Message& message) {
  auto& device = facts_.devices[message.device];
  const auto rank = number_after(message.text, " GPU ");
  const auto bus = number_after(message.text, " GPU ", 16);
  const auto nic = number_after(message.text, " HCA ", 16);
  const auto distance = number_after(message.text, "(distance ");
  const bool is_own = (rank && *rank == device.rank) || (bus && static_cast<std::uint64_t>(*bus) == device.bus);
  if (is_own && nic && *nic >= 0 && static_cast<std::size_t>(*nic) < NcclDevice::kNics && distance && *distance >= 0 &&
      *distance < NcclDevice::kUnknown) {
    device.distance[static_cast<std::size_t>(*nic)] = static_cast<std::uint8_t>(*distance);
  }
}

/// "Channel 00/0 : 0[0] -> 8[0] [receive] via NET/IB/0(1)/GDRDMA/Shared"; a ring's channel has no "via".
void NcclLog::add_channel(const Message& message) {
  constexpr std::string_view kVia = " via ";
  const auto at = message.text.find(kVia);
  if (at == std::string_view::npos) {
    return;
  }
  auto& device = facts_.devices[message.device];
  const auto way = trimmed(message.text.substr(at + kVia.size()));
  if (way.starts_with("NET/")) {
    add_network(message, way, message.text.substr(0, at).ends_with("[receive]"));
  } else if (way.starts_with("P2P/")) {
    ++device.p2p;
    const auto kind = way.substr(4, way.substr(4).find_first_of("/ "));
    ++facts_.ways[facts_.words.id_of(fmt::format("P2P/{}", kind))];
  } else if (way.starts_with("SHM") || way.starts_with("direct shared memory")) {
    device.shm_place = device.shm++ == 0 ? here_ : device.shm_place;
    ++facts_.ways[facts_.words.id_of("SHM")];
  }
}

void NcclLog::add_network(const Message& message, std::string_view way, bool is_receive) {
  auto& device = facts_.devices[message.device];
  const auto name_end = way.find('/', 4);
  const auto name = way.substr(0, name_end);
  const auto rest = name_end == std::string_view::npos ? "" : way.substr(name_end + 1);
  const bool is_direct = rest.find("GDRDMA") != std::string_view::npos;
  const bool is_over_other_gpu = rest.find('(') < rest.find('/');
  const auto nic = number_at(rest).value_or(-1);
  device.net_place = device.net_place.line == 0 ? here_ : device.net_place;
  const bool is_socket = name == "NET/Socket";  // whose numbers are interfaces
  if (nic >= 0 && static_cast<std::size_t>(nic) < NcclDevice::kNics && !is_over_other_gpu && !is_socket) {
    device.nics |= 1U << static_cast<unsigned>(nic);
  }
  if (is_socket) {
    device.socket_place = device.socket++ == 0 ? here_ : device.socket_place;
  } else if (is_receive && is_direct) {
    ++device.received_direct;
  } else if (is_receive) {
    device.staged_place = device.received_staged++ == 0 ? here_ : device.staged_place;
  }
  ++facts_.ways[facts_.words.id_of(
      fmt::format("{}{}{}", name, is_direct ? "/GDRDMA" : "", is_over_other_gpu ? " over another GPU (PXN)" : ""))];
}

/// "AllReduce: 1048576 Bytes -> Algo RING proto LL128 channel{Lo..Hi}={0..15}"; to 2.21 "Algo 1 proto 2 time 12.3".
void NcclLog::add_algorithm(const Message& message) {
  constexpr std::size_t kMost = 256;
  const auto text = message.text;
  const auto algorithm = name_of(word_after(text, "-> Algo "),
                                 {"TREE", "RING", "COLLNET_DIRECT", "COLLNET_CHAIN", "NVLS", "NVLS_TREE", "PAT"});
  const auto protocol = name_of(word_after(text, " proto "), {"LL", "LL128", "SIMPLE"});
  const auto key = core::printable(fmt::format("{} {} {}", text.substr(0, text.find(':')).substr(0, 32),
                                               algorithm.substr(0, 32), protocol.substr(0, 32)));
  if (facts_.algorithms.size() < kMost || facts_.algorithms.contains(key)) {
    ++facts_.algorithms[key];
  }
}

/// "[Rank 3] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=5, OpType=ALLREDUCE, …", and, where it has
/// it, "[PG 1 Rank 3] … last enqueued NCCL work: 7, last completed NCCL work: 4".
void NcclLog::add_watchdog(std::string_view line) {
  auto rank = number_after(line, "[Rank ");
  rank = rank ? rank : number_after(line, " Rank ");
  if (!rank || *rank < 0 || *rank > kMostRanks) {
    return;
  }
  if (const auto number = number_after(line, "WorkNCCL(SeqNum=")) {
    if (auto& timeout = facts_.timeouts[*rank]; timeout.place.line == 0) {
      timeout.number = *number;
      timeout.operation = core::printable(word_after(line, "OpType=").substr(0, 40));
      timeout.place = here_;
    }
  }
  const auto enqueued = number_after(line, "last enqueued NCCL work: ");
  const auto completed = number_after(line, "last completed NCCL work: ");
  if (const auto found = facts_.timeouts.find(*rank); found != facts_.timeouts.end() && enqueued && completed) {
    found->second.enqueued = enqueued;
    found->second.completed = completed;
  }
}

}  // namespace plumb::diag
