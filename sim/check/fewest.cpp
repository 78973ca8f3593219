// fewest.cpp: halves, then quarters, then single items.
#include "sim/check/fewest.h"

#include <algorithm>
#include <numeric>

namespace systole {
namespace {

constexpr IntRange kWidestClamp = {-65536, 65535};

std::int32_t zero(std::int32_t) { return 0; }
std::int32_t sign(std::int32_t value) { return (value > 0) - (value < 0); }

/// Replaces as many values as can be by `small(value)`.
IntTensor lessen(const IntTensor& values, std::int32_t (*small)(std::int32_t),
                 const std::function<bool(const IntTensor&)>& fails) {
  Indices large;
  for (std::int64_t i = 0; i < values.size(); ++i)
    if (values[i] != small(values[i])) large.push_back(i);
  const auto keep = [&](const Indices& kept) {
    IntTensor changed = values;
    for (const std::int64_t i : large) changed[i] = small(values[i]);
    for (const std::int64_t i : kept) changed[i] = values[i];
    return changed;
  };
  return keep(fewest(
      large, [&](const Indices& kept) { return fails(keep(kept)); }, true));
}

using Edit = void (*)(MulQuantChannel&);
constexpr Edit kChannelEdits[] = {
    [](MulQuantChannel& channel) { channel.bias = 0; },
    [](MulQuantChannel& channel) { channel.residual_shift = 0; },
    [](MulQuantChannel& channel) { channel.shift = channel.residual_shift = 0; },
    [](MulQuantChannel& channel) { channel.scale = 0; },
    [](MulQuantChannel& channel) { channel.scale = sign(channel.scale); },
    [](MulQuantChannel& channel) { channel.residual_scale = 0; },
    [](MulQuantChannel& channel) { channel.residual_scale = sign(channel.residual_scale); }};

/// Edits as many channels as can be.
MulQuant edit_channels(const MulQuant& quant, Edit edit,
                       const std::function<bool(const MulQuant&)>& fails) {
  Indices different;
  const auto edited = [&](std::int64_t c) {
    MulQuantChannel channel = quant.channels[static_cast<std::size_t>(c)];
    edit(channel);
    return channel;
  };
  for (const std::int64_t c : all_indices(std::ssize(quant.channels)))
    if (edited(c) != quant.channels[static_cast<std::size_t>(c)]) different.push_back(c);
  const auto keep = [&](const Indices& kept) {
    MulQuant changed = quant;
    for (const std::int64_t c : different)
      if (!std::ranges::binary_search(kept, c))
        changed.channels[static_cast<std::size_t>(c)] = edited(c);
    return changed;
  };
  return keep(fewest(
      different, [&](const Indices& kept) { return fails(keep(kept)); }, true));
}

}  // namespace

Indices all_indices(std::int64_t count) {
  Indices indices(static_cast<std::size_t>(count));
  std::iota(indices.begin(), indices.end(), 0);
  return indices;
}

Indices fewest(Indices items, const std::function<bool(const Indices&)>& fails, bool to_none) {
  if (to_none && !items.empty() && fails({})) return {};
  auto part = static_cast<std::ptrdiff_t>((items.size() + 1) / 2);
  for (;;) {
    bool is_less = false;
    for (std::ptrdiff_t begin = (std::ssize(items) - 1) / std::max<std::ptrdiff_t>(part, 1) * part;
         begin >= 0 && std::ssize(items) > 1; begin -= part) {
      const std::ptrdiff_t end = std::min(begin + part, std::ssize(items));
      Indices kept(items.begin(), items.begin() + begin);
      kept.insert(kept.end(), items.begin() + end, items.end());
      if (kept.empty() || !fails(kept)) continue;
      items = std::move(kept);
      is_less = true;
    }
    if (part <= 1 && !is_less) return items;
    part = std::max<std::ptrdiff_t>(1, part / 2);
  }
}

IntTensor smallest_values(IntTensor values, const std::function<bool(const IntTensor&)>& fails) {
  values = lessen(values, zero, fails);
  return lessen(values, sign, fails);
}

MulQuant plainest(MulQuant quant, const std::function<bool(const MulQuant&)>& fails) {
  const auto change = [&](auto edit) {
    MulQuant candidate = quant;
    edit(candidate);
    if (candidate != quant && fails(candidate)) quant = std::move(candidate);
  };
  change([](MulQuant& plain) { plain.rounding = Rounding::kHalfEven; });
  change([](MulQuant& plain) { plain.zero_point_form = ZeroPointForm::kKeep; });
  change([](MulQuant& plain) { plain.zero_point = 0; });
  change([](MulQuant& plain) { plain.clamp = kWidestClamp; });
  for (const Edit edit : kChannelEdits) quant = edit_channels(quant, edit, fails);
  return quant;
}

}  // namespace systole
