// record.cpp: records every tensor of a run.
#include <cassert>

#include "golden/stored_type.h"
#include "golden/trace.h"
#include "model/network/execute.h"
#include "model/network/op_name.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

void add(Trace& trace, TraceEntry entry, IntTensor tensor) {
  assert(!trace.tensors.contains(entry.name));
  entry.shape = tensor.shape;
  const IntType type = stored_type(tensor, entry.quantization.type);
  entry.sha256 = sha256(encode(entry.name, tensor, type).bytes);
  trace.tensors[entry.name] = std::move(tensor);
  trace.entries.push_back(std::move(entry));
}

}  // namespace

void add_input(Trace& trace, const NetworkInput& input, IntTensor tensor) {
  add(trace,
      {.name = input.name,
       .op = "input",
       .inputs = {},
       .shape = {},
       .quantization = input.quantization,
       .sha256 = {}},
      std::move(tensor));
}

void add_output(Trace& trace, const IntNode& node, IntTensor tensor) {
  add(trace,
      {.name = node.name,
       .op = std::string(op_name(node.op)),
       .inputs = node.inputs,
       .shape = {},
       .quantization = node.output,
       .sha256 = {}},
      std::move(tensor));
}

Trace record_trace(const IntNetwork& network, const std::string& network_hash,
                   const IntTensors& inputs) {
  Trace trace;
  trace.network = network.name;
  trace.network_hash = network_hash;
  check_inputs(inputs, network.inputs);
  for (const NetworkInput& input : network.inputs) add_input(trace, input, inputs.at(input.name));
  run_integer(network, inputs, [&](const IntNode& node, const IntTensor& output) {
    add_output(trace, node, output);
  });
  return trace;
}

}  // namespace systole
