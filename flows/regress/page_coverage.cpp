// page_coverage.cpp: lines and bits of the RTL that all cases together covered, by module.
#include <fmt/format.h>

#include "flows/regress/page_parts.h"
#include "sim/report/terminal.h"

namespace systole::regress {
namespace {

Html tally_cell(const Tally& tally, const char* kind) {
  if (tally.total == 0) return element("td", {{"class", "bars"}});
  return cell("bars", tally.percent(),
              {meter(kind, 0.01 * tally.percent(), fmt::format("{:.1f} %", tally.percent()))});
}

Html missed_cell(const Tally& tally) {
  const std::int64_t missed = tally.total - tally.covered;
  return cell(
      "n wide", static_cast<double>(missed),
      {text(missed > 0 ? fmt::format("{} of {}", with_commas(missed), with_commas(tally.total))
                       : "")});
}

Html row(const std::string& name, const std::string& sub, const Tally& lines,
         const Tally& toggles) {
  return element("tr", {},
                 {element("td", {{"class", "name"}},
                          {name_text(name), element("span", {{"class", "sub"}}, {name_text(sub)})}),
                  tally_cell(lines, "cycles"), missed_cell(lines), tally_cell(toggles, "use"),
                  missed_cell(toggles)});
}

Html tree_table(const TreeCoverage& tree) {
  Html head = heading("Module"), rows;
  head += heading("Lines");
  head += heading("Not executed", "n wide");
  head += heading("Bits");
  head += heading("Never changed", "n wide");
  rows += row("All modules", tree.rtl, tree.coverage.lines(), tree.coverage.toggles());
  for (const ModuleCoverage& module : tree.coverage.modules)
    rows += row(module.name, module.file, module.line_tally(), module.toggle_tally());
  Html notes;
  if (tree.coverage.modules.empty())
    notes += element("p", {{"class", "names"}}, "No case of " + tree.rtl + " has left counts.");
  for (const std::string& note : tree.coverage.unread)
    notes += element("p", {{"class", "names"}}, note);
  if (tree.coverage.modules.empty()) return notes;
  return {element("div", {{"class", "card scroll"}},
                  {element("table", {},
                           {element("thead", {}, {element("tr", {}, {head})}),
                            element("tbody", {}, {rows})})})
              .source +
          notes.source +
          element("p", {{"class", "names"}}, {link(tree.folder + "/index.html", "Line by line")})
              .source};
}

}  // namespace

Html coverage_section(const RegressionReport& report) {
  if (report.coverage.empty()) return {};
  Html inside = element("h2", {{"style", "margin-bottom:14px"}}, "Coverage of the RTL");
  for (const TreeCoverage& tree : report.coverage) inside += tree_table(tree);
  return element("section", {}, {inside});
}

}  // namespace systole::regress
