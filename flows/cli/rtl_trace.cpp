// rtl_trace.cpp: the golden trace's entries, and the design's tensors where they differ.
#include "flows/cli/rtl_trace.h"

#include <algorithm>
#include <set>

namespace systole {
namespace {

/// Inputs, ops of the host and ops that match: their tensors and hashes are the golden ones.
std::set<std::string> equal_entries(const Trace& golden, const Replay& replay) {
  std::set<std::string> names;
  for (const TraceEntry& entry : golden.entries)
    if (entry.op == "input") names.insert(entry.name);
  for (const OpVerdict& op : replay.ops)
    if (op.state == OpState::kMatch || op.state == OpState::kHost) names.insert(op.name);
  return names;
}

}  // namespace

void write_rtl_trace(const std::string& directory, const Trace& golden, Replay replay) {
  const std::set<std::string> equal = equal_entries(golden, replay);
  Trace trace;  // With the tensors that are not the golden ones.
  trace.network = golden.network;
  trace.network_hash = golden.network_hash;
  std::set<std::string> written;
  for (TraceEntry entry : golden.entries) {
    const auto found = replay.tensors.find(entry.name);
    if (!equal.contains(entry.name)) {
      if (found == replay.tensors.end()) continue;
      AnyTensor& tensor = trace.tensors[entry.name] = std::move(found->second);
      entry.sha256 = stored_hash(entry, tensor);
    }
    // Of an op that was skipped there is nothing to name.
    std::erase_if(entry.inputs, [&](const auto& name) { return !written.contains(name); });
    written.insert(entry.name);
    trace.entries.push_back(std::move(entry));
  }
  write_trace(directory, trace, [&](const std::string& name) -> const AnyTensor& {
    return (equal.contains(name) ? golden : trace).tensors.at(name);
  });
}

}  // namespace systole
