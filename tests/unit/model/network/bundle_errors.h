// bundle_errors.h: what loading a bundle says after one edit of a good one.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/tensor/safetensors.h"
#include "tests/support/files.h"

namespace systole {

/// One edit of a good bundle and what it makes `load_bundle` say behind the file's name; TENSORS
/// stands for the path of the other file.
struct Case {
  const char* name;
  const char* from;
  const char* to;
  const char* message;
};

inline void PrintTo(const Case& value, std::ostream* out) { *out << value.name; }

inline std::string edited(std::string text, const Case& edit) {
  const std::size_t at = text.find(edit.from);
  EXPECT_NE(at, std::string::npos) << edit.from;
  return text.replace(at, std::string(edit.from).size(), edit.to);
}

inline void expect_message(const char* good, const std::vector<SafetensorsEntry>& tensors,
                           const Case& edit) {
  const test::TempDirectory temp;
  std::filesystem::create_directory(temp.path("b"));
  write_safetensors(temp.path("b/tensors.safetensors"), tensors);
  test::write_text(temp.path("b/network.yaml"), good);
  ASSERT_NO_THROW(load_bundle(temp.path("b")));
  test::write_text(temp.path("b/network.yaml"), edited(good, edit));
  try {
    load_bundle(temp.path("b"));
    FAIL() << "no error";
  } catch (const InputError& error) {
    std::string message = edit.message;
    if (const std::size_t at = message.find("TENSORS"); at != std::string::npos)
      message.replace(at, 7, temp.path("b/tensors.safetensors"));
    EXPECT_EQ(error.what(), temp.path("b/network.yaml") + ":" + message);
  }
}

}  // namespace systole
