// simulators_test.cpp: memory images, loaded by the $readmemh and $readmemb of two simulators.
#include <gtest/gtest.h>

#include "tests/flows/export/images.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

const std::string kReadMemory = SYSTOLE_SOURCE_DIR "/tests/flows/export/read_memory.sv";

/// Images of all widths, from address 0 and from another one, beside a module that loads them all.
class Simulator : public testing::Test {
 protected:
  Simulator() {
    std::string top = "module top;\n";
    for (const int bits : kWidths)
      for (const std::uint64_t base : {0, 0x123}) {
        const MemoryImage& image =
            images_.emplace_back(sample_image(fmt::format("w{}_{}", bits, base), bits, base));
        temp_.write(image.name + ".memh", write_image(image, ImageFormat::kHex));
        temp_.write(image.name + ".memb", write_image(image, ImageFormat::kBin));
        top += fmt::format(
            "  read_memory #(.Width({}), .Base({}), .Words({}), .Name(\"{}\")) {} ();\n", bits,
            base, image.words.count(), image.name, image.name);
      }
    // Verilator's main program waits for it; Icarus ends by itself, and with it would end early.
    top += "`ifdef VERILATOR\n  initial $finish;\n`endif\nendmodule\n";
    temp_.write("top.sv", top);
  }

  void run(const std::vector<std::string>& command) {
    const Finished finished = run_process(command, temp_.path());
    ASSERT_EQ(finished.exit_code, 0) << finished.out << finished.err;
  }

  void expect_all_words() const {
    for (const MemoryImage& image : images_) {
      const std::string words = dumped_words(image.words, ByteOrder::kLittle);
      EXPECT_EQ(read_text(temp_ / (image.name + ".dump")), words + words) << image.name;
      const std::string again = read_text(temp_ / (image.name + ".again"));
      EXPECT_EQ(read_image(again, ImageFormat::kHex, image.name, image.words.bits).words,
                image.words);
    }
  }

  TempDirectory temp_;
  std::vector<MemoryImage> images_;
};

TEST_F(Simulator, IcarusLoadsEveryWord) {
  run({"iverilog", "-g2012", "-Wall", "-o", "simulation", "top.sv", kReadMemory});
  run({"vvp", "-n", "simulation"});
  expect_all_words();
}

TEST_F(Simulator, VerilatorLoadsEveryWord) {
  run({"verilator", "--cc", "--exe", "--build", "--main", "--no-timing", "-O0", "-MAKEFLAGS",
       "CXX=clang++-14 LINK=clang++-14 OPT_FAST=-O0 OPT_SLOW=-O0 OPT_GLOBAL=-O0", "--top-module",
       "top", "top.sv", kReadMemory});
  run({"obj_dir/Vtop"});
  expect_all_words();
}

}  // namespace
}  // namespace systole::test
