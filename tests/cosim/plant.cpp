// plant.cpp: a copy and an edit.
#include "tests/cosim/plant.h"

#include "model/config/value.h"
#include "tests/cosim/bundles.h"

namespace systole::test {

namespace fs = std::filesystem;

void plant(const fs::path& directory, const std::string& file, const std::string& find,
           const std::string& replacement) {
  fs::copy(SYSTOLE_SOURCE_DIR "/rtl", directory, fs::copy_options::recursive);
  replace_once(directory / file, find, replacement);
}

void plant(const fs::path& directory, const std::string& name) {
  const Value fault = load_yaml(SYSTOLE_SOURCE_DIR "/tests/cosim/faults/" + name + ".yaml");
  plant(directory, fault.get("file").as_string(), fault.get("find").as_string(),
        fault.get("replace").as_string());
}

}  // namespace systole::test
