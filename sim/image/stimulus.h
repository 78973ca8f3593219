// stimulus.h: an op's beats, and what has to come back, as files for a Verilog bench of anybody's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "model/network/batch.h"
#include "sim/channel/beats.h"
#include "sim/schedule/job.h"
#include "sim/schedule/region.h"

namespace systole {

struct StimulusFile {
  std::string name;
  std::string text;
};

/// The first sample's part of the job's output for an input of shape `x` (batch first).
Region first_sample(const Job& job, const Shape& x);

/// Output tile `tile` of the first sample, in the order of its schedule. Throws InputError, which
/// says how many tiles there are.
Region tile_region(const Job& job, const Shape& x, const Geometry& geometry, std::int64_t tile);

/// A folder for `flows/export/testbench/systole_stimulus_tb.sv`, which is to be copied beside:
///
/// - NAME.memh of every channel (beat_words.h): the beats of `region` of the job's output for its
///   golden inputs, and the golden accumulators (tap) and codes (output) that have to come back;
/// - counts.memh: beats of each channel in the order of `Channel`, then elements of output and tap
///   that are compared, 32 bits each. Accumulators of jobs without a product and codes of jobs
///   without a mul_quant are not compared, nor are columns past a pack's end;
/// - stimulus.svh: sizes of array and words; passes.csv: a line per pass, which rows, channels and
///   beats it has; README.md: how all this is laid out and run.
///
/// The same files for the same arguments. `golden` holds the job's inputs and outputs. Throws
/// InputError where the array has other channels than rtl/README.md says (output stationary).
std::vector<StimulusFile> make_stimulus(const Job& job, const AnyTensors& golden,
                                        const Geometry& geometry, const Region& region);

}  // namespace systole
