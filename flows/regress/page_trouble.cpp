// page_trouble.cpp: every case that is not a match, with what is known of why.
#include <fmt/format.h>

#include "flows/regress/describe.h"
#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

/// Ops of a case that are shown with maps and evidence, and in a line each; more would make the
/// page a burden.
constexpr std::size_t kMostShown = 6, kMostLines = 40;

std::string capitalised(std::string text) {
  if (!text.empty() && 'a' <= text[0] && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

/// The conclusion that says most.
std::string finding(const Explanation& why) {
  if (!why.kind.empty()) return capitalised(why.kind);
  if (!why.stage.empty()) return "Wrong in " + why.stage;
  return why.pattern.empty() ? "Not localised" : capitalised(why.pattern);
}

bool is_downstream(const OpVerdict& op) { return op.explanation && op.explanation->follows; }

/// Stage, place in the array, pattern over the output; not what the finding says already.
Html places(const Explanation& why) {
  Html inside;
  const auto add = [&](const std::string& place) {
    inside += element("span", {{"class", "where"}}, place);
  };
  if (!why.stage.empty()) add("stage " + why.stage);
  const std::string found = finding(why);
  if (const std::string place = place_of(why);
      !place.empty() && capitalised(found).find(capitalised(place)) != 0)
    add(place);
  if (why.pattern == "all")
    add("differs everywhere");
  else if (!why.pattern.empty() && found != capitalised(why.pattern))
    add("differs in " + why.pattern);
  return inside.source.empty() ? inside : element("div", {{"class", "first"}}, {inside});
}

Html first_difference(const OpVerdict& op) {
  const auto pair = [](const std::string& name, const std::string& value) {
    return element("span", {}, {text(name + " "), element("b", {}, value)});
  };
  Html inside;
  if (op.first) {
    inside += pair("first at", fmt::format("[{}]", fmt::join(op.first->index, ", ")));
    inside += pair("expected", std::to_string(op.first->expected));
    inside += pair("got", std::to_string(op.first->got));
    inside += pair("tile", std::to_string(op.first->place.tile));
  }
  if (op.explanation && op.explanation->first_cycle && op.state != OpState::kFailed)
    inside += pair("cycle", with_commas(static_cast<std::int64_t>(*op.explanation->first_cycle)));
  if (op.failure.kind != FailureKind::kNone) {
    inside += pair("kind", std::string(to_string(op.failure.kind)));
    inside += pair("cycle", with_commas(static_cast<std::int64_t>(op.failure.cycle)));
    if (!op.failure.channel.empty()) inside += pair("waits", op.failure.channel);
    if (!op.failure.file.empty())
      inside += pair("at", fmt::format("{}:{}", op.failure.file, op.failure.line));
  }
  return inside.source.empty() ? inside : element("div", {{"class", "first"}}, {inside});
}

Html op_links(const Explanation& why, const std::string& folder) {
  Html inside;
  const auto add = [&](const std::string& file, const char* label) {
    if (!file.empty()) inside += link(folder + "/" + file, label);
  };
  add(why.wave, "Waveform");
  add(why.view, "Viewer file");
  add(why.reproducer, "Reproducer");
  return inside.source.empty() ? inside : element("div", {{"class", "links"}}, {inside});
}

std::string count_of(const OpVerdict& op) {
  return fmt::format("{} of {} elements differ", with_commas(op.mismatched),
                     with_commas(op.compared));
}

/// What differs, and what is known of it in a sentence. `same`: an op that failed in the same way.
Html op_line(const OpVerdict& op, const CaseResult& one, const std::string& same) {
  Html parts = element("h3", {{"class", "what"}}, {name_text(op.name)});
  parts += cached_tag(op.cached ? "cached" : "");
  const bool failed = op.state == OpState::kFailed;
  parts += element("span", {}, failed ? "failed" : count_of(op));
  if (failed)
    parts += element("span", {{"class", "soft"}}, same.empty() ? op.message : "As " + same);
  if (op.explanation) {
    const Explanation& why = *op.explanation;
    if (!failed)
      parts += element(
          "span", {{"class", "soft"}},
          is_downstream(op) && !why.evidence.empty() ? capitalised(why.evidence[0]) : finding(why));
    parts += op_links(why, one.folder);
  }
  return element("div", {{"class", "wrong line"}}, {parts});
}

Html op_block(const OpVerdict& op, const CaseResult& one) {
  Html count = element("div", {{"class", "count"}}, count_of(op));
  Html left = element("h3", {{"class", "what"}},
                      {text(op.name), element("span", {{"class", "faint"}}, "  " + op.op),
                       cached_tag(op.cached ? "cached" : "")});
  Html maps;
  if (op.state == OpState::kFailed)
    left += element("p", {{"class", "message"}}, op.message.empty() ? "failed" : op.message);
  else
    left += count;
  if (op.explanation) {
    const Explanation& why = *op.explanation;
    if (op.state != OpState::kFailed || !why.stage.empty() || !why.kind.empty())
      left += element("p", {{"class", "finding"}}, finding(why));
    left += places(why);
    left += first_difference(op);
    Html sentences;
    for (const std::string& sentence : why.evidence)
      sentences += element("li", {}, capitalised(sentence));
    if (!why.evidence.empty()) left += element("ul", {{"class", "evidence"}}, {sentences});
    left += op_links(why, one.folder);
    maps += output_map(why.output);
    maps += array_map(why, one.verdict.rows, one.verdict.columns);
  } else {
    left += first_difference(op);
  }
  return element("div", {{"class", "wrong"}},
                 {element("div", {}, {left}),
                  maps.source.empty() ? maps : element("div", {{"class", "maps"}}, {maps})});
}

Html case_card(const CaseResult& one) {
  const std::size_t attempts = one.attempts.size();
  Html links = link(one.folder + "/verdict.json", "Verdict");
  if (one.verdict.ops.empty()) links = {};
  for (std::size_t i = 1; i <= attempts; ++i)
    links += link(fmt::format("{}/attempt-{}.log", one.folder, i),
                  attempts == 1 ? "Log" : fmt::format("Log {}", i));
  Html inside =
      element("header", {},
              {element("h3", {}, {name_text(one.title())}), pill(to_string(one.state)),
               element("span", {{"class", "soft"}},
                       fmt::format("{}{}{}", one.verdict.network,
                                   one.verdict.rows > 0 ? " on " + array_of(one) : "",
                                   attempts > 1 ? fmt::format(", {} attempts", attempts) : "")),
               element("div", {{"class", "links"}}, {links})});
  // The message repeats the first failed op's.
  bool has_failed_op = false;
  std::size_t blocks = 0, lines = 0, wrong = 0;
  Html ops;
  const OpVerdict* failed_before = nullptr;
  for (const OpVerdict& op : one.verdict.ops) {
    if (op.state != OpState::kMismatch && op.state != OpState::kFailed) continue;
    has_failed_op = has_failed_op || op.state == OpState::kFailed;
    ++wrong;
    const bool is_same_failure =
        op.state == OpState::kFailed && failed_before && op.message == failed_before->message;
    if (op.state == OpState::kFailed && !is_same_failure) failed_before = &op;
    if (!is_downstream(op) && !is_same_failure && blocks < kMostShown) {
      ops += op_block(op, one);
      ++blocks;
    } else if (lines < kMostLines) {
      ops += op_line(op, one, is_same_failure ? failed_before->name : "");
      ++lines;
    }
  }
  if (!one.message.empty() && !has_failed_op)
    inside += element("p", {{"class", "message"}}, one.message);
  inside += ops;
  if (const std::size_t shown = blocks + lines; wrong > shown)
    inside += element("p", {{"class", "soft"}, {"style", "margin-top:16px"}},
                      fmt::format("and {} more: the table below and the verdict have them",
                                  count_text(static_cast<std::int64_t>(wrong - shown), "op")));
  return element("article", {{"class", "card trouble"}}, {inside});
}

}  // namespace

Html trouble_section(const RegressionReport& report) {
  Html cards;
  for (const CaseResult& one : report.regression.cases)
    if (one.state != CaseState::kMatch && one.state != CaseState::kNotRun) cards += case_card(one);
  if (cards.source.empty()) return {};
  return element("section", {}, {element("h2", {}, "What does not match"), cards});
}

}  // namespace systole::regress
