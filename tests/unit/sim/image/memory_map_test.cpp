// memory_map_test.cpp: the map of two tensors as text, picture and header, worked out by hand.
#include "sim/image/memory_map.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace systole {
namespace {

using testing::HasSubstr;
using testing::Not;

/// `words` words of two 8-bit weights each.
StoredTensor tensor_of(const std::string& op, std::int64_t address, std::int64_t words) {
  StoredTensor stored;
  stored.tensor = {.op = op,
                   .name = "weight",
                   .shape = {words, 2},
                   .element_bits = 8,
                   .beat = 2,
                   .address = address,
                   .words = words,
                   .source = {.tensor = op + ".weight"}};
  stored.crc32 = "0000000" + std::to_string(words);
  return stored;
}

FileRegion region_of(const std::string& op, std::int64_t address, std::int64_t words) {
  return {{op, address, words},
          {{.path = "weights/" + op + ".memh",
            .format = ImageFormat::kHex,
            .word_bits = 16,
            .address = address,
            .words = words,
            .bytes = 30,
            .crc32 = "89abcdef"}}};
}

/// Op a at words 0x10 and 0x11, op b at 0x14, of the 8 that the memory has.
Manifest two_tensors() {
  Manifest manifest{.network = "tiny", .layout = "mine"};
  manifest.geometry.rows = 4;
  manifest.geometry.cols = 2;
  StoredMemory memory;
  memory.layout.word_bits = 16;
  memory.layout.base = 0x10;
  memory.layout.depth = 8;
  memory.words = 5;
  memory.regions = {region_of("a", 0x10, 2), region_of("b", 0x14, 1)};
  memory.tensors = {tensor_of("a", 0x10, 2), tensor_of("b", 0x14, 1)};
  manifest.memories = {memory};
  return manifest;
}

TEST(MemoryMapText, HasARowPerMemoryFileAndTensor) {
  const std::string text = memory_map_text(two_tensors());
  EXPECT_THAT(text, HasSubstr("# Memory map of tiny\n\nArray: 4x2, "));
  EXPECT_THAT(text,
              HasSubstr("| weights | 5 of 8 words of 16 bits, 10 bytes | 0x10 to 0x14 | 2 |\n"));
  EXPECT_THAT(text, HasSubstr("| weights/b.memh | hex | 0x14 | 1 | 30 | 89abcdef |\n"));
  EXPECT_THAT(
      text,
      HasSubstr("| 0 | a | weight | 0x10 | 2 | 0 | [2, 2] | int8 | 2 per word | a.weight |\n"
                "| 1 | b | weight | 0x14 | 1 | 8 | [1, 2] | int8 | 2 per word | b.weight |\n"));
}

TEST(MemoryMapText, DeclaresTheMemoryAndLoadsEveryHexFile) {
  EXPECT_THAT(memory_map_text(two_tensors()),
              HasSubstr("```systemverilog\nlogic [15:0] weights ['h10:'h17];\n"
                        "initial $readmemh(\"weights/a.memh\", weights);\n"
                        "initial $readmemh(\"weights/b.memh\", weights);\n```\n"));
  Manifest without = two_tensors();
  for (FileRegion& region : without.memories[0].regions) region.files[0].format = ImageFormat::kRaw;
  EXPECT_THAT(memory_map_text(without), Not(HasSubstr("$readmemh")));
}

TEST(MemoryMapText, DeclaresOneBankAndLaneOfSeveral) {
  Manifest manifest = two_tensors();
  manifest.memories[0].layout.banks = 4;
  manifest.memories[0].layout.lanes = 2;
  const std::string text = memory_map_text(manifest);
  EXPECT_THAT(text, HasSubstr("logic [7:0] weights ['h4:'h5];"));
  EXPECT_THAT(text, HasSubstr("Word `i` lies in bank `i % 4` at the bank's address `i / 4`."));
  manifest.memories[0].layout.interleave = Interleave::kBlock;
  EXPECT_THAT(memory_map_text(manifest), HasSubstr("lies in bank `i / m` at the bank's address"));
  EXPECT_THAT(text, HasSubstr("2 lanes of 8 bits, lane 0 the lowest."));
  EXPECT_THAT(text, HasSubstr("10 bytes, 4 banks, 2 lanes |"));
}

TEST(MemoryMapText, NamesTheOrderOfBytesWhereFilesHaveBytes) {
  Manifest manifest = two_tensors();
  EXPECT_THAT(memory_map_text(manifest), Not(HasSubstr("significant byte")));
  manifest.memories[0].regions[1].files[0].format = ImageFormat::kRaw;
  EXPECT_THAT(memory_map_text(manifest), HasSubstr("have a word's least significant byte first."));
  manifest.memories[0].layout.byte_order = ByteOrder::kBig;
  EXPECT_THAT(memory_map_text(manifest), HasSubstr("have a word's most significant byte first."));
}

TEST(MemoryMapText, SaysHowElementsShareWordsOrTakeSeveral) {
  Manifest manifest = two_tensors();
  StoredMemory& memory = manifest.memories[0];
  memory.layout.word_bits = 8;
  EXPECT_THAT(memory_map_text(manifest), HasSubstr("| int8 | 2 in 2 words |"));
  for (StoredTensor& stored : memory.tensors) stored.tensor.beat = 0;
  EXPECT_THAT(memory_map_text(manifest), HasSubstr("| int8 | 1 per word |"));
  memory.tensors[0].tensor.element_bits = 64;
  EXPECT_THAT(memory_map_text(manifest), HasSubstr("| int64 | 1 in 8 words |"));
}

// 920 units for 8 words: 115 each, from 20 on; the bar begins at 84 + 24.
TEST(MemoryMapPicture, CutsTheBarWhereOpsBeginAndEnd) {
  const std::string picture = memory_map_svg(two_tensors());
  EXPECT_THAT(picture, HasSubstr("<title>0 a: 2 words from 0x10, 1 tensor</title>"
                                 "<rect x=\"20.00\" y=\"108\" width=\"230.00\" height=\"40\""));
  EXPECT_THAT(picture, HasSubstr("<title>1 b: 1 words from 0x14, 1 tensor</title>"
                                 "<rect x=\"480.00\" y=\"108\" width=\"115.00\" height=\"40\""));
  EXPECT_THAT(picture, HasSubstr(">0x10</text>"));
  EXPECT_THAT(picture, HasSubstr(">0x17</text>"));
  EXPECT_THAT(picture, HasSubstr(">5 of 8 words of 16 bits, 10 bytes</text>"));
}

TEST(MemoryMapPicture, LabelsWhatFitsElseTheNumberAndTheNamesEnd) {
  Manifest manifest = two_tensors();
  manifest.memories[0].tensors[0].tensor.op = "mobilenet/blocks/12/depthwise/conv";
  manifest.memories[0].tensors[1].tensor.op = "mobilenet/logits";
  const std::string picture = memory_map_svg(manifest);
  // 226 units hold 26 characters, 4 of them number, blank and dots; 111 hold 13, too few for that.
  EXPECT_THAT(picture, HasSubstr(">0 ..ocks/12/depthwise/conv</text>"));
  EXPECT_THAT(picture, HasSubstr(">1</text>"));
}

TEST(MemoryMapPicture, IsXmlWhateverTheNetworkIsCalled) {
  Manifest manifest = two_tensors();
  manifest.network = "<a&b>\n";
  EXPECT_THAT(memory_map_svg(manifest), HasSubstr(">&lt;a&amp;b&gt; </text>"));
  manifest.network = std::string(51, 'x') + "\u00fc\u00fc\u00fc";  // 52 bytes end within the first.
  EXPECT_THAT(memory_map_svg(manifest), HasSubstr(">" + std::string(51, 'x') + "..</text>"));
}

TEST(MemoryMapHeader, HasATableOfMemoriesFilesAndTensors) {
  EXPECT_THAT(
      memory_map_header(two_tensors()),
      HasSubstr("#define SYSTOLE_MEMORIES 1\n"
                "static const struct systole_memory systole_memories[1] = {\n"
                "  {\"weights\", 16, 1, 1, 16u, 5u, 0, 0, 0, 0},\n};\n\n"
                "#define SYSTOLE_FILES 2\n"
                "static const struct systole_file systole_files[2] = {\n"
                "  {\"weights/a.memh\", \"hex\", 0, 0, 0, 0x89abcdefu, 16u, 2u, 30u},\n"
                "  {\"weights/b.memh\", \"hex\", 0, 0, 0, 0x89abcdefu, 20u, 1u, 30u},\n};\n\n"
                "#define SYSTOLE_TENSORS 2\n"
                "static const struct systole_tensor systole_tensors[2] = {\n"
                "  {\"a\", \"weight\", 0, 8, 2, 0x00000002u, 1, 16u, 2u, 4u},\n"
                "  {\"b\", \"weight\", 0, 8, 2, 0x00000001u, 1, 20u, 1u, 2u},\n};\n"));
}

TEST(MemoryMapHeader, EscapesNamesAndHasNoArrayWithoutElements) {
  Manifest manifest = two_tensors();
  manifest.network = "a\\\n\"*/";
  manifest.memories.clear();
  const std::string header = memory_map_header(manifest);
  EXPECT_THAT(header, HasSubstr("// The memories of \"a\\\\\\012\\\"*/\"; "));
  EXPECT_THAT(header,
              HasSubstr("#define SYSTOLE_FILES 0\n"
                        "static const struct systole_file systole_files[1] = {\n  {0},\n};"));
}

}  // namespace
}  // namespace systole
