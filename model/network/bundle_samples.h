// bundle_samples.h: the named data sets of a bundle; private to model/network/.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/config/value.h"
#include "model/network/bundle.h"
#include "model/tensor/safetensors.h"

namespace systole {

/// Every set must hold every input, with equal counts, codes in the input's range and, if any, one
/// label >= 0 per sample.
std::map<std::string, SampleSet> read_samples(const Value& yaml,
                                              const std::vector<NetworkInput>& inputs,
                                              const SafetensorsFile& tensors);

/// The lines of `samples:`; the tensors are appended to `tensors`.
std::string write_samples(const std::map<std::string, SampleSet>& samples,
                          const std::vector<NetworkInput>& inputs,
                          std::vector<SafetensorsEntry>& tensors);

}  // namespace systole
