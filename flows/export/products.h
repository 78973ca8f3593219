// products.h: operands and sums of every product of a run, in PyTorch's layout.
#pragma once

#include <string>
#include <vector>

#include "golden/trace.h"
#include "model/network/network.h"

namespace systole {

/// One convolution or matrix product. y is exactly the product of x1 and x2 with zeros as padding.
///
/// |                    | x1              | x2                           | y                 |
/// |--------------------|-----------------|------------------------------|-------------------|
/// | `int_conv2d`       | [n, cin, h, w]  | [cout, cin / groups, kh, kw] | [n, cout, oh, ow] |
/// | `int_matmul`       | [.., k]         | [k, n]                       | [.., n]           |
/// | `int_batch_matmul` | [.., m, k]      | [.., k, n]                   | [.., m, n]        |
///
/// x1, and x2 of two activations, are codes less their zero point: `pad_value` of a convolution
/// that pads, else the zero point of the operand's quantizer; of two activations the op's own. y is
/// the op's result where the op subtracts that zero point itself. Where it leaves that to a later
/// bias (`input_zero_point` is 0), y is the result less zero point * sum of the channel's weights.
///
/// Features of a matrix product behind a `flatten` of [h, w, c] are in the order of [c, h, w], in
/// x1 and x2, if the ops between compute element by element.
struct Product {
  std::string name;  ///< Of files: the op's with `_` for `/` and `:`, see below.
  IntTensor x1;
  IntTensor x2;
  IntTensor y;
};

/// The products of `network` in execution order; `trace` is a run of it with all tensors. Names
/// without `/` and `:` stay; others that are taken then get `_2`, `_3`, ... at their end. Throws
/// InputError when a sum does not fit 32 bits without its zero point.
std::vector<Product> list_products(const IntNetwork& network, const Trace& trace);

}  // namespace systole
