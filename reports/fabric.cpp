#include "reports/fabric.h"

namespace plumb::reports {

std::string kind_of(const std::string& id) { return id.substr(0, id.find('/')); }

std::string host_of(const std::string& id) {
  const auto kind_end = id.find('/');
  const auto kind = id.substr(0, kind_end);
  if (kind_end == std::string::npos || (kind != "host" && kind != "nic" && kind != "gpu" && kind != "rank")) {
    return "";
  }
  const auto rest = id.substr(kind_end + 1);
  return kind == "host" ? rest : rest.substr(0, rest.rfind('/'));
}

std::uint32_t Fabric::part(const std::string& id, const std::string& kind) {
  const auto [found, is_new] = index_.emplace(id, static_cast<std::uint32_t>(parts_.size()));
  if (is_new) {
    parts_.push_back({id, kind});
  }
  return found->second;
}

void Fabric::touch_endpoint(const std::string& id, Direction direction, std::vector<Touch>& touches) {
  touches.push_back({part(id, kind_of(id)), direction, 1});
  const auto host = host_of(id);
  if (!host.empty() && kind_of(id) != "host") {
    touches.push_back({part("host/" + host, "host"), direction, 1});
  }
}

Path Fabric::path(const std::string& src, const std::string& dst) {
  Path path;
  touch_endpoint(src, Direction::out, path.touches);
  touch_endpoint(dst, Direction::in, path.touches);
  const bool within = !host_of(src).empty() && host_of(src) == host_of(dst);
  path.distance = within ? "same host" : "other host";
  if (within) {  // once, and in no direction
    std::erase_if(path.touches, [&](const Touch& t) { return parts_[t.part].kind == "host"; });
    path.touches.push_back({part("host/" + host_of(src), "host"), Direction::both, 1});
  }
  return path;
}

}  // namespace plumb::reports
