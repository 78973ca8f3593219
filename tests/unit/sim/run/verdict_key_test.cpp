// verdict_key_test.cpp: a verdict's key changes with everything that the verdict depends on.
#include "sim/run/verdict_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "tests/unit/sim/run/two_layers.h"

namespace systole::test {
namespace {

using testing::ElementsAre;
using Ops = std::set<std::string>;

struct Change {
  std::string name;
  std::function<void(TwoLayers&)> apply;
  Ops changed;  ///< Products whose groups then have other keys.
};

void PrintTo(const Change& change, std::ostream* out) { *out << change.name; }

const Ops kNone, kA = {"a"}, kB = {"b"}, kBoth = {"a", "b"};

const std::vector<Change> kChanges = {
    {"Program", [](TwoLayers& t) { t.program = "other"; }, kBoth},
    {"Design", [](TwoLayers& t) { t.built.key = "other"; }, kBoth},
    {"Rows", [](TwoLayers& t) { t.setup.geometry.rows = 8; }, kBoth},
    {"Cols", [](TwoLayers& t) { t.setup.geometry.cols = 8; }, kBoth},
    {"AccDepth", [](TwoLayers& t) { t.setup.geometry.acc_depth = 32; }, kBoth},
    {"ScaleBits", [](TwoLayers& t) { t.setup.geometry.scale_bits = 16; }, kBoth},
    {"ActBits", [](TwoLayers& t) { t.setup.geometry.act_bits = 8; }, kBoth},
    {"WeightBits", [](TwoLayers& t) { t.setup.geometry.weight_bits = 8; }, kBoth},
    {"Lanes", [](TwoLayers& t) { t.setup.geometry.has_lanes = 0; }, kBoth},
    {"Gemmlowp", [](TwoLayers& t) { t.setup.geometry.has_gemmlowp = 1; }, kBoth},
    {"Dataflow", [](TwoLayers& t) { t.setup.geometry.dataflow = Dataflow::kOutputStationary; },
     kBoth},
    {"Seed", [](TwoLayers& t) { t.setup.bench.seed = 2; }, kBoth},
    {"StallRate", [](TwoLayers& t) { t.setup.bench.stall_rate = 0.25; }, kBoth},
    {"StallSeed", [](TwoLayers& t) { t.setup.bench.stall_seed = 2; }, kBoth},
    {"Watchdog", [](TwoLayers& t) { t.setup.bench.watchdog = 99; }, kBoth},
    {"Poison", [](TwoLayers& t) { t.setup.bench.poison = false; }, kBoth},
    {"Reset", [](TwoLayers& t) { t.setup.bench.reset = true; }, kBoth},
    {"FirstWeight", [](TwoLayers& t) { t.product(0).weight[15] = 2; }, kA},
    {"SecondWeight", [](TwoLayers& t) { t.product(2).weight[0] = 2; }, kB},
    {"InputZeroPoint", [](TwoLayers& t) { t.product(2).input_zero_point = 1; }, kB},
    {"Scale", [](TwoLayers& t) { t.quant(1).channels[0].scale = 4; }, kA},
    {"Bias", [](TwoLayers& t) { t.quant(1).channels[0].bias = 4; }, kA},
    {"Shift", [](TwoLayers& t) { t.quant(3).channels[0].shift = 5; }, kB},
    {"ResidualScale", [](TwoLayers& t) { t.quant(3).channels[0].residual_scale = 4; }, kB},
    {"ResidualShift", [](TwoLayers& t) { t.quant(3).channels[0].residual_shift = 4; }, kB},
    {"Rounding", [](TwoLayers& t) { t.quant(3).rounding = Rounding::kFloor; }, kB},
    {"ZeroPoint", [](TwoLayers& t) { t.quant(3).zero_point = 1; }, kB},
    {"ZeroPointForm",
     [](TwoLayers& t) {
       t.quant(3).zero_point = 1;  // Of no zero point both forms are one.
       t.quant(3).zero_point_form = ZeroPointForm::kSubtract;
     },
     kB},
    {"Clamp", [](TwoLayers& t) { t.quant(3).clamp.hi = 126; }, kB},
    {"Name",
     [](TwoLayers& t) {
       t.network.nodes[3].name = "c";
       t.entry("b.q").name = "c";
     },
     kB},
    // x is a's operand and b's residual; a.q is a's golden output and b's operand.
    {"GoldenInput", [](TwoLayers& t) { t.entry("x").sha256[0] ^= 1; }, kBoth},
    {"GoldenBetween", [](TwoLayers& t) { t.entry("a.q").sha256[0] ^= 1; }, kBoth},
    {"GoldenAccumulators", [](TwoLayers& t) { t.entry("b").sha256[0] ^= 1; }, kB},
    {"GoldenOutput", [](TwoLayers& t) { t.entry("b.q").sha256[0] ^= 1; }, kB},
    {"InputType", [](TwoLayers& t) { t.entry("x").quantization.type.is_signed = false; }, kBoth},
    {"NumberOfTheUnits", [](TwoLayers& t) { t.setup.jobs.erase(t.setup.jobs.begin()); }, kB},
    {"OnlyTheQuantum", [](TwoLayers& t) { t.setup.bench.quantum = 1; }, kNone},
    {"OnlyTheWorkers", [](TwoLayers& t) { t.setup.pool.workers = 7; }, kNone},
    {"Nothing", [](TwoLayers&) {}, kNone},
};

Ops changed_by(std::int64_t rows, const std::function<void(TwoLayers&)>& apply) {
  TwoLayers before(rows), after(rows);
  apply(after);
  Ops changed;
  const auto old_keys = before.keys();
  for (const auto& [op, key] : after.keys())
    if (old_keys.at(op) != key) changed.insert(op);
  return changed;
}

class KeyOfAVerdict : public testing::TestWithParam<Change> {};

TEST_P(KeyOfAVerdict, ChangesWithWhatItCovers) {
  EXPECT_EQ(changed_by(kManyRows, GetParam().apply), GetParam().changed);
}

INSTANTIATE_TEST_SUITE_P(By, KeyOfAVerdict, testing::ValuesIn(kChanges),
                         [](const auto& change) { return change.param.name; });

// A design could carry something from one op to the next.
TEST(KeysInOneTask, ChangeWithTheOpsBefore) {
  const auto change = [](std::size_t node) {
    return changed_by(8, [=](TwoLayers& t) { t.product(node).weight[0] = 2; });
  };
  EXPECT_EQ(change(0), kBoth);
  EXPECT_EQ(change(2), kB);
}

TEST(Groups, HoldAProductWithAllItsMulQuants) {
  TwoLayers layers(8);
  layers.setup.jobs.push_back({&layers.network.nodes[0], &layers.network.nodes[3]});
  layers.setup.jobs.push_back({nullptr, &layers.network.nodes[1]});
  const std::vector<VerdictGroup> groups = layers.groups();
  ASSERT_EQ(groups.size(), 3u);
  const IntNode* nodes = layers.network.nodes.data();
  EXPECT_THAT(groups[0].ops, ElementsAre(nodes, nodes + 1, nodes + 3));
  EXPECT_THAT(groups[1].ops, ElementsAre(nodes + 2, nodes + 3));
  EXPECT_THAT(groups[2].ops, ElementsAre(nodes + 1));
}

TEST(Groups, HaveOtherKeysWithAnotherSelectionOfTheirMulQuants) {
  TwoLayers layers(8);
  const std::string key = layers.groups()[0].key;
  layers.setup.jobs.push_back({&layers.network.nodes[0], &layers.network.nodes[3]});
  EXPECT_NE(layers.groups()[0].key, key);
}

TEST(Program, HasADigestThatStaysTheSame) {
  EXPECT_EQ(program_digest(), program_digest());
  EXPECT_GT(program_digest().size(), 64u);
}

}  // namespace
}  // namespace systole::test
