// graph_text.h: a network's graph as text, in lanes like a log of commits.
#pragma once

#include <string>

#include "flows/cli/graph_view.h"

namespace systole {

/// One line per input and op, of at most `width` characters (at least 40):
///
///     ○    image        input            8x8x1   uint8
///     ●    conv1        int_conv2d       8x8x16  int32
///     ●    conv1.quant  mul_quant        8x8x16  uint8
///     ├─●  conv2        int_conv2d       8x8x16  int32
///     ●─╯  add          requantise_add   8x8x16  int8
///
/// A lane is a tensor that later ops still read. An op stands on the lane of the first operand that
/// ends with it, or on a free one; lines lead to its other operands and pass behind lanes that
/// they cross. ○ is an input, ◉ an output of the network. Long names lose their middle.
std::string graph_text(const GraphView& graph, std::size_t width);

}  // namespace systole
