// tool_op_names.h: words of the ops that other tools' networks have; private to model/network/.
#pragma once

#include <array>
#include <string_view>

namespace systole {

/// Alternatives of `RequantiseAdd::rule`.
inline constexpr std::array<std::string_view, 2> kAddDialects = {"gemmlowp", "float32"};
inline constexpr std::array<std::string_view, 1> kSoftmaxDialects = {"gemmlowp"};
/// Values of `QuantizeRule`.
inline constexpr std::array<std::string_view, 3> kQuantizeRules = {"multiply", "divide_half_away",
                                                                   "divide_half_even"};

}  // namespace systole
