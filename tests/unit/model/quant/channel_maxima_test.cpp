// channel_maxima_test.cpp: the largest magnitudes of channels, of weights and of batches, by hand.
#include "model/quant/channel_maxima.h"

#include <gmock/gmock.h>

#include <cmath>

#include "tests/unit/model/support.h"

namespace systole {
namespace {

using testing::ElementsAre;

TEST(WeightMaxima, AreThoseOfTheChannelsOwnGroup) {
  // Two groups of two inputs and one output each: weight [1, 1, 2, 2].
  const Conv2d conv = {.params = {.groups = 2}, .weight = {{1, 1, 2, 2}, {1, -2, -3, 4}}};
  EXPECT_THAT(weight_maxima(conv), ElementsAre(1, 3, 2, 4));
  const Linear linear = {.weight = {{2, 3}, {1, -2, 0, 0.5F, 0.25F, 0}}};
  EXPECT_THAT(weight_maxima(linear), ElementsAre(2, 0.5));
}

TEST(ObserveChannels, DoesNotDependOnTheOrderOfBatches) {
  const FloatTensor first = {{2, 2}, {1, -5, -2, 3}};
  const FloatTensor second = {{1, 2}, {-4, 0}};
  ChannelMaxima forth;
  observe_channels(forth, "fc", first);
  observe_channels(forth, "fc", second);
  EXPECT_THAT(forth.at("fc"), ElementsAre(4, 5));
  ChannelMaxima back;
  observe_channels(back, "fc", second);
  observe_channels(back, "fc", first);
  EXPECT_EQ(forth, back);
}

TEST(ObserveChannels, RefusesWhatIsNotFiniteAndOtherChannels) {
  ChannelMaxima maxima;
  observe_channels(maxima, "fc", FloatTensor({1, 2}, 1.0F));
  EXPECT_EQ(message_of([&] {
              observe_channels(maxima, "fc", FloatTensor({1, 3}, 1.0F));
            }),
            "fc: got input of shape [1, 3], expected 2 channels, as before");
  EXPECT_EQ(message_of([&] {
              observe_channels(maxima, "fc", FloatTensor({1, 2}, std::nanf("")));
            }),
            "fc: got input nan at element [0, 0], expected finite elements");
}

}  // namespace
}  // namespace systole
