// tool_op_names.h: words of the ops that other tools' networks have; private to model/network/.
#pragma once

#include <array>
#include <string_view>

namespace systole {

/// Alternatives of `RequantiseAdd::rule`.
inline constexpr std::array<std::string_view, 3> kAddDialects = {"gemmlowp", "float32", "double"};
/// `GemmlowpSoftmax`, then values of `SoftmaxRule`.
inline constexpr std::array<std::string_view, 4> kSoftmaxDialects = {"gemmlowp", "double",
                                                                     "qlinear", "times"};
/// `ScoreSoftmax::is_double`.
inline constexpr std::array<std::string_view, 2> kScoreArithmetics = {"float32", "float64"};
/// Values of `QuantizeRule`.
inline constexpr std::array<std::string_view, 3> kQuantizeRules = {"multiply", "divide_half_away",
                                                                   "divide_half_even"};

}  // namespace systole
