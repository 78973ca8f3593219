// bundle.h: a network with its samples as a directory: `network.yaml` and `tensors.safetensors`.
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// A named data set: codes of every network input (reals of a float input), batch first, and the
/// right answers if known.
struct SampleSet {
  AnyTensors inputs;
  std::vector<std::int32_t> labels;  ///< One per sample, or empty.

  std::int64_t count() const { return shape_of(inputs.begin()->second)[0]; }
  bool operator==(const SampleSet&) const = default;
};

struct Bundle {
  std::variant<FloatNetwork, IntNetwork> network;
  std::string hash;  ///< SHA-256 over both files' digests; set by `load_bundle`.
  std::map<std::string, SampleSet> samples;
  std::string description;
  std::map<std::string, std::string> source;  ///< Free text: data, licence, script, ...
};

/// Reads and checks a bundle of format version 1. Throws InputError `file:line: key: ...` on
/// anything malformed: unknown keys, ops or names, tensors that are missing or have a wrong shape,
/// non-finite weights, constants out of range, shapes that do not fit.
Bundle load_bundle(const std::string& directory);

/// Writes `directory` atomically and returns the bundle's hash (`bundle.hash` is not looked at).
/// Equal bundles give equal bytes, and what is written loads back equal. Throws InputError when the
/// place cannot be written, or holds anything else than a bundle.
std::string write_bundle(const std::string& directory, const Bundle& bundle);

/// The network of a kind, or InputError naming the bundle.
const FloatNetwork& float_network(const Bundle& bundle, const std::string& directory);
const IntNetwork& int_network(const Bundle& bundle, const std::string& directory);

}  // namespace systole
