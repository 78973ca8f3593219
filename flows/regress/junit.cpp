// junit.cpp: testsuites / testsuite / testcase, by pugixml.
#include "flows/regress/junit.h"

#include <fmt/format.h>

#include <filesystem>
#include <map>
#include <pugixml.hpp>
#include <sstream>
#include <vector>

#include "flows/regress/describe.h"

namespace systole::regress {
namespace {

void set(pugi::xml_node node, const char* name, const std::string& value) {
  node.append_attribute(name).set_value(xml_text(value).c_str());
}

/// The first line as the message, all of it as the text.
void add_outcome(pugi::xml_node test, const char* kind, const std::string& type,
                 const std::vector<std::string>& lines) {
  pugi::xml_node outcome = test.append_child(kind);
  set(outcome, "message", lines.empty() ? type : lines.front());
  set(outcome, "type", type);
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  outcome.text().set(xml_text(text).c_str());
}

enum class Outcome { kPassed, kFailure, kError, kSkipped };

Outcome outcome_of(const CaseResult& one, const std::vector<std::string>& slower) {
  switch (one.state) {
    case CaseState::kMatch:
      return slower.empty() ? Outcome::kPassed : Outcome::kFailure;
    case CaseState::kMismatch:
      return Outcome::kFailure;
    case CaseState::kFlaky:
    case CaseState::kTimeout:
    case CaseState::kFailed:
      return Outcome::kError;
    case CaseState::kNotRun:
      return Outcome::kSkipped;
  }
  return Outcome::kError;
}

/// What the baseline or the other tree says against a case.
std::vector<std::string> slow_downs(const RegressionReport& report, const CaseResult& one) {
  std::vector<std::string> lines;
  if (report.baseline)
    for (const CycleChange& change : report.baseline->slower())
      if (change.name == one.name) lines.push_back(describe(change));
  for (const SideComparison& sides : report.sides)
    if (one.side == "B" && sides.name == one.name)
      for (const OpSides& op : sides.ops)
        if (op.percent() > report.threshold)
          lines.push_back(describe({one.name, op.name, op.cycles_a, op.cycles_b}));
  return lines;
}

struct Counts {
  int tests = 0, failures = 0, errors = 0, skipped = 0;
  double seconds = 0.0;
};

void write(pugi::xml_node node, const Counts& counts) {
  set(node, "tests", std::to_string(counts.tests));
  set(node, "failures", std::to_string(counts.failures));
  set(node, "errors", std::to_string(counts.errors));
  set(node, "time", fmt::format("{:.3f}", counts.seconds));
}

void add_case(pugi::xml_node suite, const RegressionReport& report, const CaseResult& one,
              const std::string& group, Counts& counts) {
  pugi::xml_node test = suite.append_child("testcase");
  set(test, "classname", report.regression.suite + "." + group);
  set(test, "name", one.title());
  set(test, "time", fmt::format("{:.3f}", one.seconds()));
  ++counts.tests;
  counts.seconds += one.seconds();

  const std::vector<std::string> slower = slow_downs(report, one);
  std::vector<std::string> lines = describe(one);
  lines.insert(lines.end(), slower.begin(), slower.end());
  switch (outcome_of(one, slower)) {
    case Outcome::kPassed:
      break;
    case Outcome::kFailure:
      ++counts.failures;
      add_outcome(test, "failure",
                  one.state == CaseState::kMatch ? "slower" : std::string(to_string(one.state)),
                  lines);
      break;
    case Outcome::kError:
      ++counts.errors;
      add_outcome(test, "error", std::string(to_string(one.state)), lines);
      break;
    case Outcome::kSkipped:
      ++counts.skipped;
      set(test.append_child("skipped"), "message", "interrupted");
      break;
  }
}

Counts operator+(const Counts& a, const Counts& b) {
  return {a.tests + b.tests, a.failures + b.failures, a.errors + b.errors, a.skipped + b.skipped,
          a.seconds + b.seconds};
}

}  // namespace

std::string xml_text(const std::string& text) {
  std::string clean;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const std::size_t length = byte < 0x80             ? 1
                               : (byte & 0xe0) == 0xc0 ? 2
                               : (byte & 0xf0) == 0xe0 ? 3
                               : (byte & 0xf8) == 0xf0 ? 4
                                                       : 0;
    std::uint32_t code = length == 1 ? byte : byte & (0xffu >> (length + 1));
    bool valid = length > 0 && i + length <= text.size();
    for (std::size_t k = 1; valid && k < length; ++k) {
      const auto next = static_cast<unsigned char>(text[i + k]);
      valid = (next & 0xc0) == 0x80;
      code = (code << 6) | (next & 0x3fu);
    }
    constexpr std::uint32_t kShortest[] = {0, 0, 0x80, 0x800, 0x10000};
    const bool is_control = code < 0x20 && code != '\t' && code != '\n' && code != '\r';
    const bool is_surrogate = 0xd800 <= code && code <= 0xdfff;
    valid = valid && code >= kShortest[length] && !is_control && !is_surrogate && code != 0xfffe &&
            code != 0xffff && code <= 0x10ffff && code != 0x7f;
    if (valid) {
      clean += text.substr(i, length);
      i += length;
    } else {
      clean += '?';
      ++i;
    }
  }
  return clean;
}

std::string to_junit(const RegressionReport& report) {
  pugi::xml_document document;
  pugi::xml_node declaration = document.append_child(pugi::node_declaration);
  set(declaration, "version", "1.0");
  set(declaration, "encoding", "UTF-8");
  pugi::xml_node root = document.append_child("testsuites");
  set(root, "name", report.regression.suite);

  std::vector<std::string> groups;  // In order of their first case.
  std::map<std::string, std::vector<const CaseResult*>> by_group;
  for (const CaseResult& one : report.regression.cases) {
    const std::string group = std::filesystem::path(one.config).stem().string();
    if (by_group.count(group) == 0) groups.push_back(group);
    by_group[group].push_back(&one);
  }
  Counts all;
  for (const std::string& group : groups) {
    pugi::xml_node suite = root.append_child("testsuite");
    set(suite, "name", group);
    // Without the zone, as JUnit has it.
    set(suite, "timestamp",
        report.regression.started.substr(0, report.regression.started.find('Z')));
    Counts counts;
    for (const CaseResult* one : by_group[group]) add_case(suite, report, *one, group, counts);
    write(suite, counts);
    set(suite, "skipped", std::to_string(counts.skipped));  // Jenkins' schema has none of the root.
    all = all + counts;
  }
  write(root, all);
  std::ostringstream text;
  document.save(text, "  ");
  return text.str();
}

}  // namespace systole::regress
