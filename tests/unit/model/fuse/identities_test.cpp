// identities_test.cpp: identity and dropout ops leave no trace in the integer network.
#include "model/config/error.h"
#include "model/fuse/remove_identities.h"
#include "tests/unit/model/fuse/patterns.h"

namespace systole {
namespace {

TEST(RemoveIdentities, NoPatternSeesThem) {
  Pattern pattern;
  pattern.conv("c", "image", 1)
      .add("i", {"c"}, Identity{})
      .norm("n", "i", 2)
      .add("d", {"n"}, Dropout{.rate = 0.5F})
      .add("j", {"d"}, Identity{})
      .add("s", {"j", "image"}, Add{})
      .add("k", {"s"}, Identity{})
      .add("r", {"k"}, Relu{})
      .add("m", {"r"}, MaxPool{{.kernel = {2, 2}}});
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(describe(fused.network),
            "c:int_conv2d(image) c.quant:mul_quant(c,image) m:max_pool(c.quant)");
  EXPECT_EQ(fused.float_names.at("c.quant"), "r");
  expect_close(pattern, 30);
}

TEST(RemoveIdentities, AnOutputBecomesWhatIsPassedOn) {
  Pattern pattern;
  pattern.conv("c", "image", 1).add("d", {"c"}, Dropout{}).add("e", {"image"}, Identity{});
  pattern.network.outputs = {"d", "e", "c"};
  EXPECT_EQ(remove_identities(pattern.network).outputs,
            (std::vector<std::string>{"c", "image", "c"}));
  const FusedNetwork fused = pattern.fused();
  EXPECT_EQ(fused.network.outputs, (std::vector<std::string>{"c.quant", "image", "c.quant"}));
  EXPECT_EQ(find_node(fused.network, "c.quant").output.type.bits, 16);  // As of any output.
}

TEST(RemoveIdentities, ATensorWithTwoUsersStaysOne) {
  Pattern pattern;
  pattern.conv("c", "image", 1).add("d", {"c"}, Dropout{}).add("r", {"d"}, Relu{});
  pattern.network.outputs = {"r", "c"};
  EXPECT_EQ(describe(pattern.fused().network),
            "c:int_conv2d(image) c.quant:mul_quant(c) r:relu(c.quant)");
}

TEST(RemoveIdentities, RefusesANetworkOfNothingElse) {
  Pattern pattern;
  pattern.add("i", {"image"}, Identity{}).add("d", {"i"}, Dropout{});
  try {
    remove_identities(pattern.network);
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_STREQ(error.what(),
                 "pattern: got identity and dropout ops only, expected at least one op that "
                 "computes something");
  }
}

}  // namespace
}  // namespace systole
