// exported.cpp: command lines, and edits of manifests.
#include "tests/flows/export/exported.h"

#include <gtest/gtest.h>

#include "model/tensor/sha256.h"
#include "sim/image/manifest.h"

namespace systole::test {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Finished export_digits(const fs::path& out, const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {
      "export", SYSTOLE_SOURCE_DIR "/configs/digits.yaml", "-o", out, "--count", "1"};
  for (const char* setting : {"dut.parameters.Rows=4", "dut.parameters.Cols=4", "dut.optimize=O0"})
    arguments.insert(arguments.end(), {"--set", setting});
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run_systole(arguments);
}

std::unique_ptr<TempDirectory> exported(const std::vector<std::string>& options) {
  auto folder = std::make_unique<TempDirectory>();
  const Finished finished = export_digits(folder->path(), options);
  EXPECT_EQ(finished.exit_code, 0) << finished.err;
  EXPECT_EQ(finished.err, "");
  return folder;
}

std::unique_ptr<TempDirectory> copy_of_export() {
  static const std::unique_ptr<TempDirectory> original = exported();
  auto folder = std::make_unique<TempDirectory>();
  fs::copy(original->path(), folder->path(), fs::copy_options::recursive);
  return folder;
}

void edit_manifest(const fs::path& folder, const std::function<void(Json&)>& change) {
  Json manifest = Json::parse(read_text(folder / "manifest.json"));
  change(manifest);
  write_text(folder / "manifest.json", manifest.dump(1));
}

void replace_file(const fs::path& folder, const std::string& path, const std::string& text) {
  ASSERT_TRUE(fs::exists(folder / path)) << path;
  write_text(folder / path, text);
  bool is_listed = false;
  edit_manifest(folder, [&](Json& manifest) {
    for (Json& memory : manifest["memories"])
      for (Json& region : memory["regions"])
        for (Json& file : region["files"]) {
          if (file["path"] != path) continue;
          file["bytes"] = text.size();
          file["crc32"] = crc32_of(text);
          file["sha256"] = sha256(text);
          is_listed = true;
        }
  });
  EXPECT_TRUE(is_listed) << path;
}

Finished verify(const fs::path& folder) { return run_systole({"verify-images", folder}); }

Finished run_from(const fs::path& folder, const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"run", "--from-images", folder, "-o", folder / "run"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  return run_systole(arguments);
}

}  // namespace systole::test
