// shapes.h: the shape of every tensor of a network, and the complaints when shapes do not fit.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/config/error.h"
#include "model/network/network.h"

namespace systole {

using Shapes = std::map<std::string, Shape>;

/// Shapes of all inputs and op outputs by name, batch first. Throws InputError naming the op whose
/// operands do not fit: channels, groups, windows, numbers of constants, operand counts, sizes.
Shapes infer_shapes(const FloatNetwork& network, std::int64_t batch);
Shapes infer_shapes(const IntNetwork& network, std::int64_t batch);

/// The output shape of one op from those of its operands; complaints start with `where`.
Shape output_shape(const FloatNode& node, const std::vector<Shape>& operands,
                   const Location& where = {});
Shape output_shape(const IntNode& node, const std::vector<Shape>& operands,
                   const Location& where = {});

}  // namespace systole
