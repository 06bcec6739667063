// Many management queries under way at once, through one port: asked again when an answer is lost, never for ever.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "topology/ib_scan.h"

namespace plumb::topology {

/// A Get: of the subnet class along a route, or of the performance class at a LID.
struct MadRequest {
  bool is_directed = false;
  IbRoute route;
  std::uint16_t lid = 0, attribute = 0;
  std::uint32_t modifier = 0;  // of the subnet class
  std::uint8_t port = 0;       // of the performance class
};

/// The subnet class fills 64 bytes of it.
using MadData = std::array<std::uint8_t, 192>;

struct MadReply {
  std::uint32_t id = 0;
  bool is_answer = false;  // false: lost, or refused by who was asked
  MadData data{};
};

class MadTransport {
 public:
  virtual ~MadTransport() = default;
  /// `id` comes back in the reply. False when it cannot be sent now.
  virtual bool send(std::uint32_t id, const MadRequest& request) = 0;
  /// Waits at most that long.
  virtual std::optional<MadReply> receive(std::chrono::milliseconds longest) = 0;
};

/// Throws Error when the port cannot be opened.
std::unique_ptr<MadTransport> umad_transport(const IbLocalPort& from);

struct ExchangeLimits {
  std::size_t outstanding = 64;
  int tries = 16;
  std::chrono::milliseconds answer_time{1000};  // after it, a request without any reply counts as lost
  Deadline deadline = Deadline::max();
};

/// Hands each answer on, once, in the order of arrival. The indices of requests without an answer are the result.
std::vector<std::size_t> exchange(MadTransport& transport, std::span<const MadRequest> requests,
                                  const ExchangeLimits& limits,
                                  const std::function<void(std::size_t index, const MadData&)>& on_answer);

}  // namespace plumb::topology
