// bundle_reader.cpp: reads and checks a bundle's network.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "model/config/nearest.h"
#include "model/config/value.h"
#include "model/network/bundle.h"
#include "model/network/bundle_ops.h"
#include "model/network/bundle_samples.h"
#include "model/network/names.h"
#include "model/network/op_fields.h"
#include "model/network/shapes.h"
#include "model/tensor/sha256.h"

namespace systole {
namespace {

constexpr IntRange kExtents = {1, 1 << 20};
constexpr std::int64_t kMostElements = std::int64_t{1} << 31;

/// The text of a scalar that must be `expected`.
void expect_text(const Value& value, const std::string& expected) {
  if (value.as_string() != expected) throw value.error(expected);
}

void expect_version(const Value& version) {
  if (version.as_int() != 1)
    throw version.error("1, the one version that this program reads",
                        "use the Systole that wrote the bundle, or write it again with this one");
}

std::map<std::string, std::string> read_texts(const Value& value) {
  std::map<std::string, std::string> texts;
  for (const std::string& key : value.keys()) texts[key] = value.get(key).as_string();
  return texts;
}

NetworkInput read_input(const Value& yaml) {
  yaml.expect_keys({"name", "shape", "type", "scale", "zero_point"});
  NetworkInput input{.name = read_name(yaml.get("name")), .shape = {}, .quantization = {}};
  if (input.name == "labels") throw yaml.get("name").error("another name: samples have labels");
  const Value shape = yaml.get("shape");
  std::int64_t room = kMostElements;
  for (const Value& extent : shape.items()) {
    input.shape.push_back(extent.as_int(kExtents.lo, kExtents.hi));
    room /= input.shape.back();
  }
  if (input.shape.empty() || input.shape.size() > 3 || room < 1)
    throw shape.error("1 to 3 extents without the batch, at most 2^31 elements");
  Quantization& quantization = input.quantization;
  const Value type = yaml.get("type");
  input.is_float = type.as_string() == "float32";
  if (input.is_float) {
    yaml.expect_keys({"name", "shape", "type"});
    return input;
  }
  if (!parse_int_type(type.as_string(), quantization.type) || quantization.type.bits > 16)
    throw type.error("int1 to int16, uint1 to uint16 or float32");
  if (const auto scale = yaml.find("scale")) quantization.scale = read_scale(*scale);
  const IntRange range = quantization.type.range();
  if (const auto zero_point = yaml.find("zero_point"))
    quantization.zero_point = static_cast<std::int32_t>(zero_point->as_int(range.lo, range.hi));
  return input;
}

/// Reads a graph in order, and knows what each name stands for so far.
template <class Op>
class GraphReader {
 public:
  Graph<Op> read(const Value& root, const SafetensorsFile& tensors) {
    graph_.name = root.get("name").as_string();
    for (const Value& yaml : root.get("inputs").items()) add_input(yaml);
    if (graph_.inputs.empty()) throw root.get("inputs").error("at least one input");
    for (const Value& yaml : root.get("ops").items()) add_node(yaml, tensors);
    if (graph_.nodes.empty()) throw root.get("ops").error("at least one op");
    for (const Value& yaml : root.get("outputs").items())
      graph_.outputs.push_back(known_name(yaml, "an input or op"));
    if (graph_.outputs.empty()) throw root.get("outputs").error("at least one output");
    return std::move(graph_);
  }

 private:
  void add_input(const Value& yaml) {
    NetworkInput input = read_input(yaml);
    Shape shape = {1};
    shape.insert(shape.end(), input.shape.begin(), input.shape.end());
    define(yaml, input.name, shape, {input.quantization, input.is_float});
    graph_.inputs.push_back(std::move(input));
  }

  void add_node(const Value& yaml, const SafetensorsFile& tensors) {
    Node<Op> node;
    node.name = read_name(yaml.get("name"));
    std::vector<Shape> shapes;
    std::vector<Meaning> meanings;
    for (const Value& input : yaml.get("inputs").items()) {
      node.inputs.push_back(known_name(input, "an input or an earlier op"));
      shapes.push_back(shapes_.at(node.inputs.back()));
      meanings.push_back(meanings_.at(node.inputs.back()));
    }
    if (node.inputs.empty()) throw yaml.get("inputs").error("at least one name");
    read_op(OpFields(yaml, tensors), meanings, node);
    define(yaml, node.name, output_shape(node, shapes, yaml.location()),
           {node.output, node.is_float});
    graph_.nodes.push_back(std::move(node));
  }

  void define(const Value& yaml, const std::string& name, const Shape& shape,
              const Meaning& meaning) {
    if (!shapes_.emplace(name, shape).second)
      throw yaml.get("name").error("a name that no other input or op has");
    meanings_[name] = meaning;
    names_.push_back(name);
  }

  std::string known_name(const Value& yaml, const std::string& expected) const {
    const std::string& name = yaml.as_string();
    if (!shapes_.contains(name)) throw yaml.error(expected, did_you_mean(name, names_));
    return name;
  }

  Graph<Op> graph_;
  Shapes shapes_;
  std::map<std::string, Meaning> meanings_;
  std::vector<std::string> names_;
};

}  // namespace

Bundle load_bundle(const std::string& directory) {
  const std::filesystem::path folder = directory;
  const std::string yaml_path = (folder / "network.yaml").string();
  const std::string tensors_path = (folder / "tensors.safetensors").string();
  const Value root = load_yaml(yaml_path);
  expect_text(root.get("format"), "systole-network");
  expect_version(root.get("version"));  // Before the keys: another version may have others.
  root.expect_keys({"format", "version", "kind", "name", "description", "source", "inputs",
                    "outputs", "samples", "ops"});
  const SafetensorsFile tensors(tensors_path);

  Bundle bundle;
  constexpr std::array<std::string_view, 2> kKinds = {"float", "integer"};
  if (root.get("kind").as_choice(kKinds) == 0)
    bundle.network = GraphReader<FloatOp>().read(root, tensors);
  else
    bundle.network = GraphReader<IntOp>().read(root, tensors);
  if (const auto description = root.find("description"))
    bundle.description = description->as_string();
  if (const auto source = root.find("source")) bundle.source = read_texts(*source);
  if (const auto samples = root.find("samples")) {
    const auto& inputs = std::visit(
        [](const auto& network) -> const auto& { return network.inputs; }, bundle.network);
    bundle.samples = read_samples(*samples, inputs, tensors);
  }
  bundle.hash = sha256(sha256_of_file(yaml_path) + sha256_of_file(tensors_path));
  return bundle;
}

}  // namespace systole
