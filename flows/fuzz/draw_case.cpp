// draw_case.cpp: kinds, windows and sequences of ops.
#include "flows/fuzz/draw_case.h"

#include <algorithm>

#include "flows/fuzz/draw_quant.h"
#include "flows/fuzz/draw_values.h"
#include "model/network/ranges.h"
#include "model/network/shapes.h"
#include "model/ops/int_conv2d.h"

namespace systole {
namespace {

enum class Kind {
  kConv,
  kMatmul,
  kDepthwise,
  kSumPool,
  kBatchMatmul,
  kGrouped,
  kMaxPool,
  kMulQuant,
  kAdd
};
constexpr Kind kKinds[] = {Kind::kConv,    Kind::kMatmul,      Kind::kDepthwise,
                           Kind::kSumPool, Kind::kBatchMatmul, Kind::kGrouped,
                           Kind::kMaxPool, Kind::kMulQuant,    Kind::kAdd};
constexpr std::int64_t kProducts = 5;  // The first ones: a design without lanes has these.
constexpr std::int64_t kMostRows = 40;
constexpr std::int64_t kMostPixels = 9;
constexpr int kStreamBits = 16;
constexpr int kResidualBits = 17;

/// What every op of a case is drawn from.
struct Drawing {
  Dice& dice;
  const Geometry& geometry;
  std::int64_t batch;

  std::int64_t columns(std::int64_t most) const { return draw_extent(dice, geometry.cols, most); }
  /// Rows of an output: now and then a chunk of accumulators and its neighbours.
  std::int64_t rows() const {
    const std::int64_t depth = geometry.acc_depth;
    if (depth > 2 * kMostRows || dice.percent(60))
      return draw_extent(dice, geometry.rows, kMostRows);
    return draw_extent(dice, depth, 2 * depth + 1);
  }
  /// Codes of an operand of the array.
  IntRange weights() const {
    const int bits = static_cast<int>(geometry.weight_bits);
    return IntType{.bits = dice.percent(70) ? bits : static_cast<int>(dice.between(2, bits))}
        .range();
  }
};

/// A window and an image [batch, h, w, channels] that it fits. Small maps; a pool's windows all see
/// the image.
Window draw_window(const Drawing& draw, std::int64_t channels, bool is_pool, Shape& image) {
  Dice& dice = draw.dice;
  for (;;) {
    Window window;
    for (int axis = 0; axis < 2; ++axis) {
      window.kernel[axis] = dice.one_of<std::int64_t>({1, 1, 2, 3, 3, 5});
      window.stride[axis] = dice.one_of<std::int64_t>({1, 1, 2, 3});
      window.dilation[axis] = dice.one_of<std::int64_t>({1, 1, 1, 2, 3});
    }
    if (dice.percent(60))
      for (std::int64_t& pixels : window.padding) pixels = dice.between(0, 3);
    image = {draw.batch, dice.between(1, kMostPixels), dice.between(1, kMostPixels), channels};
    const std::int64_t h = output_extent(window, 0, image[1]),
                       w = output_extent(window, 1, image[2]);
    if (h < 1 || w < 1 || h * w > 2 * kMostRows) continue;
    if (!is_pool || every_window_sees_image(window, image[1], image[2])) return window;
  }
}

void draw_conv(const Drawing& draw, Kind kind, FuzzOp& op) {
  Dice& dice = draw.dice;
  IntConv2d conv;
  std::int64_t inputs = 1, outputs = 1;
  if (kind == Kind::kConv) {
    inputs = dice.percent(70) ? dice.between(1, 4) : draw_extent(dice, draw.geometry.rows, 9);
    outputs = draw.columns(3 * std::int64_t{draw.geometry.cols});
  } else if (kind == Kind::kGrouped) {
    conv.params.groups = dice.between(2, 5);
    inputs = dice.between(2, 4);
    outputs = dice.between(1, 5);
  } else {
    conv.params.groups = std::max<std::int64_t>(2, draw.columns(2 * draw.geometry.cols + 1));
    outputs = dice.percent(80) ? 1 : 2;
  }
  Shape image;
  conv.params.window = draw_window(draw, conv.params.groups * inputs, false, image);
  const auto& kernel = conv.params.window.kernel;
  conv.weight = draw_values(dice, {kernel[0], kernel[1], inputs, conv.params.groups * outputs},
                            draw.weights());
  op.x = draw_operand(dice, image, static_cast<int>(draw.geometry.act_bits));
  const IntRange codes = op.x.type.range();
  if (dice.percent(50))
    conv.params.pad_value = static_cast<std::int32_t>(dice.between(codes.lo, codes.hi));
  op.product = std::move(conv);
}

void draw_matmul(const Drawing& draw, FuzzOp& op) {
  const std::int64_t rows = draw.geometry.rows;
  const std::int64_t k = draw_extent(draw.dice, rows, 3 * rows + 2);
  const std::int64_t n = draw.columns(3 * std::int64_t{draw.geometry.cols} + 1);
  op.x = draw_operand(draw.dice, {draw.batch, draw.rows(), k},
                      static_cast<int>(draw.geometry.act_bits));
  op.product = IntMatmul{draw_values(draw.dice, {k, n}, draw.weights())};
}

/// Small items, so that several lie side by side, and items of more than a tile.
void draw_batch_matmul(const Drawing& draw, FuzzOp& op) {
  Dice& dice = draw.dice;
  const std::int64_t rows = draw.geometry.rows;
  const std::int64_t items = dice.between(1, 5), m = draw.rows();
  const std::int64_t k =
      dice.percent(50) ? dice.between(1, rows) : draw_extent(dice, rows, 2 * rows + 2);
  const std::int64_t n = draw.columns(2 * std::int64_t{draw.geometry.cols} + 1);
  const IntBatchMatmul product{.transpose_a = dice.percent(50), .transpose_b = dice.percent(50)};
  const auto shape = [&](std::int64_t first, std::int64_t second, bool swapped) {
    return swapped ? Shape{draw.batch, items, second, first}
                   : Shape{draw.batch, items, first, second};
  };
  op.x = draw_operand(dice, shape(m, k, product.transpose_a),
                      static_cast<int>(draw.geometry.act_bits));
  op.stationary = draw_operand(dice, shape(k, n, product.transpose_b),
                               static_cast<int>(draw.geometry.weight_bits));
  op.product = product;
}

/// Without lanes sum pools are products, whose operands are the array's.
void draw_pool(const Drawing& draw, Kind kind, FuzzOp& op) {
  Dice& dice = draw.dice;
  Shape image;
  const Window window = draw_window(draw, draw.columns(2 * draw.geometry.cols + 1), true, image);
  if (kind == Kind::kMaxPool) {
    op.x = draw_operand(dice, image, kStreamBits);
    op.product = IntMaxPool{window};
    return;
  }
  IntSumPool pool{window};
  int bits = draw.geometry.has_lanes ? kStreamBits : static_cast<int>(draw.geometry.act_bits);
  const bool has_zero_point = dice.percent(50);  // Which takes a bit.
  op.x = draw_operand(dice, image, has_zero_point ? bits - 1 : bits);
  const IntRange codes = op.x.type.range();
  if (has_zero_point)
    pool.zero_point = static_cast<std::int32_t>(
        dice.one_of<std::int64_t>({codes.lo, codes.hi, dice.between(codes.lo, codes.hi)}));
  op.product = pool;
}

void draw_stream(const Drawing& draw, FuzzOp& op) {
  const std::int64_t n = draw.columns(3 * std::int64_t{draw.geometry.cols} + 1);
  op.x = draw_operand(draw.dice, {draw.batch, draw.rows(), n}, kStreamBits);
}

void add_quant(const Drawing& draw, Kind kind, Rounding rounding, FuzzOp& op) {
  Dice& dice = draw.dice;
  const FuzzNetwork so_far = network_of({op});
  const std::string last = op.product ? "product0" : "x0";
  const Shape shape = infer_shapes(so_far.network, draw.batch).at(last);
  QuantBounds bounds;
  bounds.operand = largest_magnitude(value_ranges(so_far.network).at(last));
  bounds.channels = shape.back();
  bounds.scale_bits = draw.geometry.scale_bits;
  // Tokens are the last axis of rows.
  const std::int64_t tokens = shape.size() > 2 && dice.percent(25) ? shape[shape.size() - 2] : 1;
  if (draw.geometry.has_gemmlowp && kind != Kind::kAdd && dice.percent(20)) {
    op.quant = draw_requantise(dice, bounds, op.quant_type);
    return;
  }
  if (kind == Kind::kAdd || dice.percent(40)) {
    op.residual = draw_operand(dice, shape, dice.one_of<int>({8, 9, 16, kResidualBits}));
    bounds.residual = largest_magnitude(op.residual->type.range());
  }
  bounds.channels *= tokens;
  MulQuant quant = draw_mul_quant(dice, bounds, rounding, op.quant_type);
  if (quant.channels.size() > 1) quant.tokens = tokens;
  if (kind == Kind::kAdd)
    op.quant = IntAdd{std::move(quant)};
  else
    op.quant = std::move(quant);
}

FuzzOp draw_op(const Drawing& draw, Kind kind, Rounding rounding) {
  FuzzOp op;
  switch (kind) {
    case Kind::kConv:
    case Kind::kGrouped:
    case Kind::kDepthwise:
      draw_conv(draw, kind, op);
      break;
    case Kind::kMatmul:
      draw_matmul(draw, op);
      break;
    case Kind::kBatchMatmul:
      draw_batch_matmul(draw, op);
      break;
    case Kind::kSumPool:
    case Kind::kMaxPool:
      draw_pool(draw, kind, op);
      break;
    case Kind::kMulQuant:
    case Kind::kAdd:
      draw_stream(draw, op);
      break;
  }
  if (draw.geometry.has_lanes && (!op.product || draw.dice.percent(80)))
    add_quant(draw, kind, rounding, op);
  return op;
}

/// Sums at the ends of 32 bits, and beyond them: the only op that is not small.
FuzzOp draw_deep(const Drawing& draw) {
  Dice& dice = draw.dice;
  const std::int64_t k = dice.one_of<std::int64_t>({32767, 32768, 32769});
  const std::int64_t n = dice.between(1, draw.geometry.cols);
  const auto ends = [&](const Shape& shape, int bits) {
    return IntTensor(
        shape, static_cast<std::int32_t>(dice.percent(50) ? IntType{.bits = bits}.range().lo
                                                          : IntType{.bits = bits}.range().hi));
  };
  const int bits = static_cast<int>(draw.geometry.act_bits);
  FuzzOp op;
  op.x = {ends({1, 1, k}, bits), {.bits = bits}};
  op.product = IntMatmul{ends({k, n}, static_cast<int>(draw.geometry.weight_bits))};
  return op;
}

BenchOptions draw_bench(Dice& dice) {
  constexpr std::int64_t kMostSeed = 0x7fffffff;
  BenchOptions bench;
  bench.seed = static_cast<std::uint32_t>(dice.between(1, kMostSeed));
  bench.stall_rate = dice.one_of<double>({0.0, 0.0, 0.0, 0.05, 0.25, 0.5, 0.75});
  if (bench.stall_rate > 0)
    bench.stall_seed = static_cast<std::uint32_t>(dice.between(1, kMostSeed));
  bench.watchdog = kFuzzWatchdog;
  bench.quantum = dice.one_of<std::uint64_t>({1024, 1024, 1024, 64, 1});
  return bench;
}

}  // namespace

FuzzCase draw_case(std::uint64_t seed, std::uint64_t number, const std::vector<Geometry>& designs) {
  constexpr std::uint64_t kDeepEvery = 499;  // A deep op takes as long as a hundred others.
  Dice dice(seed, number);
  FuzzCase drawn;
  drawn.design = number % designs.size();
  drawn.bench = draw_bench(dice);
  const Geometry& geometry = designs[drawn.design];
  const std::int64_t ops = dice.percent(40) ? 1 : dice.between(2, 5);
  const Drawing draw{dice, geometry, ops == 1 && dice.percent(30) ? 2 : 1};
  if (number % kDeepEvery == kDeepEvery - 1) {
    drawn.allow_wrap = true;
    drawn.ops = {draw_deep({dice, geometry, 1})};
    return drawn;
  }
  const std::uint64_t turn = number / designs.size();
  const std::int64_t kinds = geometry.has_lanes ? std::ssize(kKinds) : kProducts;
  for (std::int64_t i = 0; i < ops; ++i) {
    const std::uint64_t kind = i == 0 ? turn : static_cast<std::uint64_t>(dice.between(0, 999));
    const std::uint64_t rounding =
        i == 0 ? turn / std::size(kKinds) : static_cast<std::uint64_t>(dice.between(0, 3));
    drawn.ops.push_back(draw_op(draw, kKinds[kind % static_cast<std::uint64_t>(kinds)],
                                static_cast<Rounding>(rounding % kRoundingNames.size())));
  }
  return drawn;
}

}  // namespace systole
