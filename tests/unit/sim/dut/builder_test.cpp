// builder_test.cpp: what is built anew, what is found again, and what an error says.
#include "sim/dut/builder.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "model/config/error.h"
#include "sim/dut/digest.h"
#include "sim/dut/dut.h"
#include "sim/dut/error.h"
#include "sim/dut/recipe.h"
#include "tests/unit/sim/dut/fixture.h"
#include "tests/unit/sim/dut/traffic.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(BuildTest, FindsADesignAgain) {
  const BuiltDut first = build_dut(config_);
  EXPECT_FALSE(first.cached);
  EXPECT_EQ(entries(), 1u);
  EXPECT_EQ(leftovers(), 0u);

  const BuiltDut second = build_dut(config_);
  EXPECT_TRUE(second.cached);
  EXPECT_EQ(second.key, first.key);
  EXPECT_EQ(second.object, first.object);
}

TEST_F(BuildTest, FindsTouchedFilesAndCopiesOfATree) {
  const BuiltDut first = build_dut(config_);
  fs::last_write_time(rtl_ / "stub_core.sv", fs::file_time_type::clock::now());
  EXPECT_TRUE(build_dut(config_).cached);

  fs::copy(rtl_, folder_ / "copy of rtl", fs::copy_options::recursive);
  config_.dir = folder_ / "copy of rtl";
  const BuiltDut copy = build_dut(config_);
  EXPECT_TRUE(copy.cached);
  EXPECT_EQ(copy.key, first.key);
}

TEST_F(BuildTest, TwoRevisionsLiveInOneProcess) {
  const BuiltDut before = build_dut(config_);
  edit("stub_core.sv", "sum_d[c] +=", "sum_d[c] -=");
  const BuiltDut after = build_dut(config_);
  EXPECT_FALSE(after.cached);
  EXPECT_NE(after.key, before.key);

  Dut first(before, 1);
  Dut second(after, 1);
  const Traffic traffic = make_traffic(first.geometry(), {});
  EXPECT_EQ(drive(first, traffic).outputs, traffic.outputs);
  EXPECT_NE(drive(second, traffic).outputs, traffic.outputs);
  EXPECT_EQ(drive(first, traffic).outputs, traffic.outputs);
}

TEST_F(BuildTest, SeesAnEditedIncludeFile) {
  const BuiltDut first = build_dut(config_);
  edit("include/stub_scale.svh", "+ bias", "- bias");
  const BuiltDut second = build_dut(config_);
  EXPECT_FALSE(second.cached);
  EXPECT_NE(second.key, first.key);

  edit("include/stub_scale.svh", "- bias", "+ bias");
  EXPECT_TRUE(build_dut(config_).cached);
}

TEST_F(BuildTest, SeesANewFileThatHidesAnInclude) {
  edit("files.f", "+incdir+include", "+incdir+first+include");
  fs::create_directory(rtl_ / "first");
  const BuiltDut first = build_dut(config_);
  std::string text = dut::read_text(rtl_ / "include/stub_scale.svh");
  write("first/stub_scale.svh", text.replace(text.find("+ bias"), 6, "- bias"));
  EXPECT_NE(build_dut(config_).key, first.key);
}

TEST_F(BuildTest, DoesNotCompileAgainForAnUnrelatedFile) {
  const BuiltDut first = build_dut(config_);
  write("README.md", "new");
  const BuiltDut second = build_dut(config_);
  EXPECT_TRUE(second.cached);
  EXPECT_EQ(second.key, first.key);
}

TEST_F(BuildTest, TheFirstKeyCoversConfigurationAndSources) {
  const auto key = [&](const DutConfig& config) { return dut::make_recipe(config, cache_).key; };
  const std::string before = key(config_);
  EXPECT_EQ(key(config_), before);

  DutConfig other = config_;
  other.parameters["Cols"] = 5;
  EXPECT_NE(key(other), before) << "a parameter";
  other = config_;
  other.optimize = "O2";
  EXPECT_NE(key(other), before) << "a compiler flag";
  other = config_;
  other.top = "another";
  EXPECT_NE(key(other), before) << "the top module";
  other = config_;
  other.instrument = Instrument::kTrace;
  EXPECT_NE(key(other), before) << "waveforms";
  DutConfig covering = config_;
  covering.instrument = Instrument::kCoverage;
  EXPECT_NE(key(covering), before) << "coverage";
  EXPECT_NE(key(covering), key(other));
  edit("files.f", "stub_core.sv", "stub_core.sv +define+X");
  EXPECT_NE(key(config_), before) << "the file list";
  edit("files.f", " +define+X", "");
  EXPECT_EQ(key(config_), before);
  edit("stub_core.sv", "// A small", "// A  small");
  EXPECT_NE(key(config_), before) << "a source";
}

TEST_F(BuildTest, SeesAnEditedAdapterAndWhatItIncludes) {
  const std::string text = dut::read_text(source_root() / "sim/dut/adapter/systole_core.cpp");
  const auto write_at = [&](const std::string& name, const std::string& content) {
    std::ofstream(folder_ / name) << content;
  };
  write_at("pins.cpp", "#include \"own.h\"\n" + text);
  write_at("own.h", "");
  fs::copy_file(source_root() / "sim/dut/adapter/systole_core.vlt", folder_ / "pins.vlt");
  config_.adapter = folder_ / "pins.cpp";
  const BuiltDut first = build_dut(config_);
  EXPECT_TRUE(build_dut(config_).cached);

  write_at("own.h", "// Edited.\n");
  const BuiltDut second = build_dut(config_);
  EXPECT_FALSE(second.cached);
  EXPECT_NE(second.key, first.key);

  write_at("pins.cpp", "#include \"own.h\"\nint x = y;\n" + text);
  const std::string error = message_of<SimulationError>([&] { build_dut(config_); });
  EXPECT_TRUE(contains(error, (folder_ / "pins.cpp").string() + ":2:9: error: ")) << error;
}

TEST_F(BuildTest, RebuildsADamagedEntry) {
  const BuiltDut first = build_dut(config_);
  fs::resize_file(first.object, fs::file_size(first.object) / 2);
  const BuiltDut second = build_dut(config_);
  EXPECT_FALSE(second.cached);
  EXPECT_EQ(second.key, first.key);
  EXPECT_EQ(entries(), 1u);
  Dut dut(second, 1);
  const Traffic traffic = make_traffic(dut.geometry(), {});
  EXPECT_EQ(drive(dut, traffic).outputs, traffic.outputs);
}

TEST_F(BuildTest, ShowsVerilatorsErrorsWithTheUsersPaths) {
  edit("stub_core.sv", "module systole_core", "module\n= systole_core");
  const std::string error = message_of<SimulationError>([&] { build_dut(config_); });
  EXPECT_TRUE(contains(error, "%Error: " + (rtl_ / "stub_core.sv").string() + ":5:1: syntax error"))
      << error;
  EXPECT_FALSE(contains(error, "Exiting due to")) << error;
  const std::size_t log = error.find("log: ");
  ASSERT_NE(log, std::string::npos);
  EXPECT_TRUE(fs::exists(error.substr(log + 5))) << error;
  EXPECT_EQ(entries(), 0u);
  EXPECT_EQ(leftovers(), 0u);
}

TEST_F(BuildTest, NamesAParameterThatTheDesignLacks) {
  config_.parameters["Depth"] = 3;
  const std::string error = message_of<InputError>([&] { build_dut(config_); });
  EXPECT_TRUE(contains(error, "dut.parameters.Depth: got a parameter that")) << error;
  EXPECT_EQ(entries(), 0u);
}

TEST_F(BuildTest, NamesATopModuleThatTheDesignLacks) {
  config_.top = "elsewhere";
  const std::string error = message_of<InputError>([&] { build_dut(config_); });
  EXPECT_TRUE(contains(error, rtl_.string() + ": dut.top: got elsewhere")) << error;
}

TEST_F(BuildTest, SaysWhatIsMissing) {
  DutConfig other = config_;
  other.dir = folder_ / "nowhere";
  EXPECT_TRUE(contains(message_of<InputError>([&] { build_dut(other); }), "nowhere: dut.dir: got"));
  other = config_;
  other.filelist = "none.f";
  EXPECT_TRUE(contains(message_of<InputError>([&] { build_dut(other); }), "none.f: dut.filelist"));
  other = config_;
  other.adapter = folder_ / "none.cpp";
  EXPECT_TRUE(contains(message_of<InputError>([&] { build_dut(other); }), "dut.adapter"));

  const std::string path = ::getenv("PATH");
  ::setenv("PATH", folder_.c_str(), 1);
  const std::string error = message_of<InputError>([&] { build_dut(config_); });
  ::setenv("PATH", path.c_str(), 1);
  EXPECT_TRUE(contains(error, "verilator: got no such program")) << error;
  EXPECT_TRUE(contains(error, "flows/setup")) << error;
}

TEST_F(BuildTest, TakesTheVerilatorThatTheEnvironmentNames) {
  const std::string usual = dut::make_recipe(config_, cache_).key;
  const fs::path other = folder_ / "my_verilator";
  std::ofstream(other) << "#!/bin/sh\n[ $1 = --version ] && echo Another && exit\n"
                          "exec verilator \"$@\"\n";
  fs::permissions(other, fs::perms::owner_all);
  ::setenv("VERILATOR", other.c_str(), 1);
  const dut::Recipe recipe = dut::make_recipe(config_, cache_);
  EXPECT_EQ(recipe.tools.verilator.program, other);
  EXPECT_EQ(recipe.tools.verilator.version, "Another");
  EXPECT_NE(recipe.key, usual);

  ::setenv("VERILATOR", (folder_ / "none").c_str(), 1);
  const std::string error = message_of<InputError>([&] { build_dut(config_); });
  ::unsetenv("VERILATOR");
  EXPECT_TRUE(contains(error, "none: VERILATOR: got no program")) << error;
}

TEST_F(BuildTest, SaysWhichCacheCannotBeWritten) {
  std::ofstream(folder_ / "file") << "not a folder";
  ::setenv("SYSTOLE_CACHE", (folder_ / "file/cache").c_str(), 1);
  const std::string error = message_of<InputError>([&] { build_dut(config_); });
  EXPECT_TRUE(contains(error, "file/cache: cache: got")) << error;
  EXPECT_TRUE(contains(error, "SYSTOLE_CACHE")) << error;
}

}  // namespace
}  // namespace systole
