// fixture.cpp: temporary folders and edits.
#include "tests/unit/sim/dut/fixture.h"

#include <stdlib.h>

#include <fstream>

#include "sim/dut/builder.h"
#include "sim/dut/digest.h"
#include "sim/dut/recipe.h"

namespace systole {

namespace fs = std::filesystem;

namespace {

std::size_t count_in(const fs::path& folder) {
  std::error_code error;
  std::size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(folder, error)) ++count;
  return count;
}

DutConfig small_config(const fs::path& dir) {
  DutConfig config;
  config.dir = dir;
  config.parameters = {
      {"Rows", 4}, {"Cols", 4}, {"AccDepth", 16}, {"ScaleBits", 32}, {"AccTap", 1}};
  config.optimize = "O0";
  return config;
}

}  // namespace

DutConfig stub_config() { return small_config(source_root() / "tests/unit/sim/dut/design"); }

DutConfig core_config() { return small_config(source_root() / "rtl"); }

DutConfig config_of(const std::string& design) {
  return design == "core" ? core_config() : stub_config();
}

BuiltDut build(const DutConfig& config) {
  use_shared_cache();
  return build_dut(config);
}

void use_shared_cache() { ::setenv("SYSTOLE_CACHE", SYSTOLE_TEST_CACHE, 1); }

void BuildTest::SetUp() {
  use_shared_cache();
  build_dut(stub_config());  // Leaves the runtime there.
  const std::string runtime = dut::make_recipe(stub_config(), SYSTOLE_TEST_CACHE).runtime_key;

  rtl_ = folder_ / "rtl";
  cache_ = folder_ / "cache";
  fs::copy(stub_config().dir, rtl_, fs::copy_options::recursive);
  fs::create_directories(cache_ / "runtime");
  fs::copy(fs::path(SYSTOLE_TEST_CACHE) / "runtime" / runtime, cache_ / "runtime" / runtime,
           fs::copy_options::recursive);
  ::setenv("SYSTOLE_CACHE", cache_.c_str(), 1);
  config_ = stub_config();
  config_.dir = rtl_;
}

void BuildTest::edit(const std::string& file, const std::string& from, const std::string& to) {
  std::string text = dut::read_text(rtl_ / file);
  const std::size_t place = text.find(from);
  ASSERT_NE(place, std::string::npos) << from;
  write(file, text.replace(place, from.size(), to));
}

void BuildTest::write(const std::string& file, const std::string& text) {
  fs::create_directories((rtl_ / file).parent_path());
  std::ofstream(rtl_ / file) << text;
}

std::size_t BuildTest::entries() const { return count_in(cache_ / "entries"); }

std::size_t BuildTest::leftovers() const { return count_in(cache_ / "tmp"); }

}  // namespace systole
