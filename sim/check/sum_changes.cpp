// sum_changes.cpp: relations that hold for every differing accumulator.
#include "sim/check/sum_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace systole {
namespace {

std::int32_t low_bits(std::int32_t value, int bits) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(value) << (32 - bits)) >> (32 - bits);
}

}  // namespace

std::vector<std::string> find_sum_changes(const IntTensor& golden, const IntTensor& got,
                                          const Differences& differences) {
  std::vector<std::string> found;
  const auto& elements = differences.differing;
  if (elements.empty()) return found;
  const std::int64_t size = differences.m * differences.channels;
  const auto holds = [&](const auto& relation) {
    return std::ranges::all_of(
        elements, [&](const DifferingElement& element) { return relation(element.flat); });
  };
  /// The sum `distance` elements away.
  const auto is_other = [&](std::int64_t distance) {
    return holds([&](std::int64_t flat) {
      const std::int64_t other = flat + distance;
      return other >= 0 && other < size && got[flat] == golden[other];
    });
  };
  if (holds([&](std::int64_t flat) { return got[flat] == 0; })) found.push_back("all are zero");
  if (is_other(-differences.channels)) found.push_back("each is the sum of the row before");
  if (is_other(differences.channels)) found.push_back("each is the sum of the row after");
  if (is_other(-1)) found.push_back("each is the sum of the channel before");
  if (is_other(1)) found.push_back("each is the sum of the channel after");
  for (int bits = 8; bits < 32; ++bits)
    if (holds([&](std::int64_t flat) { return got[flat] == low_bits(golden[flat], bits); })) {
      found.push_back(fmt::format("each is the sum cut to {} bits", bits));
      break;
    }
  if (!found.empty()) return found;
  std::int64_t divisor = 0;
  for (const DifferingElement& element : elements)
    divisor = std::gcd(divisor, std::int64_t{got[element.flat]} - golden[element.flat]);
  if (elements.size() > 3 && divisor > 1)
    found.push_back(fmt::format("each is off by a multiple of {}", divisor));
  return found;
}

}  // namespace systole
