// Sources in dependency levels; paths are relative to this file (verilator -F).
axis_check.sv
delay_line.sv
row_fifo.sv

pe_array.sv

os_matmul.sv
