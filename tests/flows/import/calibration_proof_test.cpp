// calibration_proof_test.cpp: ranges and scales of ResNet-20, calibrated on the images that AIMET
// and ONNX Runtime were calibrated on, against theirs.
#include <gtest/gtest.h>

#include <map>

#include "model/fuse/fold_norms.h"
#include "model/network/bundle.h"
#include "model/network/float_params.h"
#include "model/quant/calibrate.h"
#include "model/quant/encodings_json.h"
#include "model/quant/fake_quantize.h"
#include "model/quant/tensor_observer.h"
#include "model/tensor/safetensors.h"
#include "tests/flows/import/proof.h"
#include "tests/support/process.h"

namespace systole::test {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SYSTOLE_SOURCE_ROOT;

void run_python(const std::vector<std::string>& words) {
  std::vector<std::string> command = {(kRoot / "build/python/bin/python").string()};
  command.insert(command.end(), words.begin(), words.end());
  const Finished finished = run_process(command);
  ASSERT_EQ(finished.exit_code, 0) << finished.err;
}

/// ResNet-20 with folded batch norms, and CIFAR-10 images 10 to 19.
Bundle resnet20(const fs::path& data) {
  const TempDirectory temp;
  const fs::path images = data / "cifar10_lossless";
  run_python({(kRoot / "flows/import/image_samples.py").string(), (images / "tests.idx").string(),
              "--range", "10:20", "--mean", "0.485", "0.456", "0.406", "--std", "0.229", "0.224",
              "0.225", "-o", temp.path("images.safetensors")});
  const Source source{{"pytorch", (data / "cifar10_resnet/resnet20.th").string(), "--topology",
                       (kRoot / "tests/flows/import/topologies/resnet20.yaml").string(),
                       "--samples", temp.path("images.safetensors")}};
  EXPECT_EQ(import_bundle(source, temp.path("net")), "");
  Bundle bundle = load_bundle(temp.path("net"));
  bundle.network = fold_norms(std::get<FloatNetwork>(bundle.network));
  return bundle;
}

/// What the ONNX networks call our tensors.
std::string onnx_name(std::string name) {
  const auto replace = [&](const std::string& from, const std::string& to) {
    if (!name.ends_with(from)) return false;
    name.replace(name.size() - from.size(), from.size(), to);
    return true;
  };
  if (name == "conv1.relu") return "relu1.out";
  if (name == "linear") return "logits";
  replace(".conv1.relu", ".relu1.out") || replace(".out_relu", ".relu2.out") ||
      replace(".conv2", ".conv2.out") || replace("avgpool", "gap.out");
  return name;
}

/// Affine quantizers of 8 bits of every tensor that both networks quantise, by the ONNX name.
std::map<std::string, Encoding> observed(const FloatNetwork& network, const Bundle& bundle,
                                         const std::set<std::string>& names,
                                         const RangeMethod& method) {
  const QuantizerRecipe recipe = {.is_symmetric = false, .method = method};
  std::map<std::string, TensorObserver> observers;
  std::vector<Watch> watches;
  const auto add = [&](const std::string& name) {
    if (!names.contains(onnx_name(name))) return;
    TensorObserver& seer =
        observers.try_emplace(onnx_name(name), TensorObserver(name, recipe)).first->second;
    watches.push_back({{name}, [&seer](const FloatTensor& x) { seer.observe(x); }});
  };
  add("input");
  for (const FloatNode& node : network.nodes) add(node.name);
  const AnyTensors& images = bundle.samples.at("test").inputs;
  calibrate(network, samples_of(images), watches);
  std::map<std::string, Encoding> result;
  for (const auto& [name, observer] : observers) result[name] = observer.encoding({});
  return result;
}

std::map<std::string, Encoding> aimet(const fs::path& data, const std::string& variant,
                                      EncodingRole role = EncodingRole::kActivation) {
  std::map<std::string, Encoding> result;
  const std::string file = data / "aimet" / (variant + ".encodings_1.0.0.json");
  for (const EncodingEntry& entry : load_encodings(file).entries)
    if (entry.role == role) result[entry.encoding.name] = entry.encoding;
  return result;
}

template <class Map>
std::set<std::string> keys(const Map& map) {
  std::set<std::string> names;
  for (const auto& [name, value] : map) names.insert(name);
  return names;
}

TEST(CalibratedResNet20, HasOnnxRuntimesScales) {
  SYSTOLE_REQUIRE_DATA(data);
  const TempDirectory temp;
  run_python({(kRoot / "tests/flows/import/dump_onnx_scales.py").string(),
              (data / "onnx_qdq/resnet20_u8s8_perchannel.qdq.onnx").string(),
              temp.path("scales.safetensors")});
  const SafetensorsFile scales(temp.path("scales.safetensors"));
  const Bundle bundle = resnet20(data);
  const auto& network = std::get<FloatNetwork>(bundle.network);
  const std::set<std::string> names = keys(aimet(data, "w8a8_minmax"));  // The same tensors.
  std::int64_t compared = 0;
  for (const auto& [name, encoding] : observed(network, bundle, names, MinMax{})) {
    if (!scales.contains(name)) continue;
    const double theirs = static_cast<double>(scales.read_float(name)[0]);
    EXPECT_NEAR(encoding.scale[0], theirs, 1e-5 * theirs) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 31);
}

/// The network with AIMET's integers for weights, behind which it observes.
FloatNetwork with_their_weights(FloatNetwork network, const fs::path& data) {
  const auto theirs = aimet(data, "w8a8_minmax", EncodingRole::kParameter);
  for (FloatNode& node : network.nodes) {
    if (!is_product(node.op)) continue;
    FloatTensor& weight = weight_of(node.op);
    Encoding encoding = theirs.at(node.name + ".weight");
    encoding.spec.granularity = PerChannel{static_cast<int>(weight.shape.size()) - 1};
    weight = fake_quantize(weight, encoding, Arithmetic::kFloat32);
  }
  return network;
}

TEST(CalibratedResNet20, HasAimetsScales) {
  SYSTOLE_REQUIRE_DATA(data);
  const Bundle bundle = resnet20(data);
  const FloatNetwork network = with_their_weights(std::get<FloatNetwork>(bundle.network), data);
  const std::map<std::string, Encoding> theirs = aimet(data, "w8a8_minmax");
  std::int64_t compared = 0;
  for (const auto& [name, encoding] : observed(network, bundle, keys(theirs), MinMax{})) {
    const double scale = theirs.at(name).scale[0];
    EXPECT_NEAR(encoding.scale[0], scale, 1e-5 * scale) << name;
    EXPECT_EQ(encoding.zero_point, theirs.at(name).zero_point) << name;
    ++compared;
  }
  EXPECT_EQ(compared, 31);
}

}  // namespace
}  // namespace systole::test
