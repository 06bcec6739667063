#include "reports/counter_meaning.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace plumb::reports {
namespace {

bool has_any(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

}  // namespace

CounterMeaning meaning_of_counter(std::string name) {
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  std::erase(name, '_');
  if (has_any(name, {"linkdown", "flap", "carrierlost", "lostcarrier", "carrierdown"})) {
    return CounterMeaning::link_down;
  }
  if (has_any(name, {"correct"}) && !has_any(name, {"uncorrect", "notcorrect"})) {
    return CounterMeaning::congestion;
  }
  if (has_any(name, {"err", "crc", "symbol", "recovery", "integrity", "uncorrect", "fcs", "bad", "malformed", "seq",
                     "retry", "retrans", "timeout", "fault"})) {
    return CounterMeaning::error;
  }
  return has_any(name, {"wait", "pause", "discard", "drop", "cnp", "ecn", "congest", "outofbuffer"})
             ? CounterMeaning::congestion
             : CounterMeaning::traffic;
}

double bits_of_count(const std::string& counter) {
  constexpr double kWord = 32, kByte = 8;
  return counter == "port_xmit_data" || counter == "port_rcv_data"                       ? kWord
         : counter == "port_xmit_data_ext_bytes" || counter == "port_rcv_data_ext_bytes" ? kByte
                                                                                         : 0;
}

}  // namespace plumb::reports
