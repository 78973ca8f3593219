// design_geometry.h: the sizes of a design, without building it where its parameters tell them.
#pragma once

#include "sim/channel/beats.h"
#include "sim/dut/config.h"

namespace systole {

/// What the parameters of systole_core say; a design with an adapter of its own is built and asked.
/// Throws as build_dut does, and Interrupted.
Geometry design_geometry(const DutConfig& dut);

}  // namespace systole
