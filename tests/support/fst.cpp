// fst.cpp: walks the hierarchy of an FST file.
#include "tests/support/fst.h"

#include <fstapi.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace systole::test {
namespace {

using Reader = std::unique_ptr<void, decltype(&fstReaderClose)>;

Reader open_reader(const std::filesystem::path& file) {
  return {fstReaderOpen(file.c_str()), &fstReaderClose};
}

struct Handles {
  std::map<std::string, fstHandle> handles;
  std::map<std::string, std::uint32_t> widths;
};

Handles walk(void* reader) {
  Handles found;
  std::vector<std::string> scopes;
  while (const fstHier* entry = fstReaderIterateHier(reader)) {
    std::string path;
    for (const std::string& scope : scopes) path += scope + ".";
    switch (entry->htyp) {
      case FST_HT_SCOPE:
        scopes.emplace_back(entry->u.scope.name);
        break;
      case FST_HT_UPSCOPE:
        scopes.pop_back();
        break;
      case FST_HT_VAR:
        found.handles[path + entry->u.var.name] = entry->u.var.handle;
        found.widths[path + entry->u.var.name] = entry->u.var.length;
        break;
      default:
        break;
    }
  }
  return found;
}

}  // namespace

Fst read_fst(const std::filesystem::path& file) {
  const Reader reader = open_reader(file);
  EXPECT_TRUE(reader) << file << " is no waveform";
  if (!reader) return {};
  return {fstReaderGetStartTime(reader.get()), fstReaderGetEndTime(reader.get()),
          walk(reader.get()).widths};
}

std::string value_at(const std::filesystem::path& file, const std::string& signal,
                     std::uint64_t time) {
  const Reader reader = open_reader(file);
  EXPECT_TRUE(reader) << file << " is no waveform";
  if (!reader) return "";
  const Handles found = walk(reader.get());
  const auto handle = found.handles.find(signal);
  EXPECT_NE(handle, found.handles.end()) << signal << " is not in " << file;
  if (handle == found.handles.end()) return "";
  std::string bits(found.widths.at(signal) + 1, '\0');
  const char* value =
      fstReaderGetValueFromHandleAtTime(reader.get(), time, handle->second, bits.data());
  return value ? value : "";
}

}  // namespace systole::test
