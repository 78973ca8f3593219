// minimise.cpp: bench, ops, then each op.
#include "flows/fuzz/minimise.h"

#include "flows/fuzz/smaller_op.h"
#include "sim/check/shrink.h"

namespace systole {
namespace {

class Minimiser {
 public:
  Minimiser(const FuzzCase& failing, const CaseFails& fails, int most_trials)
      : best_(failing), fails_(fails), most_trials_(most_trials) {}

  MinimisedCase run() {
    plain_bench();
    drop_ops();
    for (std::size_t i = best_.ops.size(); i-- > 0;) shrink_op(i);
    drop_ops();
    plain_bench();
    return {best_, trials_};
  }

 private:
  bool take(FuzzCase candidate) {
    if (trials_ >= most_trials_ || !is_legal(candidate)) return false;
    ++trials_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return is_smaller_ = true;
  }

  bool take_op(std::size_t i, FuzzOp op) {
    FuzzCase candidate = best_;
    candidate.ops[i] = std::move(op);
    return take(std::move(candidate));
  }

  /// Each setting by itself: a fault may need the stalls but not the seeds.
  void plain_bench() {
    const BenchOptions plain;
    const auto reset = [&](auto member) {
      if (best_.bench.*member == plain.*member) return;
      FuzzCase candidate = best_;
      candidate.bench.*member = plain.*member;
      take(std::move(candidate));
    };
    reset(&BenchOptions::stall_rate);
    reset(&BenchOptions::stall_seed);
    reset(&BenchOptions::seed);
    reset(&BenchOptions::quantum);
  }

  void drop_ops() {
    const FuzzCase whole = best_;
    fewest(all_indices(std::ssize(whole.ops)), [&](const Indices& kept) {
      FuzzCase candidate = whole;
      candidate.bench = best_.bench;
      candidate.ops.clear();
      for (const std::int64_t i : kept)
        candidate.ops.push_back(whole.ops[static_cast<std::size_t>(i)]);
      return take(std::move(candidate));
    });
  }

  void shrink_op(std::size_t i) {
    const auto matrices = matrices_of(best_.ops[i]);
    if (matrices && take_op(i, op_of(*matrices))) {
      shrink(
          *matrices, [&](const MatrixCase& smaller) { return take_op(i, op_of(smaller)); },
          most_trials_ - trials_);
      return;
    }
    do {
      is_smaller_ = false;
      drop_parts(i);
      for (const OpAxis axis : kOpAxes) cut(i, axis);
      plain_window(i);
      plain_numbers(i);
    } while (is_smaller_);
  }

  void drop_parts(std::size_t i) {
    FuzzOp op = best_.ops[i];
    if (op.residual && op.product) {
      op.residual.reset();
      take_op(i, op);
    }
    if (op.product && op.quant) {
      op.quant.reset();
      op.residual.reset();
      take_op(i, op);
    }
  }

  void cut(std::size_t i, OpAxis axis) {
    const FuzzOp whole = best_.ops[i];
    fewest(all_indices(extent(whole, axis)),
           [&](const Indices& kept) { return take_op(i, with_part(whole, axis, kept)); });
  }

  void plain_window(std::size_t i) {
    const auto change = [&](auto edit) {
      FuzzOp op = best_.ops[i];
      Window* window = window_of(op);
      if (!window) return;
      const Window before = *window;
      edit(*window);
      if (*window == before) return;
      fit_residual(op);
      take_op(i, std::move(op));
    };
    for (std::size_t side = 0; side < 4; ++side)
      change([=](Window& window) { window.padding[side] = 0; });
    for (std::size_t axis = 0; axis < 2; ++axis) {
      change([=](Window& window) { window.dilation[axis] = 1; });
      change([=](Window& window) { window.stride[axis] = 1; });
    }
  }

  void plain_numbers(std::size_t i) {
    if (const auto* quant =
            best_.ops[i].quant ? std::get_if<MulQuant>(&*best_.ops[i].quant) : nullptr)
      plainest(*quant, [&](const MulQuant& plain) {
        FuzzOp op = best_.ops[i];
        op.quant = plain;
        op.quant_type = {.bits = 17};  // Holds any clamp.
        return take_op(i, std::move(op));
      });
    smallest_values(best_.ops[i].x.tensor, [&](const IntTensor& values) {
      FuzzOp op = best_.ops[i];
      op.x.tensor = values;
      return take_op(i, std::move(op));
    });
    for (const auto operand : {&FuzzOp::stationary, &FuzzOp::residual})
      if (best_.ops[i].*operand)
        smallest_values((best_.ops[i].*operand)->tensor, [&](const IntTensor& values) {
          FuzzOp op = best_.ops[i];
          (op.*operand)->tensor = values;
          return take_op(i, std::move(op));
        });
  }

  FuzzCase best_;
  const CaseFails& fails_;
  int most_trials_;
  int trials_ = 0;
  bool is_smaller_ = false;
};

}  // namespace

MinimisedCase minimise(const FuzzCase& failing, const CaseFails& fails, int most_trials) {
  return Minimiser(failing, fails, most_trials).run();
}

}  // namespace systole
