// verdict_cache_test.cpp: what is kept is found again, and nothing else is.
#include "sim/run/verdict_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "model/tensor/sha256.h"
#include "sim/run/verdict_entry.h"
#include "tests/support/files.h"
#include "tests/unit/sim/run/two_layers.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::int64_t kRows = 8;
constexpr std::int64_t kElements = 4 * kRows;

/// Layer a matches; b's output has another value at [1, 2], b's accumulators match.
class VerdictCache : public testing::Test {
 protected:
  VerdictCache() : layers_(kRows) {
    for (const IntNode& node : layers_.network.nodes) {
      OpVerdict row;
      row.name = node.name;
      row.state = OpState::kMatch;
      row.compared = kElements;
      row.cycles = node.inputs[0] == "x" ? 37 : 0;
      row.predicted = row.cycles;
      row.utilisation = row.cycles ? 0.123456789012345678 : 0.0;
      replay_.ops.push_back(row);
    }
    OpVerdict& wrong = replay_.ops[3];
    const IntTensor& golden = integers(layers_.golden.tensors.at("b.q"));
    wrong.state = OpState::kMismatch;
    wrong.mismatched = 1;
    wrong.stage = Stage::kMulQuant;
    wrong.first = Difference{{1, 2}, golden[6], golden[6] + 1, {0, 1, 2}};
    replay_.tensors["b.q"] = golden;
    replay_.tensors["b.q"][6] += 1;
  }

  std::string keep(const EarlierOps& known = {}) {
    return keep_verdicts(cache_, layers_.groups(), known, replay_);
  }
  FoundVerdicts find(const EarlierOps& known = {}) {
    return find_verdicts(cache_, layers_.groups(), known, layers_.golden);
  }
  std::vector<std::string> found_ops() {
    std::vector<std::string> names;
    for (const auto& [name, op] : find().ops) names.push_back(name);
    return names;
  }
  fs::path file(std::size_t group) { return cache_ / layers_.groups()[group].key; }
  /// The entry of layer b with its checksum made again after `change`.
  void forge(const std::function<void(json&)>& change) {
    json content = json::from_cbor(read_text(file(1)).substr(64));
    change(content);
    std::string body;
    json::to_cbor(content, body);
    write_text(file(1), sha256(body) + body);
  }

  const TempDirectory directory_;
  const fs::path cache_ = directory_ / "deep/verdicts";
  TwoLayers layers_;
  Replay replay_;
};

TEST_F(VerdictCache, GivesBackWhatItWasGiven) {
  ASSERT_EQ(keep(), "");
  const FoundVerdicts found = find();
  EXPECT_THAT(found.damaged, IsEmpty());
  ASSERT_THAT(found_ops(), ElementsAre("a", "a.q", "b", "b.q"));
  const EarlierOp& a = found.ops.at("a");
  EXPECT_EQ(a.row.state, OpState::kMatch);
  EXPECT_EQ(a.row.compared, kElements);
  EXPECT_EQ(a.row.cycles, 37u);
  EXPECT_EQ(a.row.predicted, 37u);
  EXPECT_EQ(a.row.utilisation, 0.123456789012345678);
  EXPECT_TRUE(a.row.cached);
  EXPECT_FALSE(a.tensor);
  const EarlierOp& b = found.ops.at("b.q");
  EXPECT_EQ(b.row.state, OpState::kMismatch);
  EXPECT_EQ(b.row.mismatched, 1);
  EXPECT_EQ(b.row.stage, Stage::kMulQuant);
  ASSERT_TRUE(b.row.first);
  EXPECT_THAT(b.row.first->index, ElementsAre(1, 2));
  EXPECT_EQ(b.row.first->got, b.row.first->expected + 1);
  EXPECT_EQ(b.row.first->place.column, 2);
  EXPECT_EQ(b.tensor, replay_.tensors["b.q"]);
}

TEST_F(VerdictCache, FindsNothingWhereThereIsNothing) {
  EXPECT_THAT(found_ops(), IsEmpty());
  EXPECT_THAT(find().damaged, IsEmpty());
}

TEST_F(VerdictCache, FindsNothingOfAChangedOp) {
  ASSERT_EQ(keep(), "");
  layers_.product(2).weight[0] += 1;
  EXPECT_THAT(found_ops(), ElementsAre("a", "a.q"));
}

TEST_F(VerdictCache, LeavesAloneWhatIsKnown) {
  const EarlierOps known = {{"a", {}}, {"a.q", {}}};
  ASSERT_EQ(keep(known), "");
  EXPECT_FALSE(fs::exists(file(0)));
  ASSERT_EQ(keep(), "");
  EXPECT_FALSE(find(known).ops.contains("a"));
  EXPECT_TRUE(find(known).ops.contains("b"));
}

TEST_F(VerdictCache, KeepsNoOpThatFailedOrWasNotReached) {
  for (const OpState state : {OpState::kFailed, OpState::kSkipped}) {
    replay_.ops[0].state = state;
    ASSERT_EQ(keep(), "");
    EXPECT_THAT(found_ops(), ElementsAre("b", "b.q"));
    EXPECT_FALSE(fs::exists(file(0)));
  }
}

TEST_F(VerdictCache, KeepsNoMismatchWithoutItsTensor) {
  replay_.tensors.clear();
  ASSERT_EQ(keep(), "");
  EXPECT_THAT(found_ops(), ElementsAre("a", "a.q"));
}

TEST_F(VerdictCache, KeepsExplanationsToTheirRun) {
  replay_.ops[3].explanation = Explanation{.pattern = "all"};
  ASSERT_EQ(keep(), "");
  EXPECT_FALSE(find().ops.at("b.q").row.explanation);
}

TEST_F(VerdictCache, RenewsWhatItHas) {
  replay_.ops[0].cycles = 99;
  ASSERT_EQ(keep(), "");
  replay_.ops[0].cycles = 37;
  ASSERT_EQ(keep(), "");
  EXPECT_EQ(find().ops.at("a").row.cycles, 37u);
}

TEST_F(VerdictCache, TakesNoEntryThatWasCutAnywhere) {
  ASSERT_EQ(keep(), "");
  const std::string whole = read_text(file(1));
  for (std::size_t size = 0; size < whole.size(); size += size < 80 ? 1 : 37) {
    write_text(file(1), whole.substr(0, size));
    const FoundVerdicts found = find();
    EXPECT_EQ(found.ops.size(), 2u) << size;
    ASSERT_EQ(found.damaged.size(), 1u) << size;
    EXPECT_THAT(found.damaged[0], HasSubstr("verdict on b holds"));
  }
}

TEST_F(VerdictCache, TakesNoEntryWithAnyChangedByte) {
  ASSERT_EQ(keep(), "");
  const std::string whole = read_text(file(1));
  for (std::size_t at = 0; at < whole.size(); at += 13) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    write_text(file(1), changed);
    EXPECT_EQ(find().ops.size(), 2u) << at;
  }
}

TEST_F(VerdictCache, TakesNoEntryOfAnotherGroup) {
  ASSERT_EQ(keep(), "");
  fs::copy_file(file(0), file(1), fs::copy_options::overwrite_existing);
  EXPECT_THAT(find().damaged, ElementsAre(HasSubstr("the verdict of something else")));
}

TEST_F(VerdictCache, TakesNoFolderForAnEntry) {
  fs::create_directories(file(1));
  EXPECT_THAT(found_ops(), IsEmpty());
  EXPECT_EQ(find().damaged.size(), 1u);
}

struct Forgery {
  std::string name;
  std::function<void(json& entry)> apply;
};
void PrintTo(const Forgery& forgery, std::ostream* out) { *out << forgery.name; }

class ForgedEntry : public VerdictCache, public testing::WithParamInterface<Forgery> {};

TEST_P(ForgedEntry, IsFoundOutThoughItsChecksumHolds) {
  ASSERT_EQ(keep(), "");
  forge(GetParam().apply);
  const FoundVerdicts found = find();
  EXPECT_EQ(found.ops.size(), 2u);
  EXPECT_EQ(found.damaged.size(), 1u);
}

json& wrong_op(json& entry) { return entry["ops"][1]; }

INSTANTIATE_TEST_SUITE_P(
    By, ForgedEntry,
    testing::Values(
        Forgery{"MatchInsteadOfMismatch", [](json& e) { wrong_op(e)["matches"] = true; }},
        Forgery{"MatchWithoutTheTensor",
                [](json& e) {
                  wrong_op(e)["matches"] = true;
                  wrong_op(e).erase("tensor");
                }},
        Forgery{"NothingDiffers", [](json& e) { wrong_op(e)["mismatched"] = 0; }},
        Forgery{"FewerCompared", [](json& e) { wrong_op(e)["compared"] = kElements - 1; }},
        Forgery{"NothingCompared", [](json& e) { e["ops"][0]["compared"] = 0; }},
        Forgery{"AMatchOfWhichSomeDiffer", [](json& e) { e["ops"][0]["mismatched"] = 1; }},
        Forgery{"AMatchWithAStage", [](json& e) { e["ops"][0]["stage"] = 1; }},
        Forgery{"NoSuchStage", [](json& e) { wrong_op(e)["stage"] = 7; }},
        Forgery{"NoFirst", [](json& e) { wrong_op(e).erase("first"); }},
        Forgery{"AnotherFirst",
                [](json& e) {
                  wrong_op(e)["first"]["index"] = {0, 0};
                }},
        Forgery{"AnotherGot", [](json& e) { wrong_op(e)["first"]["got"] = 77; }},
        Forgery{"AnotherExpected", [](json& e) { wrong_op(e)["first"]["expected"] = 77; }},
        Forgery{"AnotherShape",
                [](json& e) {
                  wrong_op(e)["tensor"]["shape"] = {4, kRows};
                }},
        Forgery{"AShorterTensor",
                [](json& e) {
                  wrong_op(e)["tensor"]["data"] = json::binary({1, 2, 3, 4});
                }},
        Forgery{"AnotherOp", [](json& e) { wrong_op(e)["name"] = "a"; }},
        Forgery{"OneOpLess", [](json& e) { e["ops"].erase(1); }},
        Forgery{"AnotherKey", [](json& e) { e["key"] = "0"; }},
        Forgery{"AnotherFormat", [](json& e) { e["format"] = "cake"; }},
        Forgery{"ANumberForText", [](json& e) { e["ops"] = 3; }},
        Forgery{"TextForANumber", [](json& e) { wrong_op(e)["cycles"] = "many"; }},
        Forgery{"AList", [](json& e) { e = json::array(); }}),
    [](const auto& forgery) { return forgery.param.name; });

TEST_F(VerdictCache, SaysWhyItCannotKeep) {
  write_text(directory_ / "deep", "a file");
  EXPECT_THAT(keep(), HasSubstr("deep"));
  EXPECT_THAT(found_ops(), IsEmpty());
}

}  // namespace
}  // namespace systole::test
