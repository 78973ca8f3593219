// trace_test.cpp: traces survive writing and reading; damage is found.
#include "golden/trace.h"

#include <gtest/gtest.h>

#include "model/config/error.h"
#include "model/tensor/safetensors.h"
#include "tests/fixtures/tiny_float.h"
#include "tests/support/files.h"

namespace systole {
namespace {

using test::read_text;
using test::TempDirectory;
using test::write_text;

Trace tiny_trace() {
  const Bundle bundle = tiny_int();
  return record_trace(std::get<IntNetwork>(bundle.network), "hash",
                      slice_batch(bundle.samples.at("test").inputs, 0, 2));
}

/// What opening the trace and reading all of it says behind the directory's name.
std::string complaint(const std::string& directory) {
  try {
    const TraceReader reader(directory);
    for (const TraceEntry& entry : reader.entries()) reader.read(entry.name);
    return "";
  } catch (const InputError& error) {
    std::string text = error.what();
    if (text.rfind(directory + "/", 0) == 0) text.erase(0, directory.size() + 1);
    return text;
  }
}

/// Replaces the first `from` of trace.json by `to`.
void edit_json(const std::string& directory, const std::string& from, const std::string& to) {
  std::string text = read_text(directory + "/trace.json");
  const std::size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << from;
  write_text(directory + "/trace.json", text.replace(at, from.size(), to));
}

TEST(Trace, HoldsInputsAndEveryOpInOrder) {
  const Trace trace = tiny_trace();
  const Bundle bundle = tiny_int();
  const auto& network = std::get<IntNetwork>(bundle.network);
  ASSERT_EQ(trace.entries.size(), network.nodes.size() + 1);
  EXPECT_EQ(trace.entries[0].name, "image");
  EXPECT_EQ(trace.entries[0].op, "input");
  EXPECT_EQ(trace.entries[1].name, "conv1");
  EXPECT_EQ(trace.entries[1].op, "int_conv2d");
  EXPECT_EQ(trace.entries[1].inputs, std::vector<std::string>{"image"});
  EXPECT_EQ(trace.entries[1].shape, (Shape{2, 6, 6, 8}));
  EXPECT_EQ(trace.entries[1].quantization.type.bits, 32);
}

TEST(Trace, SurvivesWritingAndReading) {
  const TempDirectory temp;
  const Trace trace = tiny_trace();
  write_trace(temp.path("t"), trace);
  const TraceReader reader(temp.path("t"));
  EXPECT_EQ(reader.network(), "tiny_int");
  EXPECT_EQ(reader.network_hash(), "hash");
  ASSERT_EQ(reader.entries().size(), trace.entries.size());
  for (std::size_t i = 0; i < trace.entries.size(); ++i) {
    const TraceEntry& entry = reader.entries()[i];
    EXPECT_EQ(entry.name, trace.entries[i].name);
    EXPECT_EQ(entry.op, trace.entries[i].op);
    EXPECT_EQ(entry.inputs, trace.entries[i].inputs);
    EXPECT_EQ(entry.quantization, trace.entries[i].quantization);
    EXPECT_EQ(entry.sha256, trace.entries[i].sha256);
    EXPECT_EQ(reader.read(entry.name), trace.tensors.at(entry.name)) << entry.name;
  }
}

TEST(Trace, EqualTracesGiveEqualBytes) {
  const TempDirectory temp;
  write_trace(temp.path("a"), tiny_trace());
  write_trace(temp.path("b"), tiny_trace());
  for (const char* file : {"/trace.json", "/tensors.safetensors"})
    EXPECT_EQ(read_text(temp.path("a") + file), read_text(temp.path("b") + file));
}

TEST(Trace, KeepsWhatAFaultyDesignComputed) {
  const TempDirectory temp;
  Trace trace;
  const IntTensor outside({1, 2}, {40000, -7});
  add_output(trace, {.name = "q", .inputs = {}, .op = IntFlatten{}, .output = {.type = {8, true}}},
             outside);
  write_trace(temp.path("t"), trace);
  EXPECT_EQ(TraceReader(temp.path("t")).read("q"), AnyTensor(outside));
}

TEST(Trace, ATamperedByteIsFound) {
  const TempDirectory temp;
  const Trace trace = tiny_trace();
  write_trace(temp.path("t"), trace);
  std::string bytes = read_text(temp.path("t/tensors.safetensors"));
  bytes.back() = static_cast<char>(bytes.back() ^ 1);  // The last tensor's last byte.
  write_text(temp.path("t/tensors.safetensors"), bytes);
  const std::string text = complaint(temp.path("t"));
  EXPECT_EQ(text.rfind("tensors.safetensors: logits.quant: got SHA-256 ", 0), 0U) << text;
  EXPECT_NE(text.find("; the file was changed after recording; record it again"),
            std::string::npos);
}

TEST(Trace, TruncatedFilesAreBadInput) {
  const TempDirectory temp;
  write_trace(temp.path("t"), tiny_trace());
  for (const char* file : {"t/trace.json", "t/tensors.safetensors"}) {
    const std::string whole = read_text(temp.path(file));
    for (std::size_t size = 0; size < whole.size() - 2; size += 211) {
      write_text(temp.path(file), whole.substr(0, size));
      EXPECT_NE(complaint(temp.path("t")), "") << file << " " << size;
    }
    write_text(temp.path(file), whole);
  }
  EXPECT_EQ(complaint(temp.path("t")), "");
}

TEST(Trace, AMissingFileIsNamed) {
  const TempDirectory temp;
  EXPECT_EQ(complaint(temp.path("t")).rfind("trace.json: ", 0), 0U);
  write_trace(temp.path("t"), tiny_trace());
  std::filesystem::remove(temp.path("t/tensors.safetensors"));
  EXPECT_EQ(complaint(temp.path("t")).rfind("tensors.safetensors: ", 0), 0U);
}

TEST(Trace, FilesThatContradictEachOtherAreBadInput) {
  const TempDirectory temp;
  const std::string t = temp.path("t");
  const auto fresh = [&] { write_trace(t, tiny_trace()); };
  fresh();
  edit_json(t, "\"shape\":[2,6,6,3]", "\"shape\":[2,6,3,6]");
  EXPECT_EQ(complaint(t),
            "tensors.safetensors: image: got [2, 6, 6, 3], expected [2, 6, 3, 6], as trace.json "
            "says");
  fresh();
  edit_json(t, "systole-trace", "trace");
  EXPECT_EQ(complaint(t), "trace.json: format: got \"trace\", expected \"systole-trace\"");
  fresh();
  edit_json(t, "\"version\": 1", "\"version\": 2");
  EXPECT_EQ(complaint(t), "trace.json: version: got 2, expected 1");
  fresh();
  edit_json(t, "\"inputs\":[\"image\"]", "\"inputs\":[\"later\"]");
  EXPECT_EQ(complaint(t),
            "trace.json: tensors[1].inputs: got \"later\", expected the name of an earlier tensor");
  fresh();
  edit_json(t, "\"type\":\"uint8\"", "\"type\":\"byte\"");
  EXPECT_EQ(complaint(t),
            "trace.json: tensors[0].type: got \"byte\", expected int8, uint4, ..., or float32");
  fresh();
  edit_json(t, "\"name\":\"conv1\"", "\"name\":\"image\"");
  EXPECT_EQ(complaint(t),
            "trace.json: tensors[1].name: got \"image\", expected a name that is not taken");
  fresh();
  edit_json(t, "\"shape\":[2,6,6,3]", "\"shape\":\"2x6\"");
  EXPECT_NE(complaint(t), "");
}

TEST(Trace, NumbersOutsideTheirRangeAreBadInput) {
  const TempDirectory temp;
  const std::string t = temp.path("t");
  const auto edited = [&](const char* from, const char* to) {
    write_trace(t, tiny_trace());
    edit_json(t, from, to);
    return complaint(t);
  };
  EXPECT_EQ(edited("\"zero_point\":128", "\"zero_point\":2147483648"),
            "trace.json: tensors[0].zero_point: got 2147483648, expected an integer in "
            "[-2147483648, 2147483647]");
  EXPECT_EQ(edited("\"zero_point\":128", "\"zero_point\":1e300"),
            "trace.json: tensors[0].zero_point: got 1e+300, expected an integer in [-2147483648, "
            "2147483647]");
  EXPECT_EQ(edited("\"shape\":[2,6,6,3]", "\"shape\":[2,-6,6,3]"),
            "trace.json: tensors[0].shape: got -6, expected an integer in [0, "
            "9223372036854775807]");
  EXPECT_EQ(edited("\"shape\":[2,6,6,3]", "\"shape\":[18446744073709551615,6,6,3]"),
            "trace.json: tensors[0].shape: got 18446744073709551615, expected an integer in [0, "
            "9223372036854775807]");
  EXPECT_EQ(edited("\"scale\":0.0078125", "\"scale\":-1"),
            "trace.json: tensors[0].scale: got -1, expected a number above 0");
}

TEST(Trace, ATensorThatTheJsonDoesNotListIsBadInput) {
  const TempDirectory temp;
  Trace trace = tiny_trace();
  write_trace(temp.path("t"), trace);
  const std::string all = read_text(temp.path("t/tensors.safetensors"));
  trace.entries.pop_back();
  write_trace(temp.path("t"), trace);
  write_text(temp.path("t/tensors.safetensors"), all);
  EXPECT_EQ(complaint(temp.path("t")),
            "tensors.safetensors: got 28 tensors, expected 27, as trace.json lists");
}

TEST(Trace, UnknownTensorsAreNamed) {
  const TempDirectory temp;
  write_trace(temp.path("t"), tiny_trace());
  const TraceReader reader(temp.path("t"));
  try {
    reader.read("logits.qaunt");
    FAIL() << "no error";
  } catch (const InputError& error) {
    EXPECT_EQ(error.what(), temp.path("t/tensors.safetensors") +
                                ": logits.qaunt: got no tensor of this name, expected one of 28; "
                                "did you mean logits.quant?");
  }
}

}  // namespace
}  // namespace systole
