#include <fmt/format.h>
#include <infiniband/mad.h>
#include <infiniband/umad.h>

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "topology/mad_exchange.h"

namespace plumb::topology {
namespace {

constexpr int kTimeoutMs = 400, kRetries = 0;  // the kernel's own, below our answer time
constexpr int kPortSelectByte = 1;
constexpr std::uint32_t kStatus = 0x7fff;  // the bit above says that a directed answer is on its way back

class UmadTransport : public MadTransport {
 public:
  explicit UmadTransport(IbLocalPort from) : packet_(sizeof(ib_user_mad) + IB_MAD_SIZE) {
    umad_init();
    fd_ = umad_open_port(from.device.empty() ? nullptr : from.device.data(), from.port);
    perf_agent_ = fd_ < 0 ? -1 : umad_register(fd_, IB_PERFORMANCE_CLASS, 1, 0, nullptr);
    directed_agent_ = fd_ < 0 ? -1 : umad_register(fd_, IB_SMI_DIRECT_CLASS, 1, 0, nullptr);
    if (perf_agent_ < 0 || directed_agent_ < 0) {
      throw core::Error(fmt::format("cannot open an InfiniBand port {}", from.device));
    }
  }
  ~UmadTransport() override {
    umad_unregister(fd_, perf_agent_);
    umad_unregister(fd_, directed_agent_);
    umad_close_port(fd_);
  }
  UmadTransport(const UmadTransport&) = delete;
  UmadTransport& operator=(const UmadTransport&) = delete;

  bool send(std::uint32_t id, const MadRequest& request) override {
    std::ranges::fill(packet_, 0);
    ib_rpc_t call{};
    call.method = IB_MAD_METHOD_GET;
    call.attr.id = request.attribute;
    call.attr.mod = request.modifier;
    call.trid = id;
    call.dataoffs = IB_PC_DATA_OFFS;  // 64 in both classes
    ib_portid_t to{};
    MadData data{};
    if (request.is_directed) {
      call.mgtclass = IB_SMI_DIRECT_CLASS;
      call.datasz = IB_SMP_DATA_SIZE;
      to.drpath.cnt = request.route.hops;
      std::ranges::copy(request.route.ports, to.drpath.p);
    } else {
      call.mgtclass = IB_PERFORMANCE_CLASS;
      call.datasz = IB_PC_DATA_SZ;
      to.lid = request.lid;
      to.qp = 1;
      to.qkey = IB_DEFAULT_QP1_QKEY;
      data[kPortSelectByte] = request.port;
    }
    return mad_build_pkt(packet_.data(), &call, &to, nullptr, data.data()) >= 0 &&
           umad_send(fd_, request.is_directed ? directed_agent_ : perf_agent_, packet_.data(), IB_MAD_SIZE, kTimeoutMs,
                     kRetries) >= 0;
  }

  std::optional<MadReply> receive(std::chrono::milliseconds longest) override {
    int length = IB_MAD_SIZE;
    if (umad_recv(fd_, packet_.data(), &length, static_cast<int>(longest.count())) < 0) {
      return std::nullopt;
    }
    auto* mad = static_cast<std::uint8_t*>(umad_get_mad(packet_.data()));
    MadReply reply;
    reply.id = static_cast<std::uint32_t>(mad_get_field64(mad, 0, IB_MAD_TRID_F));  // the kernel owns the upper half
    reply.is_answer = umad_status(packet_.data()) == 0 && (mad_get_field(mad, 0, IB_MAD_STATUS_F) & kStatus) == 0;
    std::memcpy(reply.data.data(), mad + IB_PC_DATA_OFFS, reply.data.size());
    return reply;
  }

 private:
  std::vector<std::uint8_t> packet_;
  int fd_ = -1, perf_agent_ = -1, directed_agent_ = -1;
};

}  // namespace

std::unique_ptr<MadTransport> umad_transport(const IbLocalPort& from) { return std::make_unique<UmadTransport>(from); }

}  // namespace plumb::topology
