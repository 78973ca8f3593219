// html.cpp: text of the page, from top to bottom.
#include "sim/coverage/html.h"

#include <fmt/format.h>

#include <set>

namespace systole {
namespace {

constexpr const char* kStyle = R"(
:root { color-scheme: light dark; --back: #fff; --text: #1b1f24; --dim: #667080; --line: #dde2e8;
  --good: #1f883d; --good-back: #e9f7ec; --bad: #cf222e; --bad-back: #ffecea; --some: #9a6700;
  --bar: #e6e9ee; --card: #f7f8fa; }
@media (prefers-color-scheme: dark) { :root { --back: #0f1318; --text: #e4e8ee; --dim: #8f9aa8;
  --line: #2a313a; --good: #46c065; --good-back: #11261a; --bad: #ff7b72; --bad-back: #351719;
  --some: #e0ac3f; --bar: #262d36; --card: #171c23; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem clamp(.75rem, 3vw, 2.5rem) 4rem; max-width: 78rem;
  background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.about, .dim { color: var(--dim); } .about { margin: .2rem 0 1.25rem; overflow-wrap: anywhere; }
.cards { display: flex; flex-wrap: wrap; gap: 1rem; }
.card { flex: 1 1 15rem; background: var(--card); border: 1px solid var(--line);
  border-radius: 10px; padding: .9rem 1.1rem; }
.card b { font-size: 1.9rem; line-height: 1.2; display: block; }
.bar { height: 8px; min-width: 5rem; border-radius: 4px; background: var(--bar); overflow: hidden; }
.bar i { display: block; height: 100%; background: var(--good); }
.bar.some i { background: var(--some); } .bar.bad i { background: var(--bad); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; color: var(--dim); font-weight: 500; font-size: .85rem; }
th, td { padding: .35rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
a { color: inherit; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .6rem 0; overflow: hidden; }
summary { cursor: pointer; padding: .5rem .9rem; background: var(--card); }
.source { overflow-x: auto; font: 12.5px/1.5 ui-monospace, monospace; padding: .4rem 0; }
.source div { display: grid; grid-template-columns: 3.5rem 5.5rem minmax(max-content, 1fr) auto;
  min-width: max-content; padding-right: .8rem; white-space: pre; border-left: 3px solid transparent; }
.source u { text-decoration: none; color: var(--dim); text-align: right; padding-right: .9rem; }
.source .hit { border-left-color: var(--good); }
.source .miss { border-left-color: var(--bad); background: var(--bad-back); }
.source em { font-style: normal; color: var(--some); padding-left: 2rem; cursor: help; }
.note { border-left: 3px solid var(--some); padding: .2rem .9rem; margin: 1rem 0;
  overflow-wrap: anywhere; }
@media (max-width: 44rem) { .wide .roomy { display: none; } }
)";

std::string bar(const Tally& tally) {
  const double percent = tally.percent();
  const char* look = percent >= 90 ? "" : percent >= 60 ? " some" : " bad";
  return fmt::format("<div class=\"bar{}\"><i style=\"width:{:.1f}%\"></i></div>", look, percent);
}

std::string percent_text(const Tally& tally) {
  return tally.total ? fmt::format("{:.1f} %", tally.percent()) : "–";
}

std::string card(const char* what, const Tally& tally) {
  return fmt::format("<div class=\"card\">{}<b>{}</b>{}<span class=\"dim\">{} of {}</span></div>\n",
                     what, percent_text(tally), bar(tally), tally.covered, tally.total);
}

std::string tally_cells(const Tally& tally) {
  const std::string counts = fmt::format("{} / {}", tally.covered, tally.total);
  return fmt::format(
      "<td class=\"number\">{}</td><td class=\"number roomy\">{}</td><td class=\"roomy\">{}</td>",
      percent_text(tally), tally.total ? counts : "", tally.total ? bar(tally) : "");
}

/// What never changed on a line: the first few names in sight, all of them (but at most 200) at
/// hand.
std::string toggle_note(const std::map<std::string, std::uint64_t>& bits) {
  constexpr std::size_t kInSight = 3, kAtHand = 200;
  std::string sight, hand;
  std::size_t count = 0;
  for (const auto& [bit, changes] : bits) {
    if (changes > 0) continue;
    ++count;
    if (count <= kInSight) sight += (count > 1 ? ", " : "") + bit;
    if (count <= kAtHand) hand += (count > 1 ? ", " : "") + bit;
  }
  if (count == 0) return "";
  return fmt::format("<em title=\"{}\">{} of {} bits never change: {}{}</em>", html_escaped(hand),
                     count, bits.size(), html_escaped(sight), count > kInSight ? ", …" : "");
}

/// What is known of a file's lines: its modules together.
struct FileCoverage {
  std::vector<std::string> modules;
  std::map<std::int64_t, std::uint64_t> lines;
  std::map<std::int64_t, std::map<std::string, std::uint64_t>> toggles;
  Tally line_tally, toggle_tally;
};

std::map<std::string, FileCoverage> by_file(const Coverage& coverage) {
  std::map<std::string, FileCoverage> files;
  for (const ModuleCoverage& module : coverage.modules) {
    FileCoverage& file = files[module.file];
    file.modules.push_back(module.name);
    file.lines.insert(module.lines.begin(), module.lines.end());
    file.toggles.insert(module.toggles.begin(), module.toggles.end());
    file.line_tally += module.line_tally();
    file.toggle_tally += module.toggle_tally();
  }
  return files;
}

std::string annotated(const FileCoverage& file, std::string_view text) {
  std::string html = "<div class=\"source\">\n";
  for (std::int64_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto line = file.lines.find(number);
    const auto toggles = file.toggles.find(number);
    const bool is_counted = line != file.lines.end();
    html += fmt::format("<div{}><u>{}</u><u>{}</u><span>{}</span>{}</div>\n",
                        is_counted ? line->second ? " class=\"hit\"" : " class=\"miss\"" : "",
                        number, is_counted ? std::to_string(line->second) : "",
                        html_escaped(text.substr(0, end)),
                        toggles == file.toggles.end() ? "" : toggle_note(toggles->second));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return html + "</div>\n";
}

std::string module_table(const Coverage& coverage) {
  std::string html =
      "<h2>Modules</h2>\n<div class=\"wide\"><table>\n<tr><th>module</th><th "
      "class=\"roomy\">file</th>"
      "<th class=\"number\">lines</th><th class=\"roomy\" colspan=\"2\"></th>"
      "<th class=\"number\">toggles</th><th class=\"roomy\" colspan=\"2\"></th></tr>\n";
  for (const ModuleCoverage& module : coverage.modules)
    html += fmt::format(
        "<tr><td><a href=\"#{0}\">{1}</a></td><td class=\"dim roomy\">{0}</td>{2}{3}</tr>\n",
        html_escaped(module.file), html_escaped(module.name), tally_cells(module.line_tally()),
        tally_cells(module.toggle_tally()));
  return html + "</table></div>\n";
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += c;
    }
  return escaped;
}

std::string to_html(const Coverage& coverage, const std::string& title,
                    const SourceText& source_text) {
  std::string html = fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Coverage of the RTL</title>\n<style>{}</style></head><body>\n"
      "<h1>Coverage of the RTL</h1>\n<p class=\"about\">{}</p>\n<div "
      "class=\"cards\">\n{}{}</div>\n",
      kStyle, html_escaped(title), card("Lines executed", coverage.lines()),
      card("Bits that changed", coverage.toggles()));
  for (const std::string& unread : coverage.unread)
    html += fmt::format("<p class=\"note\">Not counted: {}</p>\n", html_escaped(unread));
  html += module_table(coverage) +
          "<h2>Sources</h2>\n<p class=\"dim\">Beside each line, how often "
          "it was executed, over all instances; of several statements on a line, the least.</p>\n";
  for (const auto& [name, file] : by_file(coverage)) {
    const auto text = source_text(name);
    html += fmt::format(
        "<details><summary>{0} <span class=\"dim\">lines {1}, toggles {2}</span>"
        "</summary>\n<div id=\"{0}\">{3}</div></details>\n",
        html_escaped(name), percent_text(file.line_tally), percent_text(file.toggle_tally),
        text ? annotated(file, *text) : "<p class=\"note\">The source cannot be read.</p>\n");
  }
  return html + "</body></html>\n";
}

}  // namespace systole
