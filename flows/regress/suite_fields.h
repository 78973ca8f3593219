// suite_fields.h: the parts that a case and a product of a suite share.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "flows/regress/suite.h"
#include "model/config/value.h"

namespace systole::regress {

/// What a suite's file is read with.
struct SuiteContext {
  std::filesystem::path folder;  ///< The suite's: its paths count from here.
  const KeyTable& run_keys;
};

/// Applies the keys that a case, a product and `defaults` share: config, set, tags, time_limit.
/// Settings and tags are appended to those that `to` has; the others replace.
void read_shared_fields(const Value& map, const SuiteContext& context, Case& to);

/// The settings of a list `[key=value, ...]`, checked against the run's keys, with paths resolved.
std::vector<std::string> read_settings(const Value& list, const SuiteContext& context);

/// The cases of one entry of `matrix`: a product. Throws InputError on an empty axis.
std::vector<Case> expand_matrix(const Value& map, const SuiteContext& context,
                                const Case& defaults);

/// Throws InputError unless `name` can be that of a folder and part of a pattern.
void check_case_name(const Value& value, const std::string& name);

/// A relative `path` counts from the suite's folder. Throws InputError when nothing is there.
std::string existing_path(const Value& path, const SuiteContext& context);

}  // namespace systole::regress
