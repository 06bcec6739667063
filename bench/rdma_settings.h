// What the command line says of RDMA devices and how to use them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace plumb::bench {

struct RdmaSettings {
  std::vector<std::string> nics;  // by local rank; empty: the active ones, in turn
  int nics_per_rank = 1;          // several: messages are cut over them
  int gid_index = -1;             // -1: chosen
  int traffic_class = 0;          // its upper six bits are the DSCP
  int service_level = 0;
  int mtu = 0;              // bytes of a packet's payload; 0: the smaller of both ends'
  int queue_pairs = 1;      // for data, to each peer
  int flow_label = 0;       // of the first queue pair, the next ones count on; 0: the driver's choice
  bool write = true;        // large messages by RDMA write with immediate; false: by send
  int depth = 64;           // chunks of large messages under way to a peer
  bool gpu_memory = false;  // messages leave from the rank's GPU and arrive there; pairs only
  double resend_ns = 1e9;   // a packet that nobody acknowledges is sent again after so long
  int plant_bad_key = -1;   // rank that tells its peers a wrong memory key, to show that the refusal is named
};

}  // namespace plumb::bench
