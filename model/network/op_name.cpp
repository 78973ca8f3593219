// op_name.cpp: the names of ops in bundles, traces and messages.
#include "model/network/op_name.h"

#include "model/network/overloaded.h"

namespace systole {

std::string_view op_name(const FloatOp& op) {
  using Name = std::string_view;
  return std::visit(Overloaded{[](const Conv2d&) -> Name { return "conv2d"; },
                               [](const Linear&) -> Name { return "linear"; },
                               [](const BatchNorm&) -> Name { return "batch_norm"; },
                               [](const Relu&) -> Name { return "relu"; },
                               [](const Add&) -> Name { return "add"; },
                               [](const MaxPool&) -> Name { return "max_pool"; },
                               [](const AvgPool&) -> Name { return "avg_pool"; },
                               [](const GlobalAvgPool&) -> Name { return "global_avg_pool"; },
                               [](const Concat&) -> Name { return "concat"; },
                               [](const Flatten&) -> Name { return "flatten"; }},
                    op);
}

std::string_view op_name(const IntOp& op) {
  using Name = std::string_view;
  return std::visit(Overloaded{[](const IntConv2d&) -> Name { return "int_conv2d"; },
                               [](const IntMatmul&) -> Name { return "int_matmul"; },
                               [](const MulShift&) -> Name { return "mul_shift"; },
                               [](const MulQuant&) -> Name { return "mul_quant"; },
                               [](const IntAdd&) -> Name { return "add"; },
                               [](const IntRelu&) -> Name { return "relu"; },
                               [](const IntMaxPool&) -> Name { return "max_pool"; },
                               [](const IntSumPool&) -> Name { return "int_sum_pool"; },
                               [](const IntAvgPool&) -> Name { return "avg_pool"; },
                               [](const IntConcat&) -> Name { return "concat"; },
                               [](const IntFlatten&) -> Name { return "flatten"; }},
                    op);
}

}  // namespace systole
