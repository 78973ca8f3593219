// accuracy.h: how many held-out images an embedded network gets right on its three paths.
#pragma once

#include <string>

#include "model/fuse/encode.h"
#include "model/fuse/fuse.h"
#include "model/network/bundle.h"
#include "model/quant/answers.h"
#include "model/quant/paths.h"

namespace systole {

/// Of 360 images.
struct Correct {
  std::int64_t in_float = 0, fake_quant = 0, integer = 0;
};

inline Correct count_correct_images(const std::string& folder, const Recipe& recipe) {
  const Bundle bundle = load_bundle(folder);
  const FloatNetwork& network = float_network(bundle, folder);
  const EncodedNetwork encoded =
      encode(network, recipe, samples_of(bundle.samples.at("calibration").inputs));
  const FusedNetwork fused = fuse(encoded, {recipe.rounding, recipe.scale});
  const SampleSet& test = bundle.samples.at("test");
  EXPECT_EQ(test.count(), 360);
  const PathComparison paths =
      compare_paths({encoded, &fused.network, fused.float_names}, samples_of(test.inputs));
  const auto count = [&](const FloatTensor& scores) { return count_correct(scores, test.labels); };
  return {.in_float = count(paths.float_outputs.at(network.outputs[0])),
          .fake_quant = count(paths.fake_outputs.at(network.outputs[0])),
          .integer = count(paths.int_outputs.at(fused.network.outputs[0]))};
}

}  // namespace systole
