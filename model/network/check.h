// check.h: proves before a run that no integer of a network can overflow.
#pragma once

#include "model/network/network.h"

namespace systole {

struct CheckOptions {
  bool wrap = false;  ///< Accumulators may pass 32 bits: they wrap, as the hardware's do.
};

/// Checks, for any input codes, what every op relies on:
///
///   operands of int_conv2d and int_matmul, and their weights   9 bits signed
///   |acc|, |sum|                                               32 bits signed
///   max|acc| * |s| + |b| + max|r| * |s_r| * 2^g                below 2^62, each channel
///   residual and add operands, zero points, clamps             17 bits signed
///   operands of concat                                         one scale and zero point
///
/// Throws InputError naming the op, the bound, the limit and what to do.
void check_network(const IntNetwork& network, const CheckOptions& options = {});

}  // namespace systole
