#include "core/units.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "core/error.h"

namespace plumb::core {
namespace {

/// The number at the front of `text`, which then holds what follows it.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || !std::isfinite(value) || value < 0) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

std::string three_digits(double value) {
  return value < 10    ? fmt::format("{:.2f}", value)
         : value < 100 ? fmt::format("{:.1f}", value)
                       : fmt::format("{:.0f}", value);
}

}  // namespace

std::int64_t parse_bytes(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, int>, 17> kSuffixes = {{{"", 0},
                                                                                  {"B", 0},
                                                                                  {"K", 10},
                                                                                  {"k", 10},
                                                                                  {"KB", 10},
                                                                                  {"KiB", 10},
                                                                                  {"M", 20},
                                                                                  {"m", 20},
                                                                                  {"MB", 20},
                                                                                  {"MiB", 20},
                                                                                  {"G", 30},
                                                                                  {"g", 30},
                                                                                  {"GB", 30},
                                                                                  {"GiB", 30},
                                                                                  {"T", 40},
                                                                                  {"TB", 40},
                                                                                  {"TiB", 40}}};
  std::string_view rest = text;
  const auto value = take_number(rest);
  for (const auto& [suffix, shift] : kSuffixes) {
    if (value && rest == suffix && std::ldexp(*value, shift) < 9e18) {
      return static_cast<std::int64_t>(std::llround(std::ldexp(*value, shift)));
    }
  }
  throw UsageError(fmt::format("'{}' is not a size; write bytes or a number with K, M, G or T, such as 64M", text));
}

std::int64_t parse_duration_ns(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, double>, 7> kSuffixes = {
      {{"", 1e9}, {"s", 1e9}, {"ms", 1e6}, {"us", 1e3}, {"ns", 1}, {"m", 60e9}, {"h", 3600e9}}};
  std::string_view rest = text;
  const auto value = take_number(rest);
  for (const auto& [suffix, factor] : kSuffixes) {
    if (value && rest == suffix && *value * factor < 9e18) {
      return static_cast<std::int64_t>(std::llround(*value * factor));
    }
  }
  throw UsageError(
      fmt::format("'{}' is not a duration; write seconds or a number with ms, s, m or h, such as 30s", text));
}

double parse_share(const std::string& text, std::string_view option) {
  std::string_view rest = text;
  const auto value = take_number(rest);
  if (!value || (!rest.empty() && rest != "%") || *value <= 0 || *value >= 100) {
    throw UsageError(fmt::format("{} {}: give a percentage such as 2%", option, text));
  }
  return *value / 100;
}

std::string format_bytes(std::int64_t bytes) {
  static constexpr std::array<const char*, 5> kUnits = {"B", "KiB", "MiB", "GiB", "TiB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  return value == std::floor(value) ? fmt::format("{:.0f} {}", value, kUnits[unit])
                                    : fmt::format("{:.1f} {}", value, kUnits[unit]);
}

std::string format_ns(double nanoseconds) {
  if (nanoseconds < 1e3) {
    return fmt::format("{:.0f} ns", nanoseconds);
  }
  if (nanoseconds < 1e6) {
    return three_digits(nanoseconds / 1e3) + " us";
  }
  return nanoseconds < 1e9 ? three_digits(nanoseconds / 1e6) + " ms" : three_digits(nanoseconds / 1e9) + " s";
}

std::string format_rate(double bytes_per_second) {
  if (bytes_per_second < 1e6) {
    return three_digits(bytes_per_second / 1e3) + " kB/s";
  }
  return bytes_per_second < 1e9 ? three_digits(bytes_per_second / 1e6) + " MB/s"
                                : three_digits(bytes_per_second / 1e9) + " GB/s";
}

std::string format_line_rate(double bytes_per_second) {
  const double bits = bytes_per_second * 8;
  return bits < 1e9        ? fmt::format("{:.3g} Mb/s", bits / 1e6)
         : bits < 999.5e9  ? fmt::format("{:.3g} Gb/s", bits / 1e9)
         : bits < 999.5e12 ? fmt::format("{:.3g} Tb/s", bits / 1e12)
                           : fmt::format("{:.3g} Pb/s", bits / 1e15);
}

std::string format_percent(double fraction) {
  return std::abs(fraction) < 0.0995 ? fmt::format("{:.1f} %", fraction * 100)
                                     : fmt::format("{:.0f} %", fraction * 100);
}

}  // namespace plumb::core
