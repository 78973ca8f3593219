// fixture.h: a folder of a test's own, with a copy of the stand-in design and a cache.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "sim/dut/config.h"
#include "sim/dut/dut.h"
#include "tests/support/files.h"

namespace systole {

/// The stand-in design of this folder at 4x4, compiled quickly.
DutConfig stub_config();
/// The core in rtl/ at 4x4.
DutConfig core_config();

/// Of "stub" or "core".
DutConfig config_of(const std::string& design);

/// Uses a cache that all tests share: for tests of designs, not of builds.
void use_shared_cache();
/// Builds the design in that cache, unless it is there.
BuiltDut build(const DutConfig& config);

/// A test that builds: SYSTOLE_CACHE is empty at first but for Verilator's runtime, which is the
/// same for all.
class BuildTest : public testing::Test {
 protected:
  void SetUp() override;

  /// Replaces the first `from` in a file of the design's copy.
  void edit(const std::string& file, const std::string& from, const std::string& to);
  void write(const std::string& file, const std::string& text);
  /// How many designs the cache holds, and how many temporary folders.
  std::size_t entries() const;
  std::size_t leftovers() const;

  test::TempDirectory temporary_;
  std::filesystem::path folder_ = temporary_.path();
  std::filesystem::path rtl_;
  std::filesystem::path cache_;
  DutConfig config_;
};

/// `what()` of the exception of type `Error` that `body` throws.
template <class Error, class Body>
std::string message_of(Body&& body) {
  try {
    body();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing was thrown";
  return "";
}

}  // namespace systole
