// core_assertion_test.cpp: a violated contract fires the assertion that names it.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "VCore4x4.h"
#include "tests/rtl/core_driver.h"

namespace systole::test {
namespace {

using Driver = CoreDriver<VCore4x4>;
const CoreSize kSize{4, 4, 32, 32};

/// Text of the assertions that `violate` fires; empty when none does.
std::string assertions(const std::function<void(Driver&)>& violate) {
  Driver driver(kSize, 1);
  ::testing::internal::CaptureStdout();
  violate(driver);
  const std::string text = ::testing::internal::GetCapturedStdout();
  return driver.dut.assertion_failed() ? text : "";
}

Command good_command() {
  Command c;
  c.quant.clamp.lo = -128;
  c.quant.clamp.hi = 127;
  return c;
}

std::string assertions_of_command(const Command& command) {
  return assertions([&](Driver& driver) {
    driver.put_command(command);
    driver.dut->cmd_valid_i = 1;
    for (int i = 0; i < 3; ++i) driver.dut.tick();
  });
}

std::string assertions_of_beats(Work work) {
  return assertions([&](Driver& driver) { driver.run(work, 0); });
}

Work good_work() {
  WorkMaker maker(kSize, 1);
  Work work;
  maker.add(work, good_command());
  return work;
}

TEST(CoreAssertions, AreSilentWithinTheContract) {
  EXPECT_EQ(assertions_of_command(good_command()), "");
  EXPECT_EQ(assertions_of_beats(good_work()), "");
}

TEST(CoreAssertions, RowsFitTheAccumulators) {
  Command c = good_command();
  c.rows = 32;
  EXPECT_EQ(assertions_of_command(c), "");
  c.rows = 33;
  EXPECT_NE(assertions_of_command(c).find("33 rows, expected 1..32"), std::string::npos);
  c.rows = 0;
  EXPECT_NE(assertions_of_command(c).find("0 rows, expected 1..32"), std::string::npos);
}

TEST(CoreAssertions, TheLastRowFitsTheAccumulators) {
  Command c = good_command();
  c.rows = 30;
  c.first_row = 2;
  EXPECT_EQ(assertions_of_command(c), "");
  c.first_row = 3;
  EXPECT_NE(assertions_of_command(c).find("30 rows from row 3 on, expected at most 32 in all"),
            std::string::npos);
}

TEST(CoreAssertions, CommandsAreConsistent) {
  Command c = good_command();
  c.stream = true;
  EXPECT_NE(assertions_of_command(c).find("StreamUsesNoArray"), std::string::npos);
  c = good_command();
  c.quant.rounding = static_cast<Rounding>(4);  // Of gemmlowp, which this core lacks.
  EXPECT_NE(assertions_of_command(c).find("RoundingIsBuilt"), std::string::npos);
  c.residual = true;
  EXPECT_NE(assertions_of_command(c).find("GemmlowpTakesNoResidual"), std::string::npos);
  c = good_command();
  c.maximum = true;
  EXPECT_NE(assertions_of_command(c).find("MaximumOnlyOfStreams"), std::string::npos);
  c = good_command();
  c.last = false;
  EXPECT_NE(assertions_of_command(c).find("ParamsOnlyWithLast"), std::string::npos);
  c.new_params = false;
  c.residual = true;
  EXPECT_NE(assertions_of_command(c).find("ResidualOnlyWithLast"), std::string::npos);
  c = good_command();
  c.quant.clamp.lo = 128;
  EXPECT_NE(assertions_of_command(c).find("lo 128 above hi 127"), std::string::npos);
  c = good_command();
  c.new_weights = false;
  EXPECT_NE(assertions_of_command(c).find("ArrayHasWeights"), std::string::npos);
  c = good_command();
  c.new_params = false;
  EXPECT_NE(assertions_of_command(c).find("LanesHaveParams"), std::string::npos);
}

TEST(CoreAssertions, OperandsOfTheArrayHave9Bits) {
  for (const auto& [value, fires] : {std::pair{255, false},
                                     {256, true},
                                     {-256, false},
                                     {-257, true},
                                     {32767, true},
                                     {-32768, true}}) {
    for (int element = 0; element < 4; ++element) {
      Work work = good_work();
      work.act[0][element] = value;
      const std::string text = assertions_of_beats(work);
      EXPECT_EQ(text.find("OperandsFitTheArray") != std::string::npos, fires) << value;
    }
  }
}

TEST(CoreAssertions, ShiftsAreAtMost62) {
  Work work = good_work();
  work.params[2].shift = 63;
  EXPECT_NE(assertions_of_beats(work).find("ShiftsAtMost62"), std::string::npos);
}

TEST(CoreAssertions, ValidStaysAndDataIsStable) {
  const auto fill_weights = [](Driver& driver) {
    driver.dut->weight_valid_i = 1;
    for (int i = 0; i < 100 && driver.dut->weight_ready_o; ++i) driver.dut.tick();
    driver.dut.tick();
  };
  EXPECT_EQ(assertions(fill_weights), "");
  EXPECT_NE(assertions([&](Driver& driver) {
              fill_weights(driver);
              driver.dut->weight_valid_i = 0;
              for (int i = 0; i < 2; ++i) driver.dut.tick();
            }).find("ValidStays"),
            std::string::npos);
  EXPECT_NE(assertions([&](Driver& driver) {
              fill_weights(driver);
              put(driver.dut->weight_data_i, 3, 9, get(driver.dut->weight_data_i, 3, 9) ^ 1);
              for (int i = 0; i < 2; ++i) driver.dut.tick();
            }).find("DataIsStable"),
            std::string::npos);
}

}  // namespace
}  // namespace systole::test
