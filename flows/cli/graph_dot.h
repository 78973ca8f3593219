// graph_dot.h: a network's graph in Graphviz's language, and drawn by its program `dot`.
#pragma once

#include <string>

#include "flows/cli/graph_view.h"

namespace systole {

/// A directed graph: a box per input and op, coloured by what computes it, under a legend; edges
/// are labelled with shape and type. A box's identifier and tooltip are the whole name; its label
/// may lack the middle of a long one.
std::string graph_dot(const GraphView& graph);

/// The text of an SVG of `dot`. Throws InputError when the program `dot` is missing or fails.
std::string draw_svg(const std::string& dot);

}  // namespace systole
