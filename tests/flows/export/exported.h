// exported.h: exports of the embedded network, whole and damaged.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/support/process.h"

namespace systole::test {

/// `systole export` of one digit for a 4x4 array, but for `options`.
Finished export_digits(const std::filesystem::path& out,
                       const std::vector<std::string>& options = {});

/// The same, which succeeds, in a folder of its own.
std::unique_ptr<TempDirectory> exported(const std::vector<std::string>& options = {});

/// A copy of one export with the default layout, that is made once.
std::unique_ptr<TempDirectory> copy_of_export();

/// Changes manifest.json.
void edit_manifest(const std::filesystem::path& folder,
                   const std::function<void(nlohmann::ordered_json&)>& change);

/// Replaces a file of a memory, and its size and digests in the manifest.
void replace_file(const std::filesystem::path& folder, const std::string& path,
                  const std::string& text);

Finished verify(const std::filesystem::path& folder);
/// `systole run --from-images`, with its results in `folder`/run.
Finished run_from(const std::filesystem::path& folder,
                  const std::vector<std::string>& options = {});

}  // namespace systole::test
