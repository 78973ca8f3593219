// support.h: what tests of several folders share: temporary files and messages of errors.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "model/config/error.h"
#include "tests/support/files.h"

namespace systole {

using TemporaryFolder = test::TempDirectory;

inline std::string read_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The message of the InputError that `action` throws; anything else fails the test.
template <class Action>
std::string message_of(Action action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no InputError";
  return "";
}

/// The same without the folder in front of file names.
template <class Action>
std::string message_of(const TemporaryFolder& folder, Action action) {
  std::string text = message_of(action);
  for (std::size_t at; (at = text.find(folder.path() + "/")) != std::string::npos;) {
    text.erase(at, folder.path().size() + 1);
  }
  return text;
}

}  // namespace systole
