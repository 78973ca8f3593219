// encodings_reader.cpp: reads AIMET's encoding files.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "model/quant/encoding_entries.h"
#include "model/tensor/mapped_file.h"

namespace systole {
namespace {

using Json = nlohmann::json;

AimetVersion read_version(const JsonField& version) {
  const auto place =
      std::find(kAimetVersionNames.begin(), kAimetVersionNames.end(), version.text());
  if (place == kAimetVersionNames.end())
    version.fail(fmt::format("{}", fmt::join(kAimetVersionNames, ", ")));
  return static_cast<AimetVersion>(place - kAimetVersionNames.begin());
}

}  // namespace

EncodingsFile parse_encodings(std::string_view text, const std::string& path,
                              const TensorShapes& shapes) {
  Json json = parse_json_object(text, path);
  const JsonField root = {json, path, ""};
  EncodingsFile file = {.version = read_version(root.get("version"))};
  const auto add = [&](const JsonField& field, EncodingEntry entry) {
    located(field, [&] { check_encoding(entry.encoding); });
    file.entries.push_back(std::move(entry));
  };
  const auto read_section = [&](const std::string& name, EncodingRole role) {
    const JsonField section = root.get(name);
    if (file.version == AimetVersion::k061) {
      if (!section.json.is_object()) section.fail("an object of lists by tensor");
      for (const auto& item : section.json.items())
        add(section.get(item.key()), read_entry_061(section.get(item.key()), item.key(), role));
      return;
    }
    for (const JsonField& field : section.items()) add(field, read_entry_100(field, role, shapes));
  };
  if (file.version == AimetVersion::k200) {
    for (const JsonField& field : root.get("encodings").items()) add(field, read_entry_200(field));
    json.erase("encodings");
  } else {
    read_section("activation_encodings", EncodingRole::kActivation);
    read_section("param_encodings", EncodingRole::kParameter);
    json.erase("activation_encodings");
    json.erase("param_encodings");
  }
  json.erase("version");
  file.other = json.dump();
  return file;
}

EncodingsFile load_encodings(const std::string& path, const TensorShapes& shapes) {
  return parse_encodings(MappedFile(path).bytes(), path, shapes);
}

}  // namespace systole
