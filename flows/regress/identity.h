// identity.h: one digest over all that a case's result depends on besides its design.
#pragma once

#include <map>
#include <string>

#include "flows/cli/run_config.h"

namespace systole::regress {

/// Digests of folders and files, each computed once.
class Identities {
 public:
  Identities();

  /// Covers this program, the resolved settings that results depend on, the network's bundle and
  /// the file of inputs. Throws InputError when one of them cannot be read.
  std::string of(const RunConfig& config);

 private:
  const std::string& of_path(const std::string& path);

  std::string program_;
  std::map<std::string, std::string> paths_;
};

}  // namespace systole::regress
