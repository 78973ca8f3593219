// sample.cpp: plain values.
#include "tests/flows/regress/sample.h"

#include "flows/regress/page.h"

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

RegressionReport every_state() {
  CaseResult wrong = sample_case("wrong"), broken = sample_case("broken"),
             late = sample_case("late"), flaky = sample_case("flaky"), idle = sample_case("idle");
  plant_mismatch(wrong);
  plant_assertion(broken);
  late.state = CaseState::kTimeout;
  late.verdict = {};
  late.attempts = {{CaseState::kTimeout, 130, 60.0}};
  late.message = "still running after its time limit of 60 s";
  flaky.state = CaseState::kFlaky;
  flaky.attempts = {{CaseState::kFailed, 139, 0.5}, {CaseState::kMatch, 0, 1.5}};
  idle.state = CaseState::kNotRun;
  idle.verdict = {};
  idle.attempts.clear();
  return sample_report({sample_case("good"), wrong, broken, late, flaky, idle});
}

RegressionReport hostile() {
  RegressionReport report = every_state();
  report.regression.suite = report.regression.file = kHostile;
  for (CaseResult& one : report.regression.cases) {
    one.name = one.message = one.config = one.folder = one.verdict.network = kHostile;
    one.tags = one.set = {kHostile};
    for (OpVerdict& op : one.verdict.ops) {
      op.name = op.op = op.message = op.failure.file = op.failure.channel = kHostile;
      if (!op.explanation) continue;
      Explanation& why = *op.explanation;
      why.pattern = why.stage = why.kind = why.wave = why.view = why.reproducer = kHostile;
      why.evidence = {kHostile};
    }
  }
  return report;
}

RegressionReport partly_cached() {
  CaseResult warm = sample_case("warm"), half = sample_case("half");
  for (OpVerdict& op : warm.verdict.ops) op.cached = true;
  half.verdict.ops[1].cached = true;
  return sample_report({warm, half, sample_case("cold")});
}

std::string page(const RegressionReport& report) {
  return to_page(report, {to_past_run(report.regression, false)});
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++count;
  return count;
}

}  // namespace systole::test
