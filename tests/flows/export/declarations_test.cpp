// declarations_test.cpp: SystemVerilog of memory-map.md and of the README, in a simulator.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/image/export_folder.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

/// The first block of SystemVerilog behind `heading`.
std::string code_behind(const std::string& heading, const std::string& page) {
  const std::string open = "```systemverilog\n";
  const std::size_t at = page.find(open, page.find(heading));
  if (at == std::string::npos) return "";
  const std::size_t begin = at + open.size();
  return page.substr(begin, page.find("```", begin) - begin);
}

/// The words of bank 0 and lane 0 in hexadecimal digits, one per line, as the raw files have them.
std::string raw_words(const std::string& folder, const StoredMemory& memory) {
  std::string text;
  for (const FileRegion& region : memory.regions)
    for (const ImageFile& file : region.files) {
      if (file.format != ImageFormat::kRaw || file.bank != 0 || file.lane != 0) continue;
      const std::string bytes = read_text(folder + "/" + file.path);
      const auto size = static_cast<std::size_t>(file.word_bits) / 8;
      for (std::size_t word = 0; word < bytes.size(); word += size)
        for (std::size_t i = size; i-- > 0;)
          text += fmt::format("{:02x}{}", static_cast<unsigned char>(bytes[word + i]),
                              i == 0 ? "\n" : "");
    }
  return text;
}

/// Exports digits and has Icarus print the memory that the map declares, and fills.
void expect_declared_words(const std::string& memory, const std::vector<std::string>& layout) {
  const TempDirectory temp;
  std::vector<std::string> command = {"export", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "-o",
                                      temp.path("images")};
  for (const std::string& setting : layout)
    command.insert(command.end(), {"--layout-set", "memories." + memory + "." + setting});
  const Finished exported = run_systole(command);
  ASSERT_EQ(exported.exit_code, 0) << exported.err;
  const std::string folder = temp.path("images");
  temp.write("top.sv",
             fmt::format("module top;\n{}initial begin\n  #1;\n  foreach ({}[i]) "
                         "$display(\"%h\", {}[i]);\nend\nendmodule\n",
                         code_behind("\n## " + memory + "\n", read_text(folder + "/memory-map.md")),
                         memory, memory));
  const Finished made =
      run_process({"iverilog", "-g2012", "-o", temp.path("top"), temp.path("top.sv")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const Manifest manifest = read_manifest(folder);
  const auto kind = memory == "weights" ? MemoryKind::kWeights : MemoryKind::kParameters;
  EXPECT_EQ(run_process({"vvp", "-n", temp.path("top")}, folder).out,
            raw_words(folder, *find_memory(manifest, kind)));
}

TEST(DeclarationsOfTheMap, LoadEveryWordOfAMemory) { expect_declared_words("weights", {}); }

TEST(DeclarationsOfTheMap, LoadEveryWordOfABankAndLane) {
  expect_declared_words("parameters", {"banks=4", "align=4", "base=256", "lanes=2"});
}

/// Prints what the page's lines say is each weight of block2.conv2, 40 channels of 9 taps and 40
/// inputs: by tap, input and channel, as the bundle has them.
constexpr const char* kAllWeights = R"(
initial
  for (tap = 0; tap < 9; tap++)
    for (in = 0; in < 40; in++)
      for (channel = 0; channel < 40; channel++) begin
        #1;
        $display("%0d", weight);
      end
endmodule
)";

TEST(LinesOfTheReadme, FindEveryWeightAndThePictureIsTheDigits) {
  const TempDirectory temp;
  const std::string folder = temp.path("images");
  ASSERT_EQ(run_systole({"export", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "-o", folder,
                         "--layout-set", "split=one"})
                .exit_code,
            0);
  temp.write("top.sv",
             "module top;\nint channel, tap, in;\nlogic [127:0] word;\n"
             "logic signed [7:0] weight;\n" +
                 code_behind("## What a hardware engineer needs\n",
                             read_text(SYSTOLE_SOURCE_DIR "/flows/export/README.md")) +
                 kAllWeights);
  const Finished made =
      run_process({"iverilog", "-g2012", "-o", temp.path("top"), temp.path("top.sv")});
  ASSERT_EQ(made.exit_code, 0) << made.err;
  const SafetensorsFile bundle(folder + "/network/tensors.safetensors");
  std::string expected;
  for (const std::int32_t weight : bundle.read_int("block2.conv2.weight").data)
    expected += fmt::format("{}\n", weight);
  EXPECT_EQ(run_process({"vvp", "-n", temp.path("top")}, folder).out, expected);
  EXPECT_EQ(read_text(folder + "/memory-map.svg"),
            read_text(SYSTOLE_SOURCE_DIR "/flows/docs/memory-map.svg"))
      << "systole export configs/digits.yaml -o DIR; cp DIR/memory-map.svg flows/docs/";
}

}  // namespace
}  // namespace systole::test
