// design_geometry.cpp: parameters, or the design's own answer.
#include "flows/cli/design_geometry.h"

#include "flows/cli/cosimulate.h"
#include "sim/dut/dut.h"

namespace systole {

Geometry design_geometry(const DutConfig& dut) {
  if (!dut.adapter.empty()) return read_facts(build_design(dut)).geometry;
  const auto value = [&](const std::string& name) {
    return static_cast<std::uint32_t>(dut.parameters.at(name));
  };
  return {.rows = value("Rows"),
          .cols = value("Cols"),
          .acc_depth = value("AccDepth"),
          .scale_bits = value("ScaleBits"),
          .act_bits = value("ActBits"),
          .weight_bits = value("WeightBits"),
          .has_gemmlowp = value("Gemmlowp")};
}

}  // namespace systole
