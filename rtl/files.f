// Sources of the core in dependency levels; paths are relative to this file (verilator -F).
systole_pkg.sv

channel_check.sv
channel_fifo.sv
column_ram.sv
int_matmul.sv
mul_quant.sv
operand_check.sv
param_bank.sv
row_pipe.sv
sequencer.sv

accumulators.sv
column_fifo.sv
core_check.sv
skew_fifo.sv

systole_core.sv
