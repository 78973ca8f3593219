// two_layers.h: a replay of two small layers, ready to be changed in one respect.
#pragma once

#include <map>
#include <string>

#include "sim/run/replay.h"
#include "sim/run/verdict_key.h"

namespace systole::test {

/// a: [rows x 4] by [4 x 4], MulQuant; b: the same on a's codes, with `x` as the residual. With
/// 20,000 rows each is cut into units that have a task of their own on a 4x4 array; with few rows
/// all share one task.
class TwoLayers {
 public:
  explicit TwoLayers(std::int64_t rows)
      : network{"two", {{"x", {4}}}, {"b.q"}, {}},
        plan{},
        setup{network, golden, plan, {}, built, {.rows = 4, .cols = 4, .acc_depth = 64},
              {},      {},     {}} {
    const IntTensor weight({4, 4}, {1, 2, 3, 4, 5, 6, 7, 8, -1, -2, -3, -4, 0, 0, 1, 1});
    const MulQuant quant{.channels = {{.scale = 3, .bias = 5, .shift = 4, .residual_scale = 1}},
                         .clamp = {-128, 127}};
    network.nodes = {{"a", {"x"}, IntMatmul{weight}, {.type = {.bits = 32}}},
                     {"a.q", {"a"}, quant, {}},
                     {"b", {"a.q"}, IntMatmul{weight}, {.type = {.bits = 32}}},
                     {"b.q", {"b", "x"}, quant, {}}};
    IntTensor x({rows, 4});
    for (std::int64_t i = 0; i < x.size(); ++i) x[i] = static_cast<std::int32_t>(i % 7 - 3);
    golden = record_trace(network, "", {{"x", x}});
    setup.jobs = {{&network.nodes[0], &network.nodes[1]}, {&network.nodes[2], &network.nodes[3]}};
    built.key = "design";
  }
  TwoLayers(const TwoLayers&) = delete;
  TwoLayers& operator=(const TwoLayers&) = delete;

  IntMatmul& product(std::size_t node) { return std::get<IntMatmul>(network.nodes[node].op); }
  MulQuant& quant(std::size_t node) { return std::get<MulQuant>(network.nodes[node].op); }
  TraceEntry& entry(const std::string& name) {
    for (TraceEntry& entry : golden.entries)
      if (entry.name == name) return entry;
    throw std::out_of_range(name);
  }
  std::vector<VerdictGroup> groups() const { return verdict_groups(setup, program); }
  /// By the group's first op.
  std::map<std::string, std::string> keys() const {
    std::map<std::string, std::string> keys;
    for (const VerdictGroup& group : groups()) keys[group.ops[0]->name] = group.key;
    return keys;
  }

  std::string program = "program";
  IntNetwork network;
  Trace golden;
  Plan plan;
  BuiltDut built;
  ReplaySetup setup;
};

inline constexpr std::int64_t kManyRows = 20'000;

}  // namespace systole::test
