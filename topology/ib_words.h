// InfiniBand's numbers as the words of IbLink. Words live as long as the program; empty means not known.
#pragma once

#include <cstdint>
#include <string_view>

namespace plumb::topology {

/// The widest of a LinkWidth mask (IBTA vol. 1, PortInfo): 1 "1x", 2 "4x", 4 "8x", 8 "12x", 16 "2x".
std::string_view ib_width(std::uint64_t mask);

/// "4x" of "4X" and "4x".
std::string_view ib_width_word(std::string_view text);

/// The fastest of a mask of speeds: LinkSpeed in bits 0 to 2 (SDR, DDR, QDR), LinkSpeedExt from bit 8 (FDR, EDR, HDR,
/// NDR, XDR), FDR10 in bit 16. Other bits do not count.
std::string_view ib_speed(std::uint64_t mask);

/// From what tools print of a lane, in Gb/s: 10 and "10.0" are QDR; 14, 14.0625; 25, 25.78125; 50, 53.125; 100, 106.25;
/// 200, 212.5. Also "FDR10".
std::string_view ib_speed_of_lane(std::string_view gbits);

/// "active", "armed", "initialize" or "down" of a port state's number or of a word that begins like one.
std::string_view ib_state(std::uint64_t number);
std::string_view ib_state_word(std::string_view text);

}  // namespace plumb::topology
