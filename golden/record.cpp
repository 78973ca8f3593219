// record.cpp: records every tensor of a run.
#include <cassert>

#include "golden/stored_type.h"
#include "golden/trace.h"
#include "model/network/execute.h"
#include "model/network/op_name.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

void add(Trace& trace, TraceEntry entry, AnyTensor tensor) {
  assert(!trace.tensors.contains(entry.name));
  entry.shape = shape_of(tensor);
  entry.is_float = is_real(tensor);
  entry.sha256 = stored_hash(entry, tensor);
  trace.tensors[entry.name] = std::move(tensor);
  trace.entries.push_back(std::move(entry));
}

}  // namespace

std::int64_t count_elements(const Trace& trace) {
  std::int64_t sum = 0;
  for (const auto& [name, tensor] : trace.tensors) sum += element_count(shape_of(tensor));
  return sum;
}

std::string stored_hash(const TraceEntry& entry, const AnyTensor& tensor) {
  return sha256(encode_stored(entry, tensor).bytes);
}

void add_input(Trace& trace, const NetworkInput& input, AnyTensor tensor) {
  add(trace,
      {.name = input.name,
       .op = "input",
       .inputs = {},
       .shape = {},
       .quantization = input.quantization,
       .is_float = input.is_float,
       .sha256 = {}},
      std::move(tensor));
}

void add_output(Trace& trace, const IntNode& node, AnyTensor tensor) {
  add(trace,
      {.name = node.name,
       .op = std::string(op_name(node.op)),
       .inputs = node.inputs,
       .shape = {},
       .quantization = node.output,
       .is_float = node.is_float,
       .sha256 = {}},
      std::move(tensor));
}

Trace record_trace(const IntNetwork& network, const std::string& network_hash,
                   const AnyTensors& inputs) {
  Trace trace;
  trace.network = network.name;
  trace.network_hash = network_hash;
  check_inputs(inputs, network.inputs);
  for (const NetworkInput& input : network.inputs) add_input(trace, input, inputs.at(input.name));
  run_integer(network, inputs, [&](const IntNode& node, const AnyTensor& output) {
    add_output(trace, node, output);
  });
  return trace;
}

}  // namespace systole
