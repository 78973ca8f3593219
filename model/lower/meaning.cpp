// meaning.cpp: faithful tensors in the integers of lowered ones.
#include "model/lower/meaning.h"

#include "model/network/overloaded.h"

namespace systole {
namespace {

IntTensor offset_by(IntTensor sums, const std::vector<std::int64_t>& offsets) {
  const auto channels = static_cast<std::size_t>(sums.channels());
  for (std::int64_t i = 0; i < sums.size(); ++i) {
    const std::size_t c = offsets.size() == 1 ? 0 : static_cast<std::size_t>(i) % channels;
    sums[i] = static_cast<std::int32_t>(sums[i] + offsets[c]);
  }
  return sums;
}

}  // namespace

std::string faithful_name(const std::string& lowered, const Meaning& meaning) {
  const auto* sums = std::get_if<OffsetSums>(&meaning);
  return sums ? sums->name : lowered;
}

IntTensor as_lowered(const AnyTensor& faithful, const Meaning& meaning) {
  return std::visit(
      Overloaded{
          [&](const SameCodes&) { return integers(faithful); },
          [&](const OffsetSums& sums) { return offset_by(integers(faithful), sums.offsets); },
          [&](const CodedReals& coded) { return quantize_real(reals(faithful), coded.rule); }},
      meaning);
}

}  // namespace systole
