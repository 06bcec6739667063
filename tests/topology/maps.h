// Small maps.
#pragma once

#include <string>

#include "topology/source.h"

namespace plumb::test {

inline core::LinkRow cable(const std::string& a, const std::string& a_port, const std::string& b,
                           const std::string& b_port, double rate_Bps = 50e9) {
  core::LinkRow row;
  row.kind = "cable";
  row.a = a;
  row.a_port = a_port;
  row.b = b;
  row.b_port = b_port;
  row.rate_Bps = rate_Bps;
  return row;
}

/// "fat-tree:hosts=8,…"
inline topology::Graph synthetic(const std::string& spec) {
  topology::GraphBuilder builder;
  topology::synthetic_source(spec)->add_to(builder);
  return std::move(builder).seal();
}

}  // namespace plumb::test
