// range_reference_test.cpp: ranges of a network's input against those that AIMET exported.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "model/quant/range_observer.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

constexpr CodeGrid kInputGrid = {.bits = 8, .is_signed = false, .is_affine = true};

/// The ten images that AIMET calibrated with, (pixel / 255 - mean) / deviation, one batch each.
/// Empty when the folder holds none.
std::vector<std::vector<float>> calibration_images(const std::filesystem::path& data) {
  constexpr std::size_t kHeader = 20;
  constexpr std::size_t kPlane = 32 * 32;
  constexpr float kMean[] = {0.485F, 0.456F, 0.406F};
  constexpr float kDeviation[] = {0.229F, 0.224F, 0.225F};
  const std::string bytes = read_bytes((data / "cifar10_lossless" / "tests.idx").string());
  std::vector<std::vector<float>> images;
  if (bytes.size() != kHeader + 20 * 3 * kPlane) return images;
  for (std::size_t n = 10; n < 20; ++n) {
    std::vector<float>& image = images.emplace_back();
    for (std::size_t i = 0; i < 3 * kPlane; ++i) {
      const auto pixel = static_cast<unsigned char>(bytes[kHeader + n * 3 * kPlane + i]);
      const std::size_t channel = i % 3;
      image.push_back((static_cast<float>(pixel) / 255.0F - kMean[channel]) / kDeviation[channel]);
    }
  }
  return images;
}

/// The range of `input` in AIMET's encodings of `variant`, and its scale.
struct Reference {
  RealRange range;
  double scale = 0;
};
Reference reference(const std::filesystem::path& data, const std::string& variant) {
  std::ifstream file(data / "aimet" / (variant + ".encodings_0.6.1.json"));
  const nlohmann::json entry =
      nlohmann::json::parse(file).at("activation_encodings").at("input").at(0);
  return {{entry.at("min").get<double>(), entry.at("max").get<double>()},
          entry.at("scale").get<double>()};
}

class RangesOfAimet : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("SYSTOLE_DATA");
    data_ = folder == nullptr ? "" : folder;
    if (!std::filesystem::is_directory(data_ / "aimet"))
      GTEST_SKIP() << "SYSTOLE_DATA names no folder with AIMET's encodings";
    images_ = calibration_images(data_);
    ASSERT_EQ(images_.size(), 10U) << "no images in " << data_;
  }

  Quantizer ours(const RangeMethod& method) const {
    RangeObserver observer(method, "input");
    for (const std::vector<float>& image : images_) observer.observe(image);
    return encode_range(observer.range(kInputGrid), kInputGrid);
  }

  std::filesystem::path data_;
  std::vector<std::vector<float>> images_;
};

TEST_F(RangesOfAimet, MinMaxIsTheirs) {
  const Reference theirs = reference(data_, "w8a8_minmax");
  const Quantizer quantizer = ours(MinMax{});
  EXPECT_NEAR(quantizer.scale, theirs.scale, 1e-5 * theirs.scale);
  EXPECT_NEAR(quantizer.zero_point, -theirs.range.lo / theirs.scale, 1e-4);
}

// AIMET's histogram has 2048 bins of another width at other places, and its outer edges lie beyond
// the values. Either end may differ by one bin of ours, 2^-8 wide.
void expect_within_one_bin(const Quantizer& ours, const Reference& theirs) {
  constexpr double kBin = 1.0 / 256;
  const double lo = -ours.zero_point * ours.scale;
  EXPECT_NEAR(lo, theirs.range.lo, kBin);
  EXPECT_NEAR(lo + 255 * ours.scale, theirs.range.hi, kBin);
}

TEST_F(RangesOfAimet, PercentileIsTheirsToOneBin) {
  expect_within_one_bin(ours(Percentile{99.9}), reference(data_, "w8a8_percentile"));
}

TEST_F(RangesOfAimet, SqnrSearchIsTheirsToOneBin) {
  expect_within_one_bin(ours(SqnrSearch{}), reference(data_, "w8a8_sqnr"));
}

}  // namespace
}  // namespace systole
