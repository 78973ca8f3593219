// rtl_trace.cpp: the golden trace's entries with the design's tensors.
#include "flows/cli/rtl_trace.h"

#include <algorithm>

namespace systole {
namespace {

void add(Trace& trace, TraceEntry entry, AnyTensor tensor) {
  // Of an op that was skipped there is nothing to name.
  std::erase_if(entry.inputs, [&](const auto& name) { return !trace.tensors.contains(name); });
  trace.tensors[entry.name] = std::move(tensor);
  trace.entries.push_back(std::move(entry));
}

}  // namespace

Trace rtl_trace(const Trace& golden, Replay replay) {
  std::map<std::string, OpState> states;
  for (const OpVerdict& op : replay.ops) states[op.name] = op.state;
  Trace trace;
  trace.network = golden.network;
  trace.network_hash = golden.network_hash;
  for (TraceEntry entry : golden.entries) {
    const auto state = states.find(entry.name);  // None: an input.
    if (const auto found = replay.tensors.find(entry.name); found != replay.tensors.end()) {
      AnyTensor tensor = std::move(found->second);
      if (state->second != OpState::kMatch) entry.sha256 = stored_hash(entry, tensor);
      add(trace, std::move(entry), std::move(tensor));
    } else if (state == states.end() || state->second == OpState::kHost) {
      add(trace, entry, golden.tensors.at(entry.name));
    }
  }
  return trace;
}

}  // namespace systole
