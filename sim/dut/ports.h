// ports.h: the top module's ports, as waveforms name them.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace systole::dut {

/// "clk_i", "act_data_i[3][15:0]", in the design's order, from the text of the function with which
/// Verilator (5.006) declares them to a waveform. None where it has another form.
std::vector<std::string> declared_ports(const std::string& text);

/// The same from the sources of a tracing build in `folder`; none where they do not trace.
std::vector<std::string> traced_ports(const std::filesystem::path& folder);

}  // namespace systole::dut
