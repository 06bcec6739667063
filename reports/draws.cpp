#include "reports/draws.h"

#include <cmath>
#include <limits>

namespace plumb::reports {
namespace {

/// Of x in (0, 1], by arithmetic that IEEE 754 fixes to the bit.
double natural_log(double x) {
  constexpr double kLn2 = 0.693147180559945309417;
  constexpr int kLastTerm = 25;  // below 1e-19 of the first
  int exponent = 0;
  const double m = std::frexp(x, &exponent);
  const double z = (m - 1) / (m + 1);  // ln m = 2 (z + z^3/3 + z^5/5 + …), m in [0.5, 1)
  double sum = 0;
  for (int term = kLastTerm; term > 0; term -= 2) {
    sum = sum * (z * z) + 1.0 / term;
  }
  return 2 * z * sum + exponent * kLn2;
}

/// FNV-1a.
std::uint64_t number_of(std::string_view purpose) {
  std::uint64_t number = 0xcbf29ce484222325ULL;
  for (const auto c : purpose) {
    number = (number ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  }
  return number;
}

std::mt19937_64 engine_of(std::uint64_t seed, std::uint64_t purpose, std::uint64_t turn) {
  constexpr unsigned kHalf = 32;  // std::seed_seq takes 32 bits of each
  std::seed_seq words{seed & 0xffffffffU, seed >> kHalf,      purpose & 0xffffffffU,
                      purpose >> kHalf,   turn & 0xffffffffU, turn >> kHalf};
  return std::mt19937_64(words);
}

}  // namespace

Draws::Draws(std::uint64_t seed, std::string_view purpose, std::uint64_t turn)
    : engine_(engine_of(seed, number_of(purpose), turn)) {}

double Draws::uniform() { return static_cast<double>(engine_() >> 11U) * 0x1p-53; }

std::uint64_t Draws::below(std::uint64_t n) {
  constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
  const auto limit = kMost - kMost % n;
  auto drawn = engine_();
  while (drawn >= limit) {
    drawn = engine_();
  }
  return drawn % n;
}

// Marsaglia's polar method.
double Draws::normal() {
  if (std::exchange(has_spare_, false)) {
    return spare_;
  }
  double x = 0, y = 0, square = 0;
  do {
    x = uniform(-1, 1);
    y = uniform(-1, 1);
    square = x * x + y * y;
  } while (square >= 1 || square == 0);
  const double scale = std::sqrt(-2 * natural_log(square) / square);
  spare_ = y * scale;
  has_spare_ = true;
  return x * scale;
}

std::int64_t Draws::magnitude(double low, double high) {
  const double power = uniform(low, high);
  const int whole = static_cast<int>(power);
  return static_cast<std::int64_t>(std::ldexp(1 + (power - whole), whole));
}

}  // namespace plumb::reports
