#include "bench/verbs_device.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "bench/verbs_gid.h"
#include "bench/verbs_words.h"
#include "core/error.h"

namespace plumb::bench {
namespace {

std::string because(int code) { return std::generic_category().message(code); }

/// All devices of this host, for as long as one looks at them.
class DeviceList {
 public:
  DeviceList() : list_(ibv_get_device_list(&count_)) {}
  ~DeviceList() {
    if (list_ != nullptr) {
      ibv_free_device_list(list_);
    }
  }
  DeviceList(const DeviceList&) = delete;
  DeviceList& operator=(const DeviceList&) = delete;

  [[nodiscard]] ibv_device** begin() const { return list_; }
  [[nodiscard]] ibv_device** end() const { return list_ + (list_ == nullptr ? 0 : count_); }

 private:
  int count_ = 0;
  ibv_device** list_;
};

bool has_active_port(ibv_device* device) {
  const std::unique_ptr<ibv_context, int (*)(ibv_context*)> context(ibv_open_device(device), ibv_close_device);
  ibv_device_attr attributes{};
  if (!context || ibv_query_device(context.get(), &attributes) != 0) {
    return false;
  }
  for (std::uint8_t port = 1; port <= attributes.phys_port_cnt; ++port) {
    ibv_port_attr state{};
    if (ibv_query_port(context.get(), port, &state) == 0 && state.state == IBV_PORT_ACTIVE) {
      return true;
    }
  }
  return false;
}

ibv_context* open(const std::string& name) {
  const DeviceList devices;
  std::vector<std::string> names;
  for (auto* device : devices) {
    if (names.emplace_back(ibv_get_device_name(device)) == name) {
      if (auto* context = ibv_open_device(device)) {
        return context;
      }
      throw core::Error(fmt::format("RDMA device {} cannot be opened: {}", name, because(errno)));
    }
  }
  throw core::Error(names.empty() ? fmt::format("no RDMA device {}: this host has none", name)
                                  : fmt::format("no RDMA device {}: this host has {}", name, fmt::join(names, ", ")));
}

}  // namespace

std::vector<std::string> active_verbs_devices() {
  std::vector<std::string> names;
  for (auto* device : DeviceList()) {
    if (has_active_port(device)) {
      names.emplace_back(ibv_get_device_name(device));
    }
  }
  return names;
}

VerbsDevice::VerbsDevice(const std::string& name, const RdmaSettings& settings)
    : name_(name), context_(open(name), ibv_close_device), domain_(ibv_alloc_pd(context_.get()), ibv_dealloc_pd) {
  if (!domain_) {
    throw core::Error(fmt::format("{}: no protection domain: {}", name, because(errno)));
  }
  choose_port();
  is_global_ = attributes_.link_layer == IBV_LINK_LAYER_ETHERNET || settings.gid_index >= 0;
  if (is_global_) {
    choose_gid(settings.gid_index);
  }
}

void VerbsDevice::choose_port() {
  if (const int code = ibv_query_device(context_.get(), &device_attributes_); code != 0) {
    throw core::Error(fmt::format("{}: cannot be asked for what it is: {}", name_, because(code)));
  }
  for (std::uint8_t port = device_attributes_.phys_port_cnt; port >= 1; --port) {
    ibv_port_attr seen{};
    if (const int code = ibv_query_port(context_.get(), port, &seen); code != 0) {
      throw core::Error(fmt::format("{} port {}: cannot be asked for its state: {}", name_, port, because(code)));
    }
    if (seen.state == IBV_PORT_ACTIVE || (port == 1 && attributes_.state != IBV_PORT_ACTIVE)) {
      port_ = port;
      attributes_ = seen;
    }
  }
  if (attributes_.state != IBV_PORT_ACTIVE) {
    throw core::Error(fmt::format("{} port {}: {}", name_, port_, ibv_port_state_str(attributes_.state)));
  }
}

void VerbsDevice::choose_gid(int wanted) {
  const auto gids = read_gids(context_.get(), port_);
  const auto* found = preferred_gid(gids);
  if (wanted >= 0) {
    const auto named = std::ranges::find(gids, static_cast<std::uint32_t>(wanted), &ibv_gid_entry::gid_index);
    found = named == gids.end() ? nullptr : &*named;
  }
  if (found == nullptr) {
    std::vector<std::string> known;
    for (const auto& entry : gids) {
      known.push_back(fmt::format("{} ({} {})", entry.gid_index, gid_type_words(entry.gid_type), gid_words(entry.gid)));
    }
    throw core::Error(fmt::format("{} port {}: no GID{}; its table has {}", name_, port_,
                                  wanted >= 0 ? fmt::format(" {}", wanted) : "",
                                  known.empty() ? "none" : fmt::format("{}", fmt::join(known, ", "))));
  }
  gid_ = *found;
}

std::string VerbsDevice::words() const {
  return is_global_ ? fmt::format("{} port {}, GID {} {} {}", name_, port_, gid_.gid_index,
                                  gid_type_words(gid_.gid_type), gid_words(gid_.gid))
                    : fmt::format("{} port {}, LID {}", name_, port_, attributes_.lid);
}

}  // namespace plumb::bench
