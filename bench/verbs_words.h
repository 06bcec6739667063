// What the verbs library and its hardware say, in words. Pure.
#pragma once

#include <infiniband/verbs.h>

#include <cstdint>
#include <string>

namespace plumb::bench {

/// "retry exceeded: no answer in 7 tries (…)": what happened, and where to look.
std::string completion_words(ibv_wc_status status);

/// "RoCE v2", …
std::string gid_type_words(std::uint32_t gid_type);
/// fe80::1 as eight groups: "fe80:0000:…"; IPv4 in IPv6 as "10.1.2.3".
std::string gid_words(const ibv_gid& gid);

/// Payload bytes of an MTU code, and back: the largest code that is not larger than `bytes`. Throws UsageError when
/// there is none.
int mtu_bytes(ibv_mtu mtu);
ibv_mtu mtu_code(int bytes);

}  // namespace plumb::bench
