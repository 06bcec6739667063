#include "bench/ucx_lanes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <regex>
#include <sstream>
#include <utility>

namespace plumb::bench {
namespace {

/// What `print` writes into the stream that it is given.
template <class Print>
std::string printed_by(Print print) {
  char* text = nullptr;
  std::size_t length = 0;
  std::FILE* const stream = open_memstream(&text, &length);
  if (stream == nullptr) {
    return "";
  }
  print(stream);
  (void)std::fclose(stream);
  std::string copy(text, length);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): open_memstream allocates so
  return copy;
}

/// The first group of each line that matches, each once.
std::vector<UcxLane> first_groups(const std::string& text, const std::regex& pattern) {
  std::vector<UcxLane> found;
  std::istringstream stream(text);
  std::smatch match;
  for (std::string line; std::getline(stream, line);) {
    if (std::regex_search(line, match, pattern) && std::ranges::find(found, match[1].str()) == found.end()) {
      found.push_back(match[1]);
    }
  }
  return found;
}

}  // namespace

std::vector<UcxLane> lanes_in_context(const std::string& printed) {
  return first_groups(printed, std::regex("^#\\s+resource\\s+\\d+\\s*:.*--\\s*(\\S+/\\S+)"));
}

/// "lane[0]:  1:tcp/eth0.0 md[1] -> …": the number behind the dot is one of several paths over the same device.
std::vector<UcxLane> lanes_in_endpoint(const std::string& printed) {
  return first_groups(printed, std::regex("^#\\s+lane\\[\\d+\\]:\\s+\\d+:(\\S+/\\S+?)(\\.\\d+)?\\s"));
}

std::vector<UcxLane> lanes_of(ucp_context_h context) {
  return lanes_in_context(printed_by([&](std::FILE* stream) { ucp_context_print_info(context, stream); }));
}

std::vector<UcxLane> lanes_of(ucp_ep_h endpoint) {
  return lanes_in_endpoint(printed_by([&](std::FILE* stream) { ucp_ep_print_info(endpoint, stream); }));
}

std::string words_of(const std::vector<UcxLane>& lanes) {
  std::vector<std::pair<std::string, std::vector<std::string>>> by_transport;
  for (const auto& lane : lanes) {
    const auto slash = lane.find('/');
    const auto transport = lane.substr(0, slash), device = lane.substr(slash + 1);
    if (by_transport.empty() || by_transport.back().first != transport) {
      by_transport.push_back({transport, {}});
    }
    if (!device.starts_with("memory")) {
      by_transport.back().second.push_back(device);
    }
  }
  std::vector<std::string> words;
  for (const auto& [transport, devices] : by_transport) {
    words.push_back(devices.empty() ? transport : fmt::format("{} ({})", transport, fmt::join(devices, ", ")));
  }
  return fmt::format("{}", fmt::join(words, ", "));
}

}  // namespace plumb::bench
