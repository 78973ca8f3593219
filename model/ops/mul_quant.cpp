// mul_quant.cpp: rescales every element with its channel's constants.
#include "model/ops/mul_quant.h"

namespace systole {

IntTensor mul_quant(const IntTensor& acc, const IntTensor* residual, const MulQuant& op) {
  const std::int64_t channels = acc.channels();
  assert(fits_tokens(op.channels.size(), op.tokens, channels));
  assert(residual == nullptr || residual->shape == acc.shape);

  IntTensor out(acc.shape);
  std::int64_t i = 0;
  for (std::int64_t row = 0; row < acc.rows(); ++row) {
    const TokenConstants constants = token_constants(op.channels.size(), op.tokens, row);
    for (std::int64_t c = 0; c < channels; ++c, ++i) {
      const std::int32_t r = residual == nullptr ? 0 : (*residual)[i];
      out[i] = mul_quant(acc[i], r, op.channels[constants(static_cast<std::size_t>(c))], op);
    }
  }
  return out;
}

}  // namespace systole
