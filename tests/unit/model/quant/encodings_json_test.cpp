// encodings_json_test.cpp: AIMET's three versions of encoding files, on files of our own.
#include "model/quant/encodings_json.h"

#include <gtest/gtest.h>

#include "tests/unit/model/quant/encoding_files.h"
#include "tests/unit/model/support.h"

namespace systole {
namespace {

constexpr IntFormat kAffineCodes = {.is_signed = false, .is_symmetric = false};

EncodingEntry entry(std::string name, EncodingRole role, const QuantSpec& spec, Shape shape,
                    std::vector<double> scales, std::vector<std::int32_t> zero_points) {
  return {.encoding = {.name = std::move(name),
                       .spec = spec,
                       .scale = Tensor<double>(shape, std::move(scales)),
                       .zero_point = IntTensor(shape, std::move(zero_points))},
          .role = role};
}

EncodingEntry activation() {
  return entry("x", EncodingRole::kActivation, {.format = kAffineCodes}, {}, {0.5}, {114});
}

EncodingEntry weight(const IntFormat& format = {}) {
  return entry("w", EncodingRole::kParameter, {.format = format, .granularity = PerChannel{0}}, {2},
               {0.25, 1e-7}, {0, 0});
}

EncodingEntry blocks() {
  return entry("b", EncodingRole::kParameter,
               {.format = IntFormat{.bits = 4}, .granularity = Blocks{{1, 2, -1}}}, {2, 2, 1},
               {1, 2, 3, 4}, {0, 0, 0, 0});
}

/// Without what 2.0.0 does not hold.
EncodingEntry unsaid(EncodingEntry entry) {
  entry.role = EncodingRole::kUnsaid;
  return entry;
}

const TensorShapes kShapes = {{"b", {2, 4, 3}}};

EncodingsFile parse(std::string text) { return parse_encodings(text, "e.json", kShapes); }

TEST(EncodingsJson, Reads061) {
  EncodingsFile file = parse(kFile061);
  ASSERT_EQ(file.entries.size(), 2U);
  EXPECT_EQ(file.version, AimetVersion::k061);
  EXPECT_EQ(file.entries[0].limits, (std::vector<RealRange>{{-57, 70.5}}));
  EXPECT_EQ(file.entries[0].encoding, activation().encoding);
  EXPECT_EQ(file.entries[0].role, EncodingRole::kActivation);
  EXPECT_EQ(file.entries[1].encoding, weight().encoding);
  EXPECT_EQ(file.entries[1].role, EncodingRole::kParameter);
}

TEST(EncodingsJson, Reads100) {
  const EncodingsFile file = parse(kFile100);
  EXPECT_EQ(file.entries, (std::vector<EncodingEntry>{activation(), blocks()}));
  EXPECT_EQ(file.other, R"({"producer":{"package":"a tool"}})");
}

TEST(EncodingsJson, Reads200) {
  EXPECT_EQ(parse(kFile200).entries,
            (std::vector<EncodingEntry>{unsaid(blocks()), unsaid(activation())}));
}

TEST(EncodingsJson, WritesWhatItRead) {
  for (const char* text : {kFile061, kFile100, kFile200})
    EXPECT_EQ(encodings_to_json(parse(text)), text);
}

TEST(EncodingsJson, LimitsFollowFromTheCodesWhereNoneAreGiven) {
  EncodingsFile file = parse(kFile061);
  for (EncodingEntry& each : file.entries) each.limits.clear();
  file.entries[1].encoding.scale[1] = 1;
  const EncodingsFile again = parse(encodings_to_json(file));
  EXPECT_EQ(again.entries[0].limits, (std::vector<RealRange>{{-57, 70.5}}));
  EXPECT_EQ(again.entries[1].limits, (std::vector<RealRange>{{-32, 31.75}, {-128, 127}}));
}

TEST(EncodingsJson, EveryKindOfSymmetricCodesComesBack) {
  for (const AimetVersion version : {AimetVersion::k061, AimetVersion::k100})
    for (const IntFormat& format : {IntFormat{}, IntFormat{.bits = 2}, IntFormat{.bits = 16},
                                    IntFormat{.is_narrow = true}, IntFormat{.is_signed = false}}) {
      const EncodingsFile file = {.version = version, .entries = {weight(format)}};
      EXPECT_EQ(parse(encodings_to_json(file)).entries[0].encoding, weight(format).encoding)
          << to_string(NumberFormat{format});
    }
}

TEST(EncodingsJson, AffineSignedCodesAreWrittenOnTheUnsignedGrid) {
  EncodingEntry each = activation();
  each.encoding.spec.format = IntFormat{.is_symmetric = false};
  each.encoding.zero_point[0] = -14;  // 114 - 128.
  const EncodingsFile file = {.version = AimetVersion::k100, .entries = {each}};
  EXPECT_EQ(parse(encodings_to_json(file)).entries[0], activation());
}

TEST(EncodingsJson, ABiasHas32Bits) {
  EncodingEntry bias = unsaid(weight({.bits = 32}));
  const EncodingsFile file = {.entries = {bias}};
  EXPECT_EQ(parse(encodings_to_json(file)), file);
}

std::string refusal(AimetVersion version, const EncodingEntry& entry) {
  return message_of([&] { encodings_to_json({.version = version, .entries = {entry}}); });
}

TEST(EncodingsJson, WhatAVersionHasNoPlaceForIsRefused) {
  EXPECT_EQ(refusal(AimetVersion::k061, blocks()),
            "b: got a scale per block, expected channels, for AIMET 0.6.1");
  EncodingEntry columns = weight();
  columns.encoding.spec.granularity = PerChannel{1};
  EXPECT_EQ(refusal(AimetVersion::k100, columns),
            "w: got a scale per index of axis 1, expected axis 0, for AIMET 1.0.0; AIMET's weights "
            "have their output channels in front");
  columns.encoding.spec.granularity = PerToken{0};
  EXPECT_EQ(refusal(AimetVersion::k100, columns),
            "w: got a scale per token, expected channels, for AIMET 1.0.0");
  EncodingEntry tiles = blocks();
  tiles.encoding.spec.granularity = Blocks{{2, 2, -1}};
  EXPECT_EQ(refusal(AimetVersion::k100, tiles),
            "b: got blocks of sizes [2, 2, -1], expected [1, n, -1, ...]: blocks of n input "
            "channels, for AIMET 1.0.0");
  EXPECT_EQ(refusal(AimetVersion::k100, unsaid(weight())),
            "w: got neither an activation nor a parameter, expected which of them it is, for AIMET "
            "1.0.0");
  EXPECT_NE(refusal(AimetVersion::k061, weight({.bits = 32})), "");
  EncodingEntry real = activation();
  real.encoding.spec.format = float16();
  real.encoding.zero_point[0] = 0;
  EXPECT_EQ(refusal(AimetVersion::k061, real),
            "x: got float E5M10, expected integers, for AIMET 0.6.1");
  EXPECT_NE(refusal(AimetVersion::k200, real), "");
}

}  // namespace
}  // namespace systole
