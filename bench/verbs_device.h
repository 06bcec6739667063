// One RDMA device, opened: its port and the address that others reach it by.
#pragma once

#include <infiniband/verbs.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "bench/rdma_settings.h"

namespace plumb::bench {

/// Devices of this host with an active port, in the library's order. Empty when there are none.
std::vector<std::string> active_verbs_devices();

/// Throws core::Error with the name of the device in all that fails.
class VerbsDevice {
 public:
  /// Opens `name` and its first active port (or the first, if none is).
  VerbsDevice(const std::string& name, const RdmaSettings& settings);

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint8_t port() const { return port_; }
  [[nodiscard]] const ibv_port_attr& attributes() const { return attributes_; }
  [[nodiscard]] int most_completions() const { return device_attributes_.max_cqe; }
  [[nodiscard]] ibv_context* context() const { return context_.get(); }
  [[nodiscard]] ibv_pd* domain() const { return domain_.get(); }
  /// By GID, as always on Ethernet; else by LID.
  [[nodiscard]] bool is_global() const { return is_global_; }
  [[nodiscard]] const ibv_gid_entry& gid() const { return gid_; }

  /// "rxe0 port 1, GID 0 fe80:… RoCE v2": where messages leave from.
  [[nodiscard]] std::string words() const;

 private:
  void choose_port();
  void choose_gid(int wanted);

  std::string name_;
  std::unique_ptr<ibv_context, int (*)(ibv_context*)> context_;
  std::unique_ptr<ibv_pd, int (*)(ibv_pd*)> domain_;
  std::uint8_t port_ = 1;
  ibv_device_attr device_attributes_{};
  ibv_port_attr attributes_{};
  bool is_global_ = false;
  ibv_gid_entry gid_{};
};

}  // namespace plumb::bench
