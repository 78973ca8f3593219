// readers_test.cpp: memory images, read by a C compiler and by NumPy.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/flows/export/images.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

/// What a program prints that is made of dump_header.c and the image's header; "" if none is made.
std::string compiled(const TempDirectory& temp, const MemoryImage& image,
                     const FormatOptions& options) {
  temp.write(image.name + ".h", write_image(image, ImageFormat::kCHeader, options));
  std::string capitals = image.name;
  for (char& c : capitals) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  const Finished made = run_process(
      {"cc", "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror", "-I.",
       "-DHEADER=\"" + image.name + ".h\"", "-DARRAY=" + image.name,
       "-DWORDS=" + capitals + "_WORDS", "-DWORD_BITS=" + capitals + "_WORD_BITS",
       "-DBASE=" + capitals + "_BASE", "-DALIGNMENT=" + std::to_string(options.alignment),
       SYSTOLE_SOURCE_DIR "/tests/flows/export/dump_header.c", "-o", image.name},
      temp.path());
  EXPECT_EQ(made.exit_code, 0) << made.err;
  return made.exit_code == 0 ? run_process({"./" + image.name}, temp.path()).out : "";
}

std::string expected_dump(const MemoryImage& image, const FormatOptions& options) {
  const bool is_bytes = has_byte_order(ImageFormat::kCHeader, image.words.bits);
  return fmt::format("{} words of {} bits from {:x}, 0 bytes past a multiple of {}\n",
                     image.words.count(), image.words.bits, image.base, options.alignment) +
         dumped_words(image.words, is_bytes ? options.byte_order : ByteOrder::kLittle);
}

// By chance, one address in 4096 would be aligned.
TEST(CCompiler, TakesHeadersOfAllWidthsTwiceAndAlignsThem) {
  const TempDirectory temp;
  for (const int bits : kWidths)
    for (const ByteOrder order : kOrders) {
      if (order == ByteOrder::kBig && bits <= 64) continue;
      const FormatOptions options = {.byte_order = order, .alignment = 4096};
      const MemoryImage image = sample_image(fmt::format("weights_{}", bits), bits, 0xfedc);
      EXPECT_EQ(compiled(temp, image, options), expected_dump(image, options));
    }
}

TEST(CCompiler, TakesTheLeastAlignmentAndTheHighestBase) {
  const TempDirectory temp;
  const FormatOptions options = {.byte_order = ByteOrder::kLittle, .alignment = 1};
  MemoryImage image = sample_image("w", 8, 0);
  image.base = kAddressLimit - image.words.count();
  EXPECT_EQ(compiled(temp, image, options), expected_dump(image, options));
}

constexpr const char* kDumpArrays = R"(
import sys
import numpy
for path in sys.argv[1:]:
    array = numpy.load(path, allow_pickle=False)
    print(array.dtype.str, array.shape)
    for word in array:
        print(bytes(word).hex() if word.ndim else int(word).to_bytes(word.nbytes, "little").hex())
)";

TEST(NumPy, ReadsImagesOfAllWidths) {
  const std::string python = SYSTOLE_SOURCE_DIR "/build/python/bin/python";
  if (!std::filesystem::exists(python)) GTEST_SKIP() << "flows/setup --python has not been run";
  const TempDirectory temp;
  std::vector<std::string> command = {python, "-c", kDumpArrays};
  std::string expected;
  const char* kTypes[] = {"|u1 (16,)", "<u2 (16,)",    "<u4 (16,)",
                          "<u8 (16,)", "|u1 (16, 16)", "|u1 (16, 32)"};
  for (std::size_t i = 0; i < std::size(kWidths); ++i) {
    const MemoryImage image = sample_image("w", kWidths[i], 0);
    command.push_back(
        temp.write(std::to_string(kWidths[i]), write_image(image, ImageFormat::kNpy)));
    expected += fmt::format("{}\n{}", kTypes[i], dumped_words(image.words, ByteOrder::kLittle));
  }
  const Finished read = run_process(command);
  EXPECT_EQ(read.out, expected) << read.err;
}

}  // namespace
}  // namespace systole::test
