// Numbers with units, as people type and read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace plumb::core {

/// "8", "64K", "1.5M", "2G" to bytes. K, M, G, T are binary, as in nccl-tests. Throws UsageError.
std::int64_t parse_bytes(std::string_view text);

/// "30", "30s", "500ms", "2m", "1h" to nanoseconds; a bare number means seconds. Throws UsageError.
std::int64_t parse_duration_ns(std::string_view text);

/// "2%", "2" or "0.5%" to 0.02, 0.02 and 0.005: a percentage above 0 and below 100. Throws UsageError that names
/// `option`.
double parse_share(const std::string& text, std::string_view option);

/// "8 B", "64 KiB", "1.5 MiB".
std::string format_bytes(std::int64_t bytes);

/// "12.3 us", "4.56 ms", "7.0 s".
std::string format_ns(double nanoseconds);

/// Decimal giga as the field quotes it: "48.3 GB/s", "610 MB/s".
std::string format_rate(double bytes_per_second);

/// A port's rate as it is sold, in bits: "400 Gb/s", "800 Mb/s", "1.6 Tb/s".
std::string format_line_rate(double bytes_per_second);

/// "18 %"; one digit below 10 %.
std::string format_percent(double fraction);

}  // namespace plumb::core
