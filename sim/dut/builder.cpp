// builder.cpp: two-level lookup, and a build that appears in the cache as a whole or not at all.
//
// The first key covers what is known before Verilator runs: configuration, tools, listed sources.
// Under it lie manifests, which name all other files that a build read; the one whose digests hold
// leads to the entry. The entry's key covers the content of all those files.
#include "sim/dut/builder.h"

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>

#include "model/tensor/sha256.h"
#include "sim/dut/compile.h"
#include "sim/dut/digest.h"
#include "sim/dut/error.h"
#include "sim/dut/manifest.h"
#include "sim/dut/ports.h"
#include "sim/dut/recipe.h"
#include "sim/dut/store.h"
#include "sim/dut/verilate.h"

namespace systole {
namespace {

namespace fs = std::filesystem;
using namespace dut;
using nlohmann::json;
using Clock = std::chrono::steady_clock;

constexpr int kMostAttempts = 5;

std::string hash_of_rtl(const Manifest& manifest) {
  std::string text;
  for (const auto& [name, digest] : manifest.files)
    if (name.starts_with("rtl:")) text += name + " " + digest + "\n";
  return sha256(text);
}

/// Opens the entry of `manifest` for use, unless it is absent or damaged.
std::optional<BuiltDut> open_entry(const fs::path& cache, const Manifest& manifest) {
  const fs::path entry = cache / "entries" / manifest.entry;
  auto lock = use_entry(entry);
  if (!lock) return std::nullopt;
  BuiltDut built;
  built.object = entry / "dut.so";
  built.key = manifest.entry;
  built.rtl_hash = hash_of_rtl(manifest);
  built.ports = json::parse(read_text(entry / kEntryFile)).value("ports", built.ports);
  built.cached = true;
  built.in_use = std::make_shared<FileLock>(std::move(*lock));
  return built;
}

std::optional<BuiltDut> look_up(const Recipe& recipe, const fs::path& cache) {
  Digests digests(recipe.names);
  for (const Manifest& manifest : read_manifests(cache / "manifests" / (recipe.key + ".json"))) {
    if (!digests.hold(manifest)) continue;
    if (auto built = open_entry(cache, manifest)) return built;
  }
  return std::nullopt;
}

/// True when one of `files` was written after `start`: Verilator may have read its old content.
bool changed_since(const Recipe& recipe, const std::vector<std::string>& files,
                   fs::file_time_type start) {
  for (const std::string& name : files) {
    std::error_code error;
    const auto time = fs::last_write_time(recipe.names.resolve(name), error);
    if (error || (time >= start && time <= fs::file_time_type::clock::now())) return true;
  }
  return false;
}

Manifest make_manifest(const Recipe& recipe, const std::vector<std::string>& files) {
  Manifest manifest;
  Digests digests(recipe.names);
  std::vector<std::string> rtl_files;
  for (const std::string& name : files) {
    manifest.files[name] = digests.of_file(name);
    if (name.starts_with("rtl:")) rtl_files.push_back(name.substr(4));
  }
  for (const std::string& folder : shadowing_folders(rtl_files, recipe.list.search_folders)) {
    const std::string name = recipe.names.name(folder);
    manifest.folders[name] = digests.of_folder(name);
  }
  std::string text = recipe.key;
  for (const auto& [name, digest] : manifest.files) text += "\n" + name + " " + digest;
  manifest.entry = sha256(text);
  return manifest;
}

json describe(const Recipe& recipe, const std::string& key, const fs::path& folder,
              double seconds) {
  return {{"kind", "dut"},
          {"key", key},
          {"top", recipe.config.top},
          {"parameters", recipe.config.parameters},
          {"rtl", recipe.rtl.lexically_normal().string()},
          {"adapter", recipe.names.name(recipe.adapter)},
          {"instrument", to_string(recipe.config.instrument)},
          {"ports", traced_ports(folder)},
          {"verilator", recipe.tools.verilator.version},
          {"compiler", recipe.tools.compiler.version},
          {"seconds", seconds}};
}

/// Builds and enters the design; the caller holds the recipe's lock. Nothing when a source changed
/// meanwhile.
std::optional<BuiltDut> build(const Recipe& recipe, const fs::path& cache,
                              const BuildProgress& progress) {
  const auto during = [&](std::string_view step) {
    return [&progress, step] {
      if (progress) progress(step);
    };
  };
  const auto start = Clock::now();
  // File times come from a coarser clock.
  const auto file_start = fs::file_time_type::clock::now() - std::chrono::milliseconds(10);
  const TemporaryFolder folder(cache);
  const fs::path log = cache / "logs" / (recipe.key + ".log");
  make_cache_folder(log.parent_path());

  during("verilating")();
  const auto files = verilate(recipe, folder.path(), log, during("verilating"));
  if (changed_since(recipe, files, file_start)) return std::nullopt;
  const Manifest manifest = make_manifest(recipe, files);
  const fs::path manifests = cache / "manifests" / (recipe.key + ".json");
  if (auto built = open_entry(cache, manifest)) {  // Only a folder's list was different.
    add_manifest(manifests, manifest);
    return built;
  }

  during("compiling")();
  const fs::path entry = folder.path() / "entry";
  fs::create_directory(entry);
  compile(recipe, cache, folder.path(), entry / "dut.so", log, during("compiling"));
  fs::copy_file(folder.path() / "verilator.log", entry / "verilator.log");

  const fs::path target = cache / "entries" / manifest.entry;
  if (fs::exists(target)) remove_entry(cache, target);  // Damaged.
  const std::chrono::duration<double> seconds = Clock::now() - start;
  publish(entry, target, describe(recipe, manifest.entry, folder.path(), seconds.count()));
  add_manifest(manifests, manifest);
  std::error_code ignored;
  fs::remove(log, ignored);

  auto built = open_entry(cache, manifest);
  if (built) built->cached = false;
  return built;
}

}  // namespace

BuiltDut build_dut(const DutConfig& config, const BuildProgress& progress) {
  const auto start = Clock::now();
  const auto finish = [&](const Recipe& recipe, BuiltDut built) {
    built.verilator = recipe.tools.verilator.version;
    built.compiler = recipe.tools.compiler.version;
    built.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return built;
  };
  const fs::path cache = cache_root();
  make_cache_folder(cache);

  for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
    const Recipe recipe = make_recipe(config, cache);
    if (auto built = look_up(recipe, cache)) return finish(recipe, std::move(*built));

    make_cache_folder(cache / "locks");
    const FileLock lock = FileLock::wait(cache / "locks" / (recipe.key + ".lock"), [&] {
      if (progress) progress("waiting for another build of this design");
    });
    if (auto built = look_up(recipe, cache)) return finish(recipe, std::move(*built));
    if (auto built = build(recipe, cache, progress)) return finish(recipe, std::move(*built));
  }
  throw SimulationError("the design cannot be built: its sources, or the cache, keep changing");
}

std::optional<BuiltDut> find_dut(const DutConfig& config) {
  const fs::path cache = cache_root();
  make_cache_folder(cache);
  return look_up(make_recipe(config, cache), cache);
}

}  // namespace systole
