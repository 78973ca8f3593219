// dut.cpp: loads a design's object and checks that it is what it should be.
#include "sim/dut/dut.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cassert>
#include <fstream>

#include "model/config/error.h"
#include "sim/dut/error.h"

namespace systole {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const fs::path& object, const std::string& why) {
  throw SimulationError(fmt::format("{}: {}", object.string(), why));
}

std::shared_ptr<void> load(const fs::path& object) {
  void* handle = ::dlopen(object.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle) {
    const char* why = ::dlerror();
    fail(object, fmt::format("cannot be loaded: {}", why ? why : "unknown error"));
  }
  return {handle, [](void* opened) { ::dlclose(opened); }};
}

const abi::Api* find_api(void* handle, const fs::path& object) {
  const auto get = reinterpret_cast<decltype(&systole_dut_api)>(::dlsym(handle, "systole_dut_api"));
  if (!get) fail(object, "is no simulated design");
  // The loader takes objects with the same path, or the same file, for one.
  Dl_info info = {};
  if (::dladdr(reinterpret_cast<void*>(get), &info) == 0 || object != info.dli_fname) {
    fail(object, "the loader returned another object");
  }
  const abi::Api* api = get();
  if (api->version != abi::kVersion || api->size != sizeof(abi::Api)) {
    fail(object,
         fmt::format("has version {} of the interface, expected {}", api->version, abi::kVersion));
  }
  return api;
}

/// Verilator's writers do not say when they cannot.
void check_writable(const fs::path& file, const std::string& key) {
  if (std::ofstream(file)) return;
  throw InputError({.where = {file.string()},
                    .key = key,
                    .got = "a file that cannot be written",
                    .expected = "a place for the file"});
}

}  // namespace

DutFacts read_facts(const BuiltDut& built) {
  const std::shared_ptr<void> object = load(built.object);
  const abi::Api* api = find_api(object.get(), built.object);
  return {api->geometry, api->has_tap != 0, api->poison != nullptr, api->trace != nullptr};
}

Dut::Dut(const BuiltDut& built, std::uint32_t seed)
    : in_use_(built.in_use), object_(load(built.object)) {
  assert(seed >= 1 && seed <= 0x7fffffff);
  api_ = find_api(object_.get(), built.object);
  dut_ = api_->create(seed);
  if (!dut_) fail(built.object, "the design cannot be created");
  if (run(0) == abi::Status::kFailed) {
    const std::string why = message();
    api_->destroy(dut_);
    fail(built.object, "the design failed during its reset:\n" + why);
  }
}

Dut::~Dut() { api_->destroy(dut_); }

void Dut::poison(std::uint32_t seed) {
  assert(can_poison());
  api_->poison(dut_, seed);
}

void Dut::begin(const abi::Op& op) {
  for ([[maybe_unused]] std::uint32_t c = 0; c < kChannelCount; ++c) {
    assert(op.rings[c].capacity != 0 && (op.rings[c].capacity & (op.rings[c].capacity - 1)) == 0);
    assert(op.rings[c].stride == beat_bytes(static_cast<Channel>(c), geometry()));
  }
  api_->begin(dut_, &op);
}

std::uint64_t Dut::replay(const abi::Replay& replay, std::uint64_t max_cycles) {
  return api_->replay(dut_, &replay, max_cycles);
}

void Dut::trace(const fs::path& file, std::uint64_t first, std::uint64_t last) {
  assert(can_trace());
  check_writable(file, "waveform");
  api_->trace(dut_, file.c_str(), first, last);
}

void Dut::write_coverage(const fs::path& file) {
  assert(counts_coverage());
  check_writable(file, "coverage");
  api_->write_coverage(dut_, file.c_str());
}

}  // namespace systole
