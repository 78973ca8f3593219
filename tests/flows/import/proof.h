// proof.h: networks and recorded tensors of the data folder, imported and checked by the command.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/files.h"

namespace systole::test {

/// The folder of networks that other people trained: $SYSTOLE_DATA, or nothing when it is absent.
std::optional<std::filesystem::path> data_folder();

/// Skips the test, with the reason, where the folder is absent.
#define SYSTOLE_REQUIRE_DATA(data)                                               \
  const auto data##_found = systole::test::data_folder();                        \
  if (!data##_found) GTEST_SKIP() << "SYSTOLE_DATA names no folder of networks"; \
  const std::filesystem::path data = *data##_found

/// A network to import: `systole import <words> -o ...`.
struct Source {
  std::vector<std::string> words;
};

/// Imports the network to `bundle`; a message, or empty when it worked.
std::string import_bundle(const Source& source, const std::filesystem::path& bundle);

/// Imports the recorded tensors to a trace beside `bundle`, runs check-import with the expected
/// differences (a file, or empty), and returns its JSON with the exit status as "exit".
nlohmann::json check_goldens(const Source& source, const std::filesystem::path& bundle,
                             const std::vector<std::filesystem::path>& goldens,
                             const std::filesystem::path& expected = {});

/// Compared and differing elements of all ops whose kind is one of `kinds` (none: all).
struct Counts {
  std::int64_t compared = 0, recorded = 0, chained = 0;
};
Counts count(const nlohmann::json& check, const std::vector<std::string>& kinds = {});
Counts operator+(const Counts& a, const Counts& b);

}  // namespace systole::test
