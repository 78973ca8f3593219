// prepare.cpp: calibrate, fuse, check, evaluate.
#include "flows/cli/prepare.h"

#include <algorithm>

#include "flows/cli/interrupt.h"
#include "flows/cli/quantise.h"
#include "model/config/error.h"
#include "model/network/check.h"
#include "model/network/execute.h"
#include "model/quant/answers.h"
#include "model/quant/paths.h"

namespace systole {
namespace {

void evaluate_paths(const Quantised& quantised, const SampleSet& samples,
                    const BatchOptions& options, Prepared& prepared) {
  const FusedNetwork& fused = quantised.fused;
  const PathComparison paths =
      compare_paths({quantised.encoded, &fused.network, fused.float_names, false},
                    samples_of(samples.inputs), options);
  const std::string& answer = quantised.encoded.network.outputs.at(0);
  prepared.accuracy =
      Accuracy{static_cast<std::int64_t>(samples.labels.size()),
               count_correct(paths.float_outputs.at(answer), samples.labels),
               count_correct(paths.int_outputs.at(fused.network.outputs.at(0)), samples.labels)};
  for (const PathDifference& op : paths.ops) prepared.sqnr[op.op] = sqnr_db(op.integer_to_float);
}

/// Replaces the float network of `prepared.bundle` by its integer network, and samples of reals by
/// their codes.
void quantise_network(const RunConfig& config, bool evaluate, Prepared& prepared) {
  const BatchOptions options = batch_options(config);
  Quantised quantised = quantise(config, prepared.bundle, options);
  const auto samples = evaluation_samples(prepared.bundle, config);
  if (evaluate && samples) evaluate_paths(quantised, *samples, options, prepared);
  for (const ScaleReport& report : quantised.fused.scales)
    prepared.worst_scale_error = std::max(prepared.worst_scale_error, report.largest_error);
  replace_network(prepared.bundle, std::move(quantised));
  prepared.from_float = true;
}

FloatTensor scores_of(const AnyTensor& output) {
  if (is_real(output)) return reals(output);
  const IntTensor& codes = integers(output);
  return {codes.shape, std::vector<float>(codes.data.begin(), codes.data.end())};
}

void evaluate_integers(const RunConfig& config, Prepared& prepared) {
  const auto samples = evaluation_samples(prepared.bundle, config);
  if (!samples) return;
  const AnyTensors outputs = run_integer(prepared.network(), samples->inputs);
  const std::int64_t correct = count_correct(scores_of(outputs.begin()->second), samples->labels);
  prepared.accuracy =
      Accuracy{static_cast<std::int64_t>(samples->labels.size()), std::nullopt, correct};
}

/// Replaces the network of `prepared.bundle` by one in the hardware's arithmetic.
void lower_network(const RunConfig& config, Prepared& prepared) {
  const auto& samples = prepared.bundle.samples;
  const auto set = samples.find(config.calibration_set);
  Peaks peaks;
  if (has_reals(prepared.network()))
    peaks = measure_peaks(prepared.network(),
                          set != samples.end()
                              ? set->second.inputs
                              : make_inputs(prepared.network(), samples, config.inputs).tensors);
  Lowered lowered = lower(prepared.network(), config.lower, peaks);
  if (interrupted()) throw Interrupted{};
  prepared.lowered = count_lowered_macs(lowered);
  for (const KeptOp& op : lowered.kept) prepared.host_reasons[op.op] = op.reason;
  for (const LoweredScale& scale : lowered.scales)
    prepared.worst_scale_error = std::max(prepared.worst_scale_error, scale.largest_error);
  prepared.bundle.network = std::move(lowered.network);
}

}  // namespace

Prepared prepare(const RunConfig& config, bool evaluate) {
  Prepared prepared;
  prepared.bundle = load_bundle(config.network);
  if (std::holds_alternative<FloatNetwork>(prepared.bundle.network)) {
    quantise_network(config, evaluate, prepared);
    if (has_unfit_products(prepared.network())) lower_network(config, prepared);
  } else {
    if (needs_lowering(prepared.network())) lower_network(config, prepared);
    check_network(prepared.network(), {config.allow_wrap});
    if (evaluate) evaluate_integers(config, prepared);
  }
  return prepared;
}

Trace record_golden(const Prepared& prepared, const Inputs& inputs, const std::string& out) {
  const std::string hash = write_bundle(out + "/network", prepared.bundle);
  Trace trace = record_trace(prepared.network(), hash, inputs.tensors);
  write_trace(out + "/golden", trace);
  return trace;
}

}  // namespace systole
