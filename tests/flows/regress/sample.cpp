// sample.cpp: plain values.
#include "tests/flows/regress/sample.h"

namespace systole::test {

OpVerdict sample_op(const std::string& name, std::uint64_t cycles) {
  OpVerdict op;
  op.name = name;
  op.op = cycles > 0 ? "int_conv2d" : "mul_quant";
  op.engine = Engine::kRtl;
  op.state = OpState::kMatch;
  op.shape = {1, 5, 5, 4};
  op.macs = cycles > 0 ? static_cast<std::int64_t>(8 * cycles) : 0;
  op.cycles = cycles;
  op.utilisation = cycles > 0 ? 0.5 : 0.0;
  op.compared = 100;
  return op;
}

CaseResult sample_case(const std::string& name) {
  CaseResult one;
  one.name = name;
  one.config = "configs/digits.yaml";
  one.folder = "cases/" + name;
  one.state = CaseState::kMatch;
  one.attempts = {{CaseState::kMatch, 0, 2.5}};
  one.verdict.network = "digits";
  one.verdict.dut_key = "key";
  one.verdict.rtl = "rtl";
  one.verdict.rtl_hash = "0123456789abcdef";
  one.verdict.top = "systole_core";
  one.verdict.rows = one.verdict.columns = 4;
  one.verdict.compared = 200;
  one.verdict.ops = {sample_op("conv", 1000), sample_op("quant", 0)};
  return one;
}

void plant_mismatch(CaseResult& one) {
  one.state = CaseState::kMismatch;
  one.attempts = {{CaseState::kMismatch, 1, 2.5}};
  one.verdict.mismatched = 7;
  OpVerdict& op = one.verdict.ops[1];
  op.state = OpState::kMismatch;
  op.mismatched = 7;
  op.stage = Stage::kMulQuant;
  op.first = Difference{{0, 0, 1, 3}, 5, 6, {0, 1, 3}};
  Explanation why;
  why.pattern = "column 3 of the array";
  why.stage = "round";
  why.kind = "ties go up";
  why.pe_column = 3;
  why.first_cycle = 1234;
  why.evidence = {"all 7 differing elements are ties", "rounding half up gives every one of them"};
  why.output = {2, 4, {0, 0, 0, 4, 0, 0, 0, 3}};
  why.array_columns = {0, 0, 0, 7};
  why.wave = "explain/quant/tile.fst";
  why.reproducer = "explain/quant/reproducer";
  op.explanation = why;
}

void plant_assertion(CaseResult& one) {
  one.state = CaseState::kFailed;
  one.attempts = {{CaseState::kFailed, 3, 2.5}};
  one.message = "exited with status 3: conv: assertion failed: HeldWhileStalled";
  OpVerdict& op = one.verdict.ops[0];
  op.state = OpState::kFailed;
  op.cycles = op.compared = 0;
  op.utilisation = 0.0;
  op.message = "assertion failed: HeldWhileStalled";
  op.failure = {FailureKind::kAssertion, "channel_check.sv", 31, 77, ""};
}

RegressionReport sample_report(std::vector<CaseResult> cases) {
  RegressionReport report;
  Regression& all = report.regression;
  all.suite = "nightly";
  all.file = "configs/regress/nightly.yaml";
  all.started = "2026-11-21T19:36:05Z";
  all.seconds = 12.5;
  all.jobs = 2;
  all.version = "0.1.0";
  all.cases = std::move(cases);
  return report;
}

}  // namespace systole::test
