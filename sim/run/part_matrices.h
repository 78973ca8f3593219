// part_matrices.h: the tile that fails as bare matrices.
#pragma once

#include <optional>

#include "sim/check/matrix_case.h"
#include "sim/run/explain.h"

namespace systole {

/// What the array and its lanes get for the part's pack that holds its differing element: a
/// convolution's patches, a group's or several groups' block-diagonal weights. Nothing of pools, of
/// lanes that round twice, and of output-stationary designs.
std::optional<MatrixCase> matrices_of(const Probe& probe, const FailingPart& part);

}  // namespace systole
