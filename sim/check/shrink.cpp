// shrink.cpp: one kind of reduction after the other, until none helps.
#include "sim/check/shrink.h"

namespace systole {
namespace {

class Shrinker {
 public:
  Shrinker(const MatrixCase& failing, const StillFails& fails, int most_trials)
      : best_(failing), fails_(fails), most_trials_(most_trials) {}

  Shrunk run() {
    MatrixCase before;
    do {
      before = best_;
      drop_parts();
      cut(best_.rows(), with_rows);
      cut(best_.columns(), with_columns);
      if (best_.weight) cut(best_.depth(), with_depth);
      if (best_.quant) simplify_constants();
      lessen([](MatrixCase& matrices) { return &matrices.x; });
      if (best_.weight) lessen([](MatrixCase& matrices) { return &*matrices.weight; });
      if (best_.residual) lessen([](MatrixCase& matrices) { return &*matrices.residual; });
    } while (best_ != before && trials_ < most_trials_);
    return {best_, trials_};
  }

 private:
  /// Takes `candidate` when it differs and fails. False as soon as there are no trials left.
  bool take(MatrixCase candidate) {
    if (trials_ >= most_trials_ || candidate == best_ || !is_legal(candidate)) return false;
    ++trials_;
    if (!fails_(candidate)) return false;
    best_ = std::move(candidate);
    return true;
  }

  void drop_parts() {
    if (best_.residual) {
      MatrixCase candidate = best_;
      candidate.residual.reset();
      take(std::move(candidate));
    }
    if (best_.weight && best_.quant) {
      MatrixCase candidate = best_;
      candidate.quant.reset();
      candidate.residual.reset();
      take(std::move(candidate));
    }
  }

  void cut(std::int64_t count, MatrixCase (*part)(const MatrixCase&, const Indices&)) {
    const MatrixCase whole = best_;
    fewest(all_indices(count), [&](const Indices& kept) { return take(part(whole, kept)); });
  }

  void simplify_constants() {
    plainest(*best_.quant, [&](const MulQuant& quant) {
      MatrixCase candidate = best_;
      candidate.quant = quant;
      return take(std::move(candidate));
    });
  }

  void lessen(IntTensor* (*tensor_of)(MatrixCase&)) {
    smallest_values(*tensor_of(best_), [&](const IntTensor& values) {
      MatrixCase candidate = best_;
      *tensor_of(candidate) = values;
      return take(std::move(candidate));
    });
  }

  MatrixCase best_;
  const StillFails& fails_;
  int most_trials_;
  int trials_ = 0;
};

}  // namespace

Shrunk shrink(const MatrixCase& failing, const StillFails& fails, int most_trials) {
  return Shrinker(failing, fails, most_trials).run();
}

}  // namespace systole
