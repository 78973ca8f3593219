// case_store.h: the folder of a case: what is kept of it, and whether that still holds.
#pragma once

#include <optional>
#include <string>

#include "flows/regress/result.h"

namespace systole::regress {

/// Makes `folder` empty for a case's runs. Throws InputError when it holds anything else than an
/// earlier case.
void clear_case(const std::string& folder);

/// Keeps that the case ended so: writes `folder`/case.json, atomically. `identity` covers what the
/// result depends on besides the design, which its verdict.json names.
void keep_case(const std::string& folder, const std::string& identity, const CaseResult& result);

/// What `folder` keeps of a finished case with this identity whose design has the key `dut_key`;
/// `plan` gives all that is not kept. Nothing where the case has not ended, ran out of time, or one
/// of its files is absent, damaged, or of another case, configuration or design.
std::optional<CaseResult> kept_case(const std::string& folder, const std::string& identity,
                                    const std::string& dut_key, const CaseResult& plan);

}  // namespace systole::regress
