// mutation_test.cpp: damaged files load or are bad input; nothing else happens, and soon.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>

#include "golden/check_import.h"
#include "golden/trace.h"
#include "model/config/error.h"
#include "model/network/bundle.h"
#include "model/network/check.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using test::write_text;

constexpr int kMutations = 1000;
const std::string kBundle = std::string(SYSTOLE_FIXTURES) + "/bundle_v1/integer";

/// 1 to 8 flipped bits, a truncation, two swapped runs of bytes, or a number that becomes absurd.
std::string mutated(std::string bytes, std::uint32_t seed) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) { return random() % std::max<std::size_t>(limit, 1); };
  switch (seed % 4) {
    case 0:
      for (std::size_t flips = 1 + below(8); flips > 0; --flips) {
        char& byte = bytes[below(bytes.size())];
        byte = static_cast<char>(byte ^ (1 << below(8)));
      }
      break;
    case 1:
      bytes.resize(below(bytes.size()));
      break;
    case 2: {
      const std::size_t length = 1 + below(16);
      const std::size_t a = below(bytes.size() - length), b = below(bytes.size() - length);
      for (std::size_t i = 0; i < length; ++i) std::swap(bytes[a + i], bytes[b + i]);
      break;
    }
    default: {
      const std::size_t at = bytes.find_first_of("0123456789", below(bytes.size()));
      if (at != std::string::npos) bytes.insert(at, std::string(1 + below(12), '9'));
    }
  }
  return bytes;
}

struct Outcome {
  int loaded = 0, refused = 0;
  double slowest = 0;  ///< Seconds.
};

/// Writes every mutation of `original` to `path` and loads it.
template <class Load>
Outcome mutate(const std::string& path, const std::string& original, const Load& load) {
  using Clock = std::chrono::steady_clock;
  Outcome outcome;
  for (std::uint32_t seed = 0; seed < kMutations; ++seed) {
    std::filesystem::remove(path);  // Rewriting a file in place can wait for the disk.
    write_text(path, mutated(original, seed));
    const Clock::time_point start = Clock::now();
    try {
      load();
      ++outcome.loaded;
    } catch (const InputError&) {
      ++outcome.refused;
    } catch (const std::exception& error) {
      ADD_FAILURE() << "seed " << seed << ": " << error.what();
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
    outcome.slowest = std::max(outcome.slowest, seconds);
  }
  write_text(path, original);
  EXPECT_NO_THROW(load());
  EXPECT_LT(outcome.slowest, 5);
  EXPECT_EQ(outcome.loaded + outcome.refused, kMutations);
  return outcome;
}

class Mutations : public testing::Test {
 protected:
  Mutations() {
    std::filesystem::copy(kBundle, temp.path("bundle"));
    const Bundle bundle = load_bundle(temp.path("bundle"));
    write_trace(temp.path("trace"),
                record_trace(std::get<IntNetwork>(bundle.network), bundle.hash,
                             slice_batch(bundle.samples.at("test").inputs, 0, 1)));
  }

  void load_all_of_bundle() const {
    const Bundle bundle = load_bundle(temp.path("bundle"));
    if (const auto* network = std::get_if<IntNetwork>(&bundle.network)) check_network(*network);
  }
  void load_all_of_trace() const {
    const TraceReader trace(temp.path("trace"));
    for (const TraceEntry& entry : trace.entries()) trace.read(entry.name);
  }
  Outcome mutate_file(const std::string& name, const std::function<void()>& load) const {
    return mutate(temp.path(name), read_text(temp.path(name)), load);
  }

  TempDirectory temp;
};

TEST_F(Mutations, OfABundlesYamlLoadOrAreRefused) {
  const Outcome outcome = mutate_file("bundle/network.yaml", [&] { load_all_of_bundle(); });
  EXPECT_GT(outcome.refused, kMutations / 2);
  EXPECT_GT(outcome.loaded, 0);
}

TEST_F(Mutations, OfABundlesTensorsLoadOrAreRefused) {
  const Outcome outcome = mutate_file("bundle/tensors.safetensors", [&] { load_all_of_bundle(); });
  EXPECT_GT(outcome.refused, kMutations / 2);
  EXPECT_GT(outcome.loaded, 0);  // A weight is as good as another.
}

TEST_F(Mutations, OfATracesJsonLoadOrAreRefused) {
  const Outcome outcome = mutate_file("trace/trace.json", [&] { load_all_of_trace(); });
  EXPECT_GT(outcome.refused, kMutations / 2);
}

TEST_F(Mutations, OfATracesTensorsAreRefused) {
  const Outcome outcome = mutate_file("trace/tensors.safetensors", [&] { load_all_of_trace(); });
  EXPECT_GT(outcome.refused, kMutations * 9 / 10);  // But for swaps of equal bytes.
}

TEST_F(Mutations, OfExpectedDifferencesLoadOrAreRefused) {
  const std::string text = R"(format: systole-expected-differences
version: 1
differences:
  - {op: conv, recorded: 3, chained: 17, reason: "its kernel rounds otherwise"}
  - {op: softmax, chained: 20400, reason: follows}
)";
  const std::vector<ImportedOp> ops = {{.name = "conv", .op = "int_conv2d"},
                                       {.name = "softmax", .op = "softmax"}};
  const std::string path = temp.path("expected.yaml");
  const Outcome outcome = mutate(path, text, [&] { load_expected_differences(path, ops); });
  EXPECT_GT(outcome.refused, kMutations / 4);
  EXPECT_GT(outcome.loaded, 0);
}

}  // namespace
}  // namespace systole
