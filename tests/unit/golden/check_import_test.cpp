// check_import_test.cpp: a network against tensors that its tool is said to have recorded.
#include "golden/check_import.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "model/config/error.h"
#include "tests/support/files.h"
#include "tests/unit/golden/recorded.h"

namespace systole {
namespace {

using test::TempDirectory;

/// The trace of these tensors, through files as a user's; kinds are those of the tensors.
Trace trace_of(const AnyTensors& tensors) {
  const IntNetwork network = tiny();
  Trace trace{.network = network.name, .network_hash = "hash", .entries = {}, .tensors = {}};
  for (const NetworkInput& input : network.inputs)
    if (tensors.contains(input.name)) add_input(trace, input, tensors.at(input.name));
  for (IntNode node : network.nodes) {
    node.inputs.clear();
    if (tensors.contains(node.name)) add_output(trace, node, tensors.at(node.name));
  }
  return trace;
}

std::vector<ImportedOp> check(const Trace& trace) {
  const TempDirectory temp;
  write_trace(temp.path("t"), trace);
  return check_import(tiny(), TraceReader(temp.path("t")));
}

std::vector<ImportedOp> check(const AnyTensors& tensors) { return check(trace_of(tensors)); }

std::string complaint(const Trace& trace) {
  try {
    check(trace);
    return "";
  } catch (const InputError& error) {
    return error.what();
  }
}

/// The differing elements of every op, "recorded/chained".
std::string counts(const std::vector<ImportedOp>& ops) {
  std::string text;
  for (const ImportedOp& op : ops)
    text += op.name + " " + std::to_string(op.recorded.comparison.mismatched) + "/" +
            std::to_string(op.chained.comparison.mismatched) + " ";
  return text;
}

void set(AnyTensors& tensors, const std::string& name, std::int64_t at, std::int32_t value) {
  integers(tensors.at(name))[at] = value;
}

void set_real(AnyTensors& tensors, std::int64_t at, float value) {
  std::get<FloatTensor>(tensors.at("reals"))[at] = value;
}

TEST(CheckImport, FindsNoDifferenceInTensorsWorkedOutByHand) {
  const auto ops = check(recorded());
  EXPECT_EQ(counts(ops), "acc 0/0 quant 0/0 pinned 0/0 reals 0/0 ");
  EXPECT_TRUE(agrees(ops, {}));
  for (const ImportedOp& op : ops) {
    EXPECT_EQ(op.recorded.comparison.compared, 4) << op.name;
    EXPECT_EQ(op.chained.comparison.compared, 4) << op.name;
    EXPECT_EQ(op.recorded.largest, 0) << op.name;
  }
  EXPECT_EQ(ops[0].op, "int_matmul");
}

TEST(CheckImport, CountsAWrongElementWhereItIsAndWhereItLeads) {
  AnyTensors tensors = recorded();
  set(tensors, "acc", 2, 29);  // 27 is right: quant of 29 is 16, of 27 is 15.
  const auto ops = check(tensors);
  // From the tool's own operands acc is wrong, and quant, whose operand is the wrong one. Chained,
  // quant comes from the right 27.
  EXPECT_EQ(counts(ops), "acc 1/1 quant 1/0 pinned 0/0 reals 0/0 ");
  EXPECT_EQ(ops[0].recorded.largest, 2);
  EXPECT_EQ(ops[1].recorded.largest, 1);
  EXPECT_EQ(ops[0].recorded.comparison.first, 2);
  EXPECT_EQ(ops[0].recorded.comparison.expected, 29);
  EXPECT_EQ(ops[0].recorded.comparison.got, 27);
  EXPECT_FALSE(agrees(ops, {}));
}

TEST(CheckImport, AToolThatRoundsOtherwiseDiffersOnceAndSpreadsWhenChained) {
  AnyTensors tensors = recorded();
  set(tensors, "quant", 0, 4);  // As if 3.5 were rounded down; all after it follows from the 4.
  set(tensors, "pinned", 0, 4);
  set_real(tensors, 0, 1.5F);
  EXPECT_EQ(counts(check(tensors)), "acc 0/0 quant 1/1 pinned 0/1 reals 0/1 ");
}

TEST(CheckImport, ComputesOperandsThatWereNotRecorded) {
  AnyTensors tensors = recorded();
  tensors.erase("quant");
  tensors.erase("pinned");
  EXPECT_EQ(counts(check(tensors)), "acc 0/0 reals 0/0 ");
  set(tensors, "acc", 0, 9);  // reals follow from it through ops that nobody recorded.
  EXPECT_EQ(counts(check(tensors)), "acc 1/1 reals 1/0 ");
}

TEST(CheckImport, AnotherShapeFailsAndIsNoOperand) {
  AnyTensors tensors = recorded();
  tensors["acc"] = IntTensor({2, 1, 2}, {7, 10, 27, 34});
  const auto ops = check(tensors);
  EXPECT_EQ(counts(ops), "acc 0/0 quant 0/0 pinned 0/0 reals 0/0 ");
  EXPECT_FALSE(ops[0].recorded.comparison.same_shape);
  EXPECT_FALSE(agrees(ops, {}));
  tensors["acc"] = IntTensor({1, 2}, {7, 10});
  EXPECT_EQ(check(tensors)[0].recorded.comparison.extra, 2);
  EXPECT_FALSE(agrees(check(tensors), {}));
}

TEST(CheckImport, IntegersAgainstRealsFailAndAreNoOperands) {
  AnyTensors tensors = recorded();
  tensors["pinned"] = FloatTensor({2, 2}, {5, 6, 15, 18});
  const auto ops = check(tensors);
  EXPECT_EQ(ops[2].recorded.comparison.compared, 0);
  EXPECT_EQ(ops[2].recorded.comparison.missing, 4);
  EXPECT_EQ(ops[3].recorded.comparison.mismatched, 0);
  EXPECT_FALSE(agrees(ops, {}));
}

TEST(CheckImport, CodesOutsideTheirRangeDifferAndAreNoOperands) {
  AnyTensors tensors = recorded();
  set(tensors, "pinned", 3, 21);  // int8, but beyond the clamp.
  EXPECT_EQ(counts(check(tensors)), "acc 0/0 quant 0/0 pinned 1/1 reals 0/0 ");
}

TEST(CheckImport, NothingComparedIsNoAgreement) {
  EXPECT_FALSE(agrees(check({{"image", recorded().at("image")}}), {}));
  AnyTensors tensors = {{"image", recorded().at("image")}, {"acc", IntTensor({0, 2})}};
  const auto ops = check(tensors);
  EXPECT_EQ(ops[0].recorded.comparison.compared, 0);
  EXPECT_FALSE(agrees(ops, {}));
  const ImportedOp uncompared = {.name = "acc", .op = "int_matmul"};
  EXPECT_FALSE(agrees(uncompared, {}));
}

TEST(CheckImport, RealsCompareAsNumbers) {
  AnyTensors tensors = recorded();
  tensors["image"] = IntTensor({1, 2}, {-9, 3});  // acc 0, -6; quant 1, -2; reals 0, -1.5.
  for (const char* name : {"acc", "quant", "pinned"}) tensors.erase(name);
  tensors["reals"] = FloatTensor({1, 2}, {-0.0F, -1.5F});
  EXPECT_TRUE(agrees(check(tensors), {}));
  set_real(tensors, 1, std::nanf(""));
  const auto ops = check(tensors);
  EXPECT_EQ(counts(ops), "reals 1/1 ");
  EXPECT_EQ(ops[0].recorded.largest, std::numeric_limits<double>::infinity());
}

TEST(CheckImport, NeedsEveryInputOfTheNetwork) {
  AnyTensors tensors = recorded();
  tensors.erase("image");
  EXPECT_EQ(complaint(trace_of(tensors)),
            "image: got no recorded tensor, expected the network's input; record the inputs with "
            "the outputs");
}

TEST(CheckImport, RefusesInputsThatTheNetworkCannotTake) {
  AnyTensors tensors = recorded();
  tensors["image"] = IntTensor({2, 3}, 0);
  EXPECT_EQ(complaint(trace_of(tensors)),
            "image: got [2, 3], expected [batch, ...] of samples [2], one batch for all");
  tensors["image"] = IntTensor({1, 2}, {0, 128});
  EXPECT_EQ(complaint(trace_of(tensors)),
            "image: got 128 at [0, 1], expected codes in [-128, 127]");
}

TEST(CheckImport, RefusesTheTraceOfAnotherNetwork) {
  Trace trace = trace_of(recorded());
  trace.network = "other";
  EXPECT_EQ(complaint(trace),
            "network: got a trace of other, expected one of tiny; import the recorded tensors with "
            "the bundle's source");
}

TEST(CheckImport, RefusesTensorsThatTheNetworkDoesNotHave) {
  Trace trace = trace_of(recorded());
  add_output(trace, {.name = "quantt", .inputs = {}, .op = IntFlatten{}, .output = {.type = kInt8}},
             IntTensor({1}, 0));
  EXPECT_EQ(complaint(trace),
            "quantt: got a recorded tensor of this name, expected an input or op of network tiny; "
            "did you mean quant?");
}

TEST(CheckImport, RefusesANetworkThatCouldOverflow) {
  const TempDirectory temp;
  write_trace(temp.path("t"), trace_of(recorded()));
  IntNetwork network = tiny();
  network.nodes[2].op = Lookup{.table = IntTensor({3}, 0), .lowest = 0};
  try {
    check_import(network, TraceReader(temp.path("t")));
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(
        error.what(),
        "pinned (lookup): got codes in [-128, 127], expected codes in [0, 2]; a table with "
        "an entry for every code");
  }
}

// Expected differences.

AnyTensors one_rounding() {
  AnyTensors tensors = recorded();
  set(tensors, "quant", 0, 4);
  set(tensors, "pinned", 0, 4);
  set_real(tensors, 0, 1.5F);
  return tensors;
}

constexpr const char* kExpected = R"(format: systole-expected-differences
version: 1
differences:
  - {op: quant, recorded: 1, chained: 1, reason: "rounds 3.5 down"}
  - {op: pinned, chained: 1, reason: follows}
  - {op: reals, chained: 1, reason: follows}
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

ExpectedDifferences expected(const std::string& text, const std::vector<ImportedOp>& ops) {
  const TempDirectory temp;
  return load_expected_differences(temp.write("expected.yaml", text), ops);
}

TEST(ExpectedDifferences, AgreeAtExactlyTheirCounts) {
  const auto ops = check(one_rounding());
  EXPECT_FALSE(agrees(ops, {}));
  EXPECT_TRUE(agrees(ops, expected(kExpected, ops)));
}

TEST(ExpectedDifferences, NeitherMoreNorFewerAgree) {
  const auto ops = check(one_rounding());
  for (const char* line : {"recorded: 0, chained: 1", "recorded: 2, chained: 1",
                           "recorded: 1, chained: 0", "recorded: 1, chained: 2"})
    EXPECT_FALSE(agrees(ops, expected(replaced(kExpected, "recorded: 1, chained: 1", line), ops)))
        << line;
  EXPECT_FALSE(agrees(check(recorded()), expected(kExpected, ops)));  // Fewer: none at all.
}

TEST(ExpectedDifferences, KeepTheirReasons) {
  const auto ops = check(one_rounding());
  const ExpectedDifferences differences = expected(kExpected, ops);
  ASSERT_EQ(differences.size(), 3U);
  EXPECT_EQ(differences.at("quant").reason, "rounds 3.5 down");
  EXPECT_EQ(differences.at("pinned").recorded, 0);
  EXPECT_EQ(differences.at("pinned").chained, 1);
}

struct Edit {
  const char* from;
  const char* to;
  const char* message;
};

TEST(ExpectedDifferences, SayWhereAFileIsMalformed) {
  const auto ops = check(one_rounding());
  const Edit edits[] = {
      {"op: quant", "op: qaunt",
       "4: differences[0].op: got qaunt, expected an op that the trace recorded; did you mean "
       "quant?"},
      {"op: pinned", "op: quant", "5: differences[1].op: got quant, expected each op once"},
      {"recorded: 1", "recorded: -1",
       "4: differences[0].recorded: got -1, expected an integer of at least 0"},
      {", reason: follows", "", "5: differences[1].reason: got nothing, expected this key"},
      {"recorded: 1", "record: 1",
       "4: differences[0].record: got an unknown key, expected one of op, recorded, chained, "
       "reason; did you mean recorded?"},
      {"version: 1", "version: 2", "2: version: got 2, expected an integer in [1, 1]"},
      {"systole-expected-differences", "systole-trace",
       "1: format: got systole-trace, expected one of systole-expected-differences"}};
  for (const Edit& edit : edits) {
    const TempDirectory temp;
    const std::string path = temp.write("e.yaml", replaced(kExpected, edit.from, edit.to));
    try {
      load_expected_differences(path, ops);
      FAIL() << edit.to;
    } catch (const InputError& error) {
      EXPECT_EQ(error.what(), path + ":" + edit.message);
    }
  }
}

}  // namespace
}  // namespace systole
