// encoded_network.h: a float network with every quantizer decided, and its fake-quant path.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>

#include "model/network/execute.h"
#include "model/network/network.h"
#include "model/quant/smooth_quant.h"
#include "model/quant/tensor_encoding.h"

namespace systole {

/// An op and the index of one of its operands.
using Edge = std::pair<std::string, std::size_t>;

/// A product's weight; `codes` is empty of a float format, which has none.
struct EncodedWeight {
  Encoding encoding;
  IntTensor codes;
};

/// What learning changed in one layer.
struct RoundedLayer {
  std::string op;
  double nearest_error = 0;  ///< As `Rounded`.
  double error = 0;
  std::int64_t changed = 0;
};

/// Both the fake-quant path and the integer network follow from it.
struct EncodedNetwork {
  FloatNetwork network;                     ///< Weights are the float ones.
  std::map<std::string, Encoding> tensors;  ///< By input or op; absent: reals.
  std::map<Edge, Encoding> operands;        ///< What an op takes instead of the tensor's codes.
  std::map<std::string, EncodedWeight> weights;  ///< By product; absent: reals.
  std::set<std::string> skipped;  ///< Ops that compute in float whatever their operands.
  Arithmetic arithmetic = Arithmetic::kDouble;
  std::vector<SmoothedOp> smoothed = {};            ///< Ops whose channels were evened out.
  std::vector<RoundedLayer> rounded = {};           ///< Layers whose roundings were learned.
  std::map<std::string, std::string> methods = {};  ///< How an encoding of this name was found.
};

/// The op with its weight on its grid: what the fake-quant path multiplies with.
FloatNode with_quantised_weight(const EncodedNetwork& encoded, FloatNode node);
/// The network with weights on their grids.
FloatNetwork with_quantised_weights(const EncodedNetwork& encoded);

/// What quantizers make of tensors between the ops; `encoded` must outlive the filters.
FloatFilters quantizers_of(const EncodedNetwork& encoded);

/// What `run` of the fake-quant path needs, made once.
struct FakeQuantNetwork {
  explicit FakeQuantNetwork(const EncodedNetwork& encoded)
      : network(with_quantised_weights(encoded)), filters(quantizers_of(encoded)) {}

  /// Reals in, reals on the quantizers' grids out (model/README.md, quantize): the training view.
  /// The observer sees every op's output behind its quantizer.
  FloatTensors run(FloatTensors inputs, const FloatObserver& observer = {}) const {
    return run_float(network, std::move(inputs), filters, observer);
  }

  FloatNetwork network;
  FloatFilters filters;
};

/// What the integer network's inputs take: reals as the codes of their quantizer, all else as it
/// is.
AnyTensors input_codes(const EncodedNetwork& encoded, const IntNetwork& integers,
                       const AnyTensors& samples);

/// The scalar quantizer of an activation on the integer path. Throws InputError, naming the tensor,
/// of a float format and of more than one scale, which an IntMatMul's sum over channels cannot
/// have.
Quantizer scalar_quantizer(const Encoding& encoding);

}  // namespace systole
