#include "diag/nccl_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "core/text.h"
#include "diag/nccl_causes.h"

namespace plumb::diag {
namespace {

constexpr std::size_t kTroubles = 4096;  // kept apart; what comes then is counted
constexpr std::size_t kQuoted = 300;

/// One to one, with low bits that differ where those of `number` do not: the map takes numbers as their own hashes.
std::int64_t scattered(std::int64_t number) {
  const auto product = static_cast<std::uint64_t>(number) * 0x9e3779b97f4a7c15U;
  return static_cast<std::int64_t>(product ^ (product >> 32U));
}

/// Warnings that differ by numbers and addresses only are of one kind.
std::string kind_of(std::string_view text) {
  std::string kind;
  for (const char c : text.substr(0, 60)) {
    if (c == '<' || c == '\'') {
      break;
    }
    if (c < '0' || c > '9') {
      kind += c;
    }
  }
  return kind;
}

/// "mlx5_3" of "… hca mlx5_3", "NET/IB : mlx5_3:1 Got async event", "on dev mlx5_3:1, curr state".
std::string part_in(std::string_view text) {
  for (const auto* word : {" hca ", " on dev ", "NET/IB : ", "NET/IB: "}) {
    auto name = word_after(text, word);
    name = name.substr(0, name.find(':'));
    const bool has_number = name.find_first_of("0123456789") != std::string_view::npos;
    if (has_number && name.find_first_of("<>/[]()\"") == std::string_view::npos) {
      return core::file_name_part(name);
    }
  }
  return "";
}

}  // namespace

NcclLog::NcclLog() { facts_.words.id_of(""); }

void NcclLog::begin_file(const std::string& name) {
  here_ = {static_cast<std::uint32_t>(facts_.files.size()), 0};
  facts_.files.push_back(core::printable(name));
}

void NcclLog::add_line(std::string_view line, std::uint64_t number) {
  ++facts_.lines;
  here_.line = static_cast<std::uint32_t>(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
  if (for_each_nccl_message(line, [this](const NcclLine& message) { add(message); }) == 0) {
    add_other(line);
  }
}

void NcclLog::add(const NcclLine& line) {
  Message message;
  message.process = process_of(line);
  message.device = device_of(message.process, line.device);
  message.text = line.text;
  if (line.level == NcclLevel::info) {
    ++facts_.info_lines;
    add_info(message);
    return;
  }
  ++facts_.warn_lines;
  const auto* cause = cause_of(line.text, Speaker::nccl);
  add_trouble(cause == nullptr ? unknown_cause() : *cause, message);
}

std::uint32_t NcclLog::process_of(const NcclLine& line) {
  auto host = processes_.find(line.host);
  if (host == processes_.end()) {
    host = processes_.try_emplace(facts_.words[facts_.words.id_of(line.host)]).first;
  }
  const auto [found, is_new] =
      host.value().try_emplace(scattered(line.pid), static_cast<std::uint32_t>(facts_.processes.size()));
  if (is_new) {
    facts_.processes.push_back({.host = host->first, .pid = line.pid});
  }
  return found->second;
}

std::uint32_t NcclLog::device_of(std::uint32_t process, int device) {
  constexpr int kDevices = 1 << 10;  // of a process, no thread's device among them; the map needs low bits that differ
  const auto key = std::uint64_t{process} * kDevices + static_cast<unsigned>(std::clamp(device, -1, kDevices - 2) + 1);
  const auto [found, is_new] = devices_.try_emplace(key, static_cast<std::uint32_t>(facts_.devices.size()));
  if (is_new) {
    auto& added = facts_.devices.emplace_back();
    added.process = process;
    added.device = device;
  }
  return found->second;
}

void NcclLog::say(const Message& message, std::string_view name, std::string_view value) {
  auto& said = facts_.processes[message.process].said;
  const auto id = facts_.words.id_of(name);
  if (std::ranges::find(said, id, &Said::name) == said.end()) {
    said.push_back({id, facts_.words.id_of(value.substr(0, kQuoted * 2)), here_});
  }
}

void NcclLog::add_trouble(const Cause& cause, const Message& message) {
  const auto host = facts_.processes[message.process].host;
  auto part = part_in(message.text);
  const auto key = fmt::format("{}\n{}\n{}\n{}", cause.check, host, part, cause.is_known ? "" : kind_of(message.text));
  if (!facts_.troubles.contains(key) && facts_.troubles.size() >= kTroubles) {
    ++facts_.untold;
    return;
  }
  auto& trouble = facts_.troubles[key];
  if (trouble.count++ == 0) {
    trouble.cause = &cause;
    trouble.host = host;
    trouble.part = std::move(part);
    trouble.text = core::printable(message.text.substr(0, kQuoted));
    trouble.place = here_;
  }
  if (trouble.devices.size() < NcclTrouble::kNamed &&
      std::ranges::find(trouble.devices, message.device) == trouble.devices.end()) {
    trouble.devices.push_back(message.device);
  }
}

/// Of lines that are not NCCL's: what PyTorch says of it, and the version that rank 0 prints without a head.
void NcclLog::add_other(std::string_view line) {
  const auto at = line.find("NCCL");
  if (at == std::string_view::npos && line.find("CUDA") == std::string_view::npos) {
    return;
  }
  if (line.find("WorkNCCL(") != std::string_view::npos || line.find("last enqueued ") != std::string_view::npos) {
    add_watchdog(line);
    return;
  }
  constexpr std::string_view kVersion = "NCCL version ";
  if (at != std::string_view::npos && facts_.version.empty() && line.substr(at).starts_with(kVersion)) {
    const auto version = word_after(line.substr(at), kVersion);
    facts_.version = number_at(version) ? core::printable(version) : "";  // not prose
  }
  if (const auto* cause = cause_of(line, Speaker::framework)) {
    add_trouble(*cause, {process_of({}), device_of(process_of({}), -1), line});
  }
}

}  // namespace plumb::diag
