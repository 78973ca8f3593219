// select_test.cpp: which ops of an earlier run count as finished.
#include "sim/run/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace systole {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class DropUnfinished : public testing::Test {
 protected:
  std::vector<std::string> kept(const std::vector<Job>& jobs,
                                const std::vector<std::string>& finished) {
    EarlierOps earlier;
    for (const std::string& name : finished) earlier[name] = {};
    drop_unfinished(jobs, earlier);
    std::vector<std::string> names;
    for (const auto& [name, op] : earlier) names.push_back(name);
    return names;
  }

  IntNode product_{"p", {"x"}, {}, {}}, a_{"p.a", {"p"}, {}, {}}, b_{"p.b", {"p"}, {}, {}};
  IntNode stream_{"s", {"x"}, {}, {}};
};

TEST_F(DropUnfinished, KeepsWholeJobs) {
  EXPECT_THAT(kept({{&product_, &a_}, {nullptr, &stream_}}, {"p", "p.a", "s"}),
              ElementsAre("p", "p.a", "s"));
}

TEST_F(DropUnfinished, DropsAProductWithoutItsMulQuant) {
  EXPECT_THAT(kept({{&product_, &a_}, {nullptr, &stream_}}, {"p", "s"}), ElementsAre("s"));
}

TEST_F(DropUnfinished, DropsAMulQuantWithoutItsProduct) {
  EXPECT_THAT(kept({{&product_, &a_}}, {"p.a"}), IsEmpty());
}

// The product's cycles are the sum over both jobs: half of them cannot be taken over.
TEST_F(DropUnfinished, DropsAllMulQuantsOfAProductThatLacksOne) {
  EXPECT_THAT(kept({{&product_, &a_}, {&product_, &b_}}, {"p", "p.a"}), IsEmpty());
}

TEST_F(DropUnfinished, KeepsAProductAlone) {
  EXPECT_THAT(kept({{&product_, nullptr}}, {"p"}), ElementsAre("p"));
}

}  // namespace
}  // namespace systole
