// command_verify_images.cpp: `systole verify-images DIR`: what an export says of itself holds.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "flows/cli/commands.h"
#include "sim/image/verify_images.h"

namespace systole {
namespace {

struct VerifyOptions {
  std::string directory;
  bool json = false;
};

int run(const VerifyOptions& options) {
  const ImageReport report = verify_images(options.directory);
  fmt::print("{}", options.json ? to_json(report) : to_text(report, options.directory));
  return exit_code(report);
}

}  // namespace

void add_verify_images_command(CLI::App& app, Action& action) {
  auto options = std::make_shared<VerifyOptions>();
  CLI::App* command = app.add_subcommand(
      "verify-images", "Check exported memory images: files, digests, addresses, every element");
  command->add_option("images", options->directory, "Folder that `systole export` wrote")
      ->required();
  command->add_flag("--json", options->json, "Print JSON instead of the table");
  command->footer(
      "Exit codes: 0 all is as exported, 1 tensors differ from the bundle or the golden trace,\n"
      "2 a file is damaged or missing.\n"
      "Example:\n"
      "  systole verify-images images");
  command->callback([=, &action] { action = [=] { return run(*options); }; });
}

}  // namespace systole
