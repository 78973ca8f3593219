// smaller_op.cpp: parts of images, kernels and channels.
#include "flows/fuzz/smaller_op.h"

#include <algorithm>

#include "model/config/error.h"
#include "model/network/shapes.h"

namespace systole {
namespace {

/// The part of a tensor that has these indices of an axis; an index of -1 gives zeroes.
IntTensor pick(const IntTensor& from, std::size_t axis, const Indices& kept) {
  Shape shape = from.shape;
  shape[axis] = std::ssize(kept);
  IntTensor part(shape);
  for (std::int64_t i = 0; i < part.size(); ++i) {
    Shape index = unravel(i, shape);
    index[axis] = kept[static_cast<std::size_t>(index[axis])];
    if (index[axis] < 0) continue;
    std::int64_t flat = 0;
    for (std::size_t a = 0; a < index.size(); ++a) flat = flat * from.shape[a] + index[a];
    part[i] = from[flat];
  }
  return part;
}

/// The indices of `width` neighbours for every one in `kept`.
Indices widen(const Indices& kept, std::int64_t width) {
  Indices wide;
  for (const std::int64_t index : kept)
    for (std::int64_t i = 0; i < width; ++i) wide.push_back(index * width + i);
  return wide;
}

void pick_constants(FuzzOp& op, const Indices& channels) {
  auto* quant = op.quant ? std::get_if<MulQuant>(&*op.quant) : nullptr;
  if (!quant || quant->channels.size() <= 1) return;
  std::vector<MulQuantChannel> constants;
  for (const std::int64_t c : channels)
    constants.push_back(quant->channels[static_cast<std::size_t>(c)]);
  quant->channels = std::move(constants);
}

void pick_channels(FuzzOp& op, const Indices& kept) {
  Indices outputs = kept;
  auto* conv = std::get_if<IntConv2d>(&*op.product);
  if (!conv) {
    op.x.tensor = pick(op.x.tensor, 3, kept);
  } else {
    if (conv->params.groups > 1) {
      const std::int64_t groups = conv->params.groups;
      outputs = widen(kept, conv->weight.shape[3] / groups);
      op.x.tensor = pick(op.x.tensor, 3, widen(kept, conv->weight.shape[2]));
      conv->params.groups = std::ssize(kept);
    }
    conv->weight = pick(conv->weight, 3, outputs);
  }
  if (op.residual) op.residual->tensor = pick(op.residual->tensor, 3, outputs);
  pick_constants(op, outputs);
}

/// Where the output has a place for each of the input, the residual's values stay with theirs.
void pick_residual(const FuzzOp& op, std::size_t axis, const Indices& kept, FuzzOp& part) {
  if (op.residual && op.residual->tensor.shape[axis] == op.x.tensor.shape[axis])
    part.residual->tensor = pick(op.residual->tensor, axis, kept);
}

void pick_kernel(FuzzOp& op, std::size_t axis, const Indices& kept) {
  window_of(op)->kernel[axis] = std::ssize(kept);
  if (auto* conv = std::get_if<IntConv2d>(&*op.product))
    conv->weight = pick(conv->weight, axis, kept);
}

const Window* window_of(const FuzzOp& op) { return window_of(const_cast<FuzzOp&>(op)); }

}  // namespace

Window* window_of(FuzzOp& op) {
  if (!op.product) return nullptr;
  if (auto* conv = std::get_if<IntConv2d>(&*op.product)) return &conv->params.window;
  if (auto* pool = std::get_if<IntSumPool>(&*op.product)) return &pool->window;
  if (auto* pool = std::get_if<IntMaxPool>(&*op.product)) return &pool->window;
  return nullptr;
}

std::int64_t extent(const FuzzOp& op, OpAxis axis) {
  const Window* window = window_of(op);
  if (!window) return 1;
  const auto* conv = std::get_if<IntConv2d>(&*op.product);
  switch (axis) {
    case OpAxis::kBatch:
      return op.x.tensor.shape[0];
    case OpAxis::kRows:
      return op.x.tensor.shape[1];
    case OpAxis::kColumns:
      return op.x.tensor.shape[2];
    case OpAxis::kChannels:
      return !conv                     ? op.x.tensor.shape[3]
             : conv->params.groups > 1 ? conv->params.groups
                                       : conv->weight.shape[3];
    case OpAxis::kInputs:
      return conv && conv->params.groups == 1 ? conv->weight.shape[2] : 1;
    case OpAxis::kKernelRows:
      return window->kernel[0];
    case OpAxis::kKernelColumns:
      return window->kernel[1];
  }
  return 1;
}

FuzzOp with_part(const FuzzOp& op, OpAxis axis, const Indices& kept) {
  FuzzOp part = op;
  switch (axis) {
    case OpAxis::kBatch:
    case OpAxis::kRows:
    case OpAxis::kColumns:
      part.x.tensor = pick(op.x.tensor, static_cast<std::size_t>(axis), kept);
      pick_residual(op, static_cast<std::size_t>(axis), kept, part);
      break;
    case OpAxis::kChannels:
      pick_channels(part, kept);
      break;
    case OpAxis::kInputs: {
      auto& conv = std::get<IntConv2d>(*part.product);
      part.x.tensor = pick(op.x.tensor, 3, kept);
      conv.weight = pick(conv.weight, 2, kept);
      break;
    }
    case OpAxis::kKernelRows:
      pick_kernel(part, 0, kept);
      break;
    case OpAxis::kKernelColumns:
      pick_kernel(part, 1, kept);
      break;
  }
  fit_residual(part);
  return part;
}

void fit_residual(FuzzOp& op) {
  const Window* window = window_of(op);
  if (!op.residual || !window) return;
  const Shape& image = op.x.tensor.shape;
  IntTensor& residual = op.residual->tensor;
  const Shape output = output_shape(*window, image, residual.channels());
  if (std::ranges::any_of(output, [](std::int64_t n) { return n < 1; })) return;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    Indices kept = all_indices(output[axis]);
    for (std::int64_t& index : kept) index = index < residual.shape[axis] ? index : -1;
    residual = pick(residual, axis, kept);
  }
}

}  // namespace systole
