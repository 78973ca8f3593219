// random_job.cpp: draws a kind, a shape and operands, and asks the reference.
#include "tests/unit/sim/schedule/random_job.h"

#include "model/network/op_name.h"
#include "model/ops/int_batch_matmul.h"
#include "model/ops/int_conv2d.h"
#include "model/ops/int_matmul.h"
#include "model/ops/max_pool.h"
#include "model/ops/sum_pool.h"

namespace systole {
namespace {

using Random = std::mt19937;

std::int64_t draw(Random& random, int lo, int hi) {
  return std::uniform_int_distribution<int>(lo, hi)(random);
}

IntTensor draw_tensor(Random& random, const Shape& shape, int lo, int hi) {
  IntTensor tensor(shape);
  for (std::int32_t& value : tensor.data) value = static_cast<std::int32_t>(draw(random, lo, hi));
  return tensor;
}

struct View {
  Window window;
  Shape image;  ///< [n, h, w, channels].
};

View draw_view(Random& random, std::int64_t channels, bool is_pool) {
  for (;;) {
    View view;
    for (int axis = 0; axis < 2; ++axis) {
      view.window.kernel[axis] = draw(random, 1, 3);
      view.window.stride[axis] = draw(random, 1, 3);
      view.window.dilation[axis] = draw(random, 1, 2);
    }
    for (std::int64_t& pixels : view.window.padding) pixels = draw(random, 0, 2);
    view.image = {draw(random, 1, 2), draw(random, 1, 9), draw(random, 1, 9), channels};
    const std::int64_t h = view.image[1], w = view.image[2];
    if (output_extent(view.window, 0, h) < 1 || output_extent(view.window, 1, w) < 1) continue;
    if (!is_pool || every_window_sees_image(view.window, h, w)) return view;
  }
}

void make_conv(Random& random, RandomJob& job) {
  Conv2dParams params;
  const int kind = static_cast<int>(draw(random, 0, 2));
  params.groups = kind == 0 ? 1 : draw(random, 1, kind == 1 ? 5 : 23);
  const std::int64_t inputs = kind == 2 ? 1 : draw(random, 1, 11);
  const std::int64_t outputs = kind == 2 ? draw(random, 1, 2) : draw(random, 1, 13);
  const View view = draw_view(random, params.groups * inputs, false);
  params.window = view.window;
  params.pad_value = static_cast<std::int32_t>(draw(random, -256, 255));
  job.x = draw_tensor(random, view.image, -256, 255);
  const IntTensor w = draw_tensor(
      random, {params.window.kernel[0], params.window.kernel[1], inputs, params.groups * outputs},
      -256, 255);
  job.accumulators = int_conv2d(job.x, w, params);
  job.product.op = IntConv2d{params, w};
}

void make_matmul(Random& random, RandomJob& job) {
  const std::int64_t k = draw(random, 1, 40);
  job.x = draw_tensor(random, {draw(random, 1, 30), k}, -256, 255);
  const IntTensor w = draw_tensor(random, {k, draw(random, 1, 40)}, -256, 255);
  job.accumulators = int_matmul(job.x, w);
  job.product.op = IntMatmul{w};
}

void make_batch_matmul(Random& random, RandomJob& job) {
  const bool transpose_a = draw(random, 0, 1), transpose_b = draw(random, 0, 1);
  const std::int64_t batch = draw(random, 1, 2), heads = draw(random, 1, 5);
  const std::int64_t m = draw(random, 1, 30), k = draw(random, 1, 20), n = draw(random, 1, 20);
  job.x = draw_tensor(random, {batch, heads, transpose_a ? k : m, transpose_a ? m : k}, -256, 255);
  job.stationary =
      draw_tensor(random, {batch, heads, transpose_b ? n : k, transpose_b ? k : n}, -256, 255);
  job.accumulators = int_batch_matmul(job.x, job.stationary, transpose_a, transpose_b, 0, 0);
  job.product.op = IntBatchMatmul{transpose_a, transpose_b};
  job.product.inputs.push_back("y");
}

void make_pool(Random& random, bool is_max, RandomJob& job) {
  const auto [window, shape] = draw_view(random, draw(random, 1, 40), true);
  constexpr std::int32_t kZeroPoint = -5;
  job.x = is_max ? draw_tensor(random, shape, -32768, 32767)
                 : draw_tensor(random, shape, -32768, 32767 + kZeroPoint);
  job.accumulators = is_max ? max_pool(job.x, window) : sum_pool(job.x, window, kZeroPoint);
  if (is_max)
    job.product.op = IntMaxPool{window};
  else
    job.product.op = IntSumPool{window, kZeroPoint};
}

void add_quant(Random& random, RandomJob& job) {
  MulQuant quant{.clamp = {-128, 127}};
  std::int64_t constants = draw(random, 0, 1) ? job.accumulators.channels() : 1;
  if (job.accumulators.shape.size() > 2 && draw(random, 0, 3) == 0)
    quant.tokens = job.accumulators.shape[job.accumulators.shape.size() - 2];
  constants *= quant.tokens;
  for (std::int64_t c = 0; c < constants; ++c)
    quant.channels.push_back({static_cast<std::int32_t>(draw(random, -30000, 30000)),
                              draw(random, -100000, 100000), static_cast<int>(draw(random, 0, 24)),
                              static_cast<std::int32_t>(draw(random, -30000, 30000)),
                              static_cast<int>(draw(random, 0, 3))});
  job.quant.inputs = {job.has_product ? "product" : "x"};
  if (draw(random, 0, 1)) {
    job.quant.inputs.push_back("residual");
    job.residual = draw_tensor(random, job.accumulators.shape, -65536, 65535);
  }
  job.output = mul_quant(job.accumulators, job.residual_or_null(), quant);
  job.quant.op = std::move(quant);
}

}  // namespace

std::unique_ptr<RandomJob> random_job(std::mt19937& random) {
  auto job = std::make_unique<RandomJob>();
  job->product.name = "product";
  job->product.inputs = {"x"};
  job->quant.name = "quant";
  const std::int64_t kind = draw(random, 0, 7);
  if (kind < 3) {
    make_conv(random, *job);
  } else if (kind == 3) {
    make_matmul(random, *job);
  } else if (kind < 6) {
    make_pool(random, kind == 4, *job);
  } else if (kind == 6) {
    make_batch_matmul(random, *job);
  } else {
    job->has_product = false;
    job->accumulators = job->x = draw_tensor(
        random, {draw(random, 1, 2), draw(random, 1, 30), draw(random, 1, 40)}, -32768, 32767);
  }
  job->has_quant = !job->has_product || draw(random, 0, 3) > 0;
  if (job->has_quant) add_quant(random, *job);
  job->text = (job->has_product ? std::string(op_name(job->product.op)) : "stream") + " of " +
              to_string(job->x.shape) + " to " + to_string(job->accumulators.shape);
  return job;
}

}  // namespace systole
