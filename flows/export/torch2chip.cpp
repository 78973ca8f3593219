// torch2chip.cpp: writes the products of a run as Torch2Chip's export names and orders them.
#include "flows/export/torch2chip.h"

#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "flows/export/products.h"
#include "model/config/error.h"
#include "model/network/staged_directory.h"
#include "model/tensor/atomic_file.h"
#include "model/tensor/npy.h"
#include "model/tensor/safetensors.h"

namespace systole {
namespace {

constexpr const char* kTensors = "tensors.safetensors";
constexpr const char* kIndex = "matmul.json";

using Named = std::pair<std::string, const IntTensor*>;

std::vector<Named> named_tensors(const std::vector<Product>& products) {
  std::vector<Named> all;
  for (const Product& product : products) {
    all.emplace_back(product.name + "_x1", &product.x1);
    all.emplace_back(product.name + "_x2", &product.x2);
    all.emplace_back(product.name + "_y", &product.y);
  }
  return all;
}

std::string index_text(const std::vector<Product>& products) {
  nlohmann::ordered_json index;
  for (const Product& product : products)
    index[product.name] = {
        {"x_shape", product.x1.shape}, {"y_shape", product.x2.shape}, {"z_shape", product.y.shape}};
  return index.dump() + "\n";
}

}  // namespace

void write_torch2chip(const std::string& directory, const IntNetwork& network, const Trace& trace) {
  const std::vector<Product> products = list_products(network, trace);
  if (products.empty()) {
    throw InputError({.where = {network.name},
                      .got = "no integer product",
                      .expected = "a convolution or a matrix product of integers"});
  }
  const std::vector<Named> tensors = named_tensors(products);
  std::set<std::string> files = {kTensors, kIndex};
  for (const auto& [name, tensor] : tensors) files.insert({name + ".npy", name + ".pt"});

  StagedDirectory staged(directory + "/tensors", files);
  std::vector<SafetensorsEntry> entries;
  for (const auto& [name, tensor] : tensors) {
    write_npy(staged.file(name + ".npy"), *tensor);
    entries.push_back(encode(name, *tensor, IntType{.bits = 32}));
  }
  write_safetensors(staged.file(kTensors), entries);
  write_file_atomically(staged.file(kIndex), index_text(products));
  staged.commit();
}

}  // namespace systole
