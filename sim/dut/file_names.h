// file_names.h: names files by the tree they belong to, so that a cache serves every copy of a
// tree.
#pragma once

#include <filesystem>
#include <string>

namespace systole::dut {

/// `rtl:mul_quant.sv` lies in the RTL folder, `adapter:pins.h` beside the adapter,
/// `systole:dut/abi.h` in this project's sim/; any other file has its absolute path.
class FileNames {
 public:
  FileNames(const std::filesystem::path& rtl, const std::filesystem::path& adapter_folder);

  /// Of a path that counts from the RTL folder when it is relative.
  std::string name(const std::filesystem::path& path) const;
  std::filesystem::path resolve(const std::string& name) const;

 private:
  std::filesystem::path rtl_;
  std::filesystem::path adapter_;
};

}  // namespace systole::dut
