// key_table_test.cpp: looking keys up and explaining them.
#include "model/config/key_table.h"

#include <gtest/gtest.h>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

KeyTable table() {
  return {{.key = "network", .type = KeyType::kPath, .required = true, .help = "The bundle."},
          {.key = "dut.dir", .type = KeyType::kPath, .default_value = "rtl", .help = "The RTL."},
          {.key = "dut.parameters.Rows",
           .type = KeyType::kInteger,
           .default_value = "16",
           .lo = 1,
           .hi = 256},
          {.key = "dut.parameters.*", .type = KeyType::kInteger, .help = "Any other parameter."},
          {.key = "rate", .type = KeyType::kReal, .default_value = "0.5", .lo = 0},
          {.key = "mode",
           .type = KeyType::kChoice,
           .default_value = "fast",
           .choices = {"fast", "exact"}}};
}

TEST(FindKey, PrefersTheExactEntryToTheWildcard) {
  const KeyTable keys = table();
  EXPECT_EQ(find_key(keys, "dut.parameters.Rows"), &keys[2]);
  EXPECT_EQ(find_key(keys, "dut.parameters.Other"), &keys[3]);
  EXPECT_EQ(find_key(keys, "dut.dir"), &keys[1]);
}

TEST(FindKey, WildcardsStandForOneComponent) {
  const KeyTable keys = table();
  EXPECT_EQ(find_key(keys, "dut.parameters"), nullptr);
  EXPECT_EQ(find_key(keys, "dut.parameters."), nullptr);
  EXPECT_EQ(find_key(keys, "dut.parameters.a.b"), nullptr);
  EXPECT_EQ(find_key(keys, "dut"), nullptr);
  EXPECT_EQ(find_key(keys, "nothing"), nullptr);
}

TEST(IsKeyGroup, KnowsEveryPrefix) {
  EXPECT_TRUE(is_key_group(table(), "dut"));
  EXPECT_TRUE(is_key_group(table(), "dut.parameters"));
  EXPECT_FALSE(is_key_group(table(), "du"));
  EXPECT_FALSE(is_key_group(table(), "dut.dir"));
}

TEST(Explain, PrintsTheWholeTable) {
  EXPECT_EQ(explain(table()),
            "network\n    path; required\n    The bundle.\n"
            "dut.dir\n    path; default rtl\n    The RTL.\n"
            "dut.parameters.Rows\n    integer in [1, 256]; default 16\n"
            "dut.parameters.*\n    integer\n    Any other parameter.\n"
            "rate\n    real, at least 0; default 0.5\n"
            "mode\n    one of fast, exact; default fast\n");
}

TEST(Explain, PrintsAKeyOrAGroup) {
  EXPECT_EQ(explain(table(), "rate"), "rate\n    real, at least 0; default 0.5\n");
  EXPECT_EQ(explain(table(), "dut.parameters"),
            "dut.parameters.Rows\n    integer in [1, 256]; default 16\n"
            "dut.parameters.*\n    integer\n    Any other parameter.\n");
  EXPECT_EQ(explain(table(), "dut.parameters.Depth"),
            "dut.parameters.*\n    integer\n    Any other parameter.\n");
}

TEST(Explain, SuggestsTheNearestKey) {
  EXPECT_EQ(message_of([] { explain(table(), "netwrk"); }),
            "netwrk: got an unknown key, expected a key of a configuration; "
            "did you mean network?");
  EXPECT_EQ(message_of([] { explain(table(), "dutt"); }),
            "dutt: got an unknown key, expected a key of a configuration; did you mean dut?");
}

}  // namespace
}  // namespace systole
