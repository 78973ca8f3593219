// trace.h: the tensors of one run of an integer network, as a directory that compare can read.
//
// `trace.json` holds order, ops, shapes, types and SHA-256 of each tensor; `tensors.safetensors`
// the tensors. Golden traces and traces of the RTL share the format.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "model/network/batch.h"
#include "model/network/network.h"

namespace systole {

/// One tensor of a trace: a network input (`op` is "input") or an op's output.
struct TraceEntry {
  std::string name;
  std::string op;                   ///< "int_conv2d", "mul_quant", ...
  std::vector<std::string> inputs;  ///< Names of earlier entries.
  Shape shape;                      ///< Batch first.
  Quantization quantization;        ///< Not of reals.
  bool is_float = false;            ///< Reals (float32) instead of integers.
  std::string sha256;               ///< Of the tensor's bytes as stored.
};

/// A trace that is being recorded, in memory.
struct Trace {
  std::string network;       ///< The network's name.
  std::string network_hash;  ///< SHA-256 over its bundle.
  std::vector<TraceEntry> entries;
  AnyTensors tensors;
};

/// Of all tensors together.
std::int64_t count_elements(const Trace& trace);

/// SHA-256 of `tensor` as a trace stores it for `entry`.
std::string stored_hash(const TraceEntry& entry, const AnyTensor& tensor);

/// Appends a network input or an op's output, with its hash.
void add_input(Trace& trace, const NetworkInput& input, AnyTensor tensor);
void add_output(Trace& trace, const IntNode& node, AnyTensor tensor);

/// Runs the network on `inputs` (batch first) and keeps every tensor. `network_hash` is its
/// bundle's. Throws InputError when the inputs do not fit.
Trace record_trace(const IntNetwork& network, const std::string& network_hash,
                   const AnyTensors& inputs);

/// Writes `directory` atomically (a temporary name, then a rename). Equal traces give equal bytes.
void write_trace(const std::string& directory, const Trace& trace);

/// The same with the tensors that `tensor_of` gives for the entries' names.
using TensorOf = std::function<const AnyTensor&(const std::string& name)>;
void write_trace(const std::string& directory, const Trace& trace, const TensorOf& tensor_of);

/// A stored trace. Tensors are memory-mapped and converted when asked for.
class TraceReader {
 public:
  /// Throws InputError when a file is missing, malformed, or contradicts the other one.
  explicit TraceReader(const std::string& directory);
  ~TraceReader();

  const std::string& network() const;
  const std::string& network_hash() const;
  const std::vector<TraceEntry>& entries() const;
  /// Throws InputError when the bytes do not have the recorded hash.
  AnyTensor read(const std::string& name) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace systole
