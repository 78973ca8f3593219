// manifest.cpp: digests of files and folders, and manifests as JSON.
#include "sim/dut/manifest.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "model/tensor/atomic_file.h"
#include "sim/dut/digest.h"
#include "sim/dut/store.h"

namespace systole::dut {

namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr std::size_t kMostManifests = 16;

}  // namespace

const std::string& Digests::of_file(const std::string& name) {
  const auto [place, is_new] = files_.try_emplace(name);
  if (is_new) place->second = digest_of_file(names_.resolve(name));
  return place->second;
}

const std::string& Digests::of_folder(const std::string& name) {
  const auto [place, is_new] = folders_.try_emplace(name);
  if (is_new) place->second = digest_of_list(names_.resolve(name));
  return place->second;
}

bool Digests::hold(const Manifest& manifest) {
  const auto all = [](const auto& recorded, auto&& digest) {
    return std::all_of(recorded.begin(), recorded.end(),
                       [&](const auto& item) { return digest(item.first) == item.second; });
  };
  return all(manifest.files, [&](const std::string& name) { return of_file(name); }) &&
         all(manifest.folders, [&](const std::string& name) { return of_folder(name); });
}

std::vector<std::string> shadowing_folders(const std::vector<std::string>& files,
                                           const std::vector<std::string>& search_folders) {
  std::vector<fs::path> roots = {"."};  // Verilator runs in the RTL folder.
  roots.insert(roots.end(), search_folders.begin(), search_folders.end());
  std::set<std::string> folders;
  for (const fs::path& root : roots) folders.insert((root / ".").lexically_normal().string());
  for (const std::string& file : files) {
    for (const fs::path& root : roots) {
      const fs::path relative = fs::path(file).lexically_relative(root);
      if (relative.empty() || *relative.begin() == ".." || !relative.has_parent_path()) continue;
      for (const fs::path& other : roots) {
        folders.insert((other / relative.parent_path() / ".").lexically_normal().string());
      }
    }
  }
  return {folders.begin(), folders.end()};
}

std::vector<Manifest> read_manifests(const fs::path& file) try {
  std::vector<Manifest> manifests;
  std::ifstream in(file);
  if (!in) return manifests;
  for (const json& item : json::parse(in)) {
    manifests.push_back({item.at("entry").get<std::string>(),
                         item.at("files").get<std::map<std::string, std::string>>(),
                         item.at("folders").get<std::map<std::string, std::string>>()});
  }
  return manifests;
} catch (const json::exception&) {
  return {};
}

void add_manifest(const fs::path& file, const Manifest& manifest) {
  std::vector<Manifest> manifests = read_manifests(file);
  const auto is_same = [&](const Manifest& other) {
    return other.files == manifest.files && other.folders == manifest.folders;
  };
  std::erase_if(manifests, is_same);
  manifests.insert(manifests.begin(), manifest);
  if (manifests.size() > kMostManifests) manifests.resize(kMostManifests);

  json list = json::array();
  for (const Manifest& item : manifests) {
    list.push_back({{"entry", item.entry}, {"files", item.files}, {"folders", item.folders}});
  }
  make_cache_folder(file.parent_path());
  write_file_atomically(file.string(), list.dump(1) + "\n");
}

}  // namespace systole::dut
