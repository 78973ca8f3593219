// paths.h: the float, fake-quant and integer paths of a network, op by op over the same samples.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/network/network.h"
#include "model/quant/encoded_network.h"
#include "model/quant/energy.h"
#include "model/quant/samples.h"

namespace systole {

/// Every path from the samples to its own end; none takes another's tensors.
struct Paths {
  const EncodedNetwork& encoded;                          ///< Its network is the float path.
  const IntNetwork* integers;                             ///< Null: there is no integer path.
  const std::map<std::string, std::string>& float_names;  ///< Integer op -> float op.
  bool has_fake = true;  ///< Whether to run the fake-quant path, too.
};

/// One integer op and the float op whose values it stands for, over all samples.
struct PathDifference {
  std::string op;             ///< In the integer network.
  std::string float_op;       ///< In the float network.
  std::int64_t elements = 0;  ///< Compared.
  Energy integer_to_float;
  Energy fake_to_float;  ///< Zeros without the fake-quant path, as all that follows.
  Energy integer_to_fake;
  std::int64_t exact = 0;  ///< Elements that are equal in the integer and the fake-quant path.
  std::int64_t clipped =
      0;  ///< Reals of the fake-quant path beyond what the quantizer's codes hold.
};

struct PathComparison {
  std::vector<PathDifference> ops;  ///< Of every integer op that `float_names` has, in order.
  std::map<std::string, FloatTensor> float_outputs;  ///< By the float network's names, all samples.
  std::map<std::string, FloatTensor> fake_outputs;   ///< Likewise.
  std::map<std::string, FloatTensor> int_outputs;    ///< By the integer network's; dequantised.
};

/// Runs all three paths. Sums are made batch by batch, so the result depends on the batches' size
/// in the last bits of a double, and on nothing else. Throws InputError when samples do not fit or
/// a tensor is not finite.
PathComparison compare_paths(const Paths& paths, const SampleSource& samples,
                             const BatchOptions& options = {});

}  // namespace systole
