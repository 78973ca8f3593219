// page.cpp: the document around the sections.
#include "flows/regress/page.h"

#include "flows/regress/page_parts.h"

namespace systole::regress {

std::string to_page(const RegressionReport& report, const History& history) {
  const Regression& all = report.regression;
  const Html head = element(
      "head", {},
      {element("meta", {{"charset", "utf-8"}}),
       element("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}}),
       element("meta", {{"name", "color-scheme"}, {"content", "light dark"}}),
       element("title", {}, all.suite + ": regression"), element("style", {}, {Html{kPageStyle}})});
  const Html footer =
      element("footer", {},
              {text("systole " + all.version + ", suite " + all.file + ". The same as data: "),
               link("results.json", "results.json"), text(", "), link("junit.xml", "junit.xml"),
               text(".")});
  const Html body =
      element("body", {},
              {element("main", {},
                       {summary_section(report), trouble_section(report), baseline_section(report),
                        sides_section(report), cases_section(report, history), ops_section(report),
                        coverage_section(report), history_section(report, history), footer}),
               element("script", {}, {Html{kPageScript}})});
  return "<!doctype html>\n" + element("html", {{"lang", "en"}}, {head, body}).source + "\n";
}

}  // namespace systole::regress
