#include "bench/verbs_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/error.h"

namespace plumb::bench {
namespace {

constexpr std::array<std::pair<ibv_wc_status, const char*>, 12> kCompletions = {{
    {IBV_WC_RETRY_EXC_ERR,
     "retry exceeded: the peer's NIC did not answer (its process or port is gone, a link is down or loses packets, a "
     "wrong GID, or an MTU that a switch on the way does not carry)"},
    {IBV_WC_RNR_RETRY_EXC_ERR, "receiver not ready: the peer has no receive posted, and all retries are used up"},
    {IBV_WC_LOC_PROT_ERR, "local protection: this end's memory is not registered for what was asked of it"},
    {IBV_WC_LOC_LEN_ERR, "local length: the message is longer than the receive or than the port allows"},
    {IBV_WC_LOC_QP_OP_ERR, "local operation: the queue pair cannot do what was asked of it"},
    {IBV_WC_LOC_ACCESS_ERR, "local access: data came for memory that it may not be written to"},
    {IBV_WC_REM_ACCESS_ERR, "remote access: the peer's NIC refuses the memory key or the address"},
    {IBV_WC_REM_INV_REQ_ERR, "remote invalid request: the peer's NIC cannot do what was asked of it"},
    {IBV_WC_REM_OP_ERR, "remote operation: the peer's NIC failed to complete it"},
    {IBV_WC_WR_FLUSH_ERR, "flushed: an earlier error has closed the queue pair"},
    {IBV_WC_FATAL_ERR, "fatal: the NIC or its driver failed"},
    {IBV_WC_RESP_TIMEOUT_ERR, "response time-out"},
}};

bool is_ipv4(const ibv_gid& gid) {
  const auto* raw = gid.raw;
  return std::all_of(raw, raw + 10, [](std::uint8_t byte) { return byte == 0; }) && raw[10] == 0xff && raw[11] == 0xff;
}

}  // namespace

std::string completion_words(ibv_wc_status status) {
  const auto* const found = std::ranges::find(kCompletions, status, &std::pair<ibv_wc_status, const char*>::first);
  return found != kCompletions.end() ? found->second : ibv_wc_status_str(status);
}

std::string gid_type_words(std::uint32_t gid_type) {
  constexpr std::array kTypes = {"InfiniBand", "RoCE v1", "RoCE v2"};
  return gid_type < kTypes.size() ? kTypes[gid_type] : fmt::format("GID type {}", gid_type);
}

std::string gid_words(const ibv_gid& gid) {
  const auto* raw = gid.raw;
  if (is_ipv4(gid)) {
    return fmt::format("{}.{}.{}.{}", raw[12], raw[13], raw[14], raw[15]);
  }
  std::string text;
  for (int i = 0; i < 16; i += 2) {
    text += fmt::format("{}{:02x}{:02x}", i == 0 ? "" : ":", raw[i], raw[i + 1]);
  }
  return text;
}

int mtu_bytes(ibv_mtu mtu) { return 128 << static_cast<int>(mtu); }

ibv_mtu mtu_code(int bytes) {
  if (bytes < mtu_bytes(IBV_MTU_256)) {
    throw core::UsageError(fmt::format("--mtu {}: give 256, 512, 1024, 2048 or 4096", bytes));
  }
  int code = IBV_MTU_256;
  while (code < IBV_MTU_4096 && mtu_bytes(static_cast<ibv_mtu>(code + 1)) <= bytes) {
    ++code;
  }
  return static_cast<ibv_mtu>(code);
}

}  // namespace plumb::bench
