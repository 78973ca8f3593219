// image_beats.cpp: tile -> element -> words.
#include "sim/image/image_beats.h"

#include <fmt/format.h>

#include <cstring>

namespace systole {
namespace {

InputError missing(const std::string& what, MemoryKind memory) {
  return InputError({.where = {kManifestFile},
                     .key = to_string(memory),
                     .got = "no " + what,
                     .expected = "the tensors of every op of the array",
                     .hint = "export the same network again"});
}

std::optional<std::int64_t> element_of(const auto& stored, std::int64_t index) {
  if (!stored) return std::nullopt;
  return stored->element(index);
}

}  // namespace

ImageBeats::ImageBeats(const Layout& layout, const LoadedMemory* weights,
                       const LoadedMemory* parameters)
    : order_(parameter_order(layout)) {
  const Job& job = layout.job;
  for (const TileStart& start : tile_starts(order_)) tiles_[start.channel] = start;
  if (!layout.stream && !layout.activations) {
    weight_ = find(weights, job.product->name, "weight");
    if (!weight_) throw missing("weight of " + job.product->name, MemoryKind::kWeights);
  }
  if (!job.quant) return;
  const std::string& op = job.quant->name;
  bias_ = find(parameters, op, "bias");
  scale_ = find(parameters, op, "scale");
  shift_ = find(parameters, op, "shift");
  residual_scale_ = find(parameters, op, "residual_scale");
  residual_shift_ = find(parameters, op, "residual_shift");
  if (!bias_ || !scale_ || !shift_)
    throw missing("bias, scale or shift of " + op, MemoryKind::kParameters);
}

std::optional<ImageBeats::Stored> ImageBeats::find(const LoadedMemory* memory,
                                                   const std::string& op,
                                                   const std::string& name) const {
  const StoredTensor* stored = memory ? find_tensor(*memory->memory, op, name) : nullptr;
  if (!stored) return std::nullopt;
  TileOrder expected = order_;
  if (name == "weight") expected.tokens = 1;
  if (stored->tensor.order != expected)
    throw InputError({.where = {kManifestFile},
                      .key = fmt::format("{} of {}", name, op),
                      .got = "another order of tiles",
                      .expected = "the one in which the schedule takes them",
                      .hint = "export again"});
  return Stored{tensor_bytes(memory->words, *memory->memory, stored->tensor),
                packing_of(stored->tensor, memory->memory->layout)};
}

void ImageBeats::write_weights(std::int64_t channel, std::int64_t k, std::uint8_t* beat) const {
  const std::int64_t first = (tiles_.at(channel).beat + k) * order_.cols;
  for (std::int64_t c = 0; c < order_.cols; ++c) {
    const auto weight = static_cast<std::int16_t>(weight_->element(first + c));
    std::memcpy(beat + c * std::int64_t{sizeof weight}, &weight, sizeof weight);
  }
}

ParameterBeat ImageBeats::parameters(std::int64_t row, std::int64_t channel,
                                     std::int64_t column) const {
  const std::int64_t tile =
      row % order_.tokens * order_.tiles() + tiles_.at(channel % order_.channels).tile;
  const std::int64_t index = tile * order_.cols + column;
  return {
      .bias = bias_->element(index),
      .scale = static_cast<std::int32_t>(scale_->element(index)),
      .residual_scale = static_cast<std::int32_t>(element_of(residual_scale_, index).value_or(0)),
      .shift = static_cast<std::uint8_t>(shift_->element(index)),
      .residual_shift = static_cast<std::uint8_t>(element_of(residual_shift_, index).value_or(0))};
}

}  // namespace systole
