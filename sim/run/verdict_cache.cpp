// verdict_cache.cpp: one file per group, named by its key.
#include "sim/run/verdict_cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "model/config/error.h"
#include "model/tensor/atomic_file.h"
#include "sim/run/verdict_entry.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

bool is_known(const VerdictGroup& group, const EarlierOps& known) {
  return std::ranges::any_of(group.ops,
                             [&](const IntNode* op) { return known.contains(op->name); });
}

/// Read, not mapped: a file that someone cuts meanwhile must not end this process.
std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

/// What is known of the group's ops; empty unless all of them match or mismatch.
std::vector<EarlierOp> judged(const VerdictGroup& group, const Replay& replay,
                              const std::map<std::string, const OpVerdict*>& rows) {
  std::vector<EarlierOp> ops;
  for (const IntNode* node : group.ops) {
    const OpVerdict& row = *rows.at(node->name);
    if (row.state != OpState::kMatch && row.state != OpState::kMismatch) return {};
    EarlierOp op{row, std::nullopt};
    if (row.state == OpState::kMismatch) {
      const auto tensor = replay.tensors.find(node->name);
      if (tensor == replay.tensors.end()) return {};
      op.tensor = tensor->second;
    }
    ops.push_back(std::move(op));
  }
  return ops;
}

}  // namespace

FoundVerdicts find_verdicts(const fs::path& folder, const std::vector<VerdictGroup>& groups,
                            const EarlierOps& known, const Trace& golden) {
  FoundVerdicts found;
  for (const VerdictGroup& group : groups) {
    const fs::path file = folder / group.key;
    std::error_code error;
    if (is_known(group, known) || !fs::exists(file, error)) continue;
    try {
      for (EarlierOp& op : decode_verdict_entry(content(file), group, golden)) {
        op.row.cached = true;
        found.ops[op.row.name] = std::move(op);
      }
      ::utimensat(AT_FDCWD, file.c_str(), nullptr, 0);  // Used now, for `prune`.
    } catch (const std::exception& wrong) {
      found.damaged.push_back(fmt::format("the cached verdict on {} holds {} ({}): simulated again",
                                          group.ops[0]->name, wrong.what(), file.string()));
    }
  }
  return found;
}

std::string keep_verdicts(const fs::path& folder, const std::vector<VerdictGroup>& groups,
                          const EarlierOps& known, const Replay& replay) try {
  std::map<std::string, const OpVerdict*> rows;
  for (const OpVerdict& row : replay.ops) rows[row.name] = &row;
  fs::create_directories(folder);
  for (const VerdictGroup& group : groups) {
    if (is_known(group, known)) continue;
    const std::vector<EarlierOp> ops = judged(group, replay, rows);
    if (!ops.empty())
      write_file_atomically((folder / group.key).string(), encode_verdict_entry(group, ops));
  }
  return "";
} catch (const InputError& error) {  // A cache that cannot be written costs time, no run.
  return error.what();
} catch (const fs::filesystem_error& error) {
  return error.what();
}

}  // namespace systole
