// Carries each row's control beside the datapath and raises it where a stage needs it.
//
// Array rows take Rows + 1 cycles to the accumulators of column 0; stream rows, which have no sum
// to wait for, enter there. The sequencer keeps the two from meeting.
module row_pipe #(
  parameter int unsigned Rows = 16
) (
  input  logic              clk_i,
  input  logic              rst_ni,
  input  systole_pkg::row_t array_row_i,
  input  systole_pkg::row_t stream_row_i,
  output systole_pkg::row_t acc_row_o,       // Cycle t: accumulators of column 0 are read.
  output logic              param_start_o,   // Cycle t.
  output logic              residual_pop_o,  // Cycle t + 1.
  output logic              tap_write_o,     // Cycle t + 2: value of column 0 is there.
  output logic              out_write_o      // Cycle t + 5: code of column 0 is there.
);

  localparam int unsigned RowBits = $bits(array_row_i);

  logic [RowBits-1:0] line_d[Rows+1], line_q[Rows+1];
  systole_pkg::row_t  array_row, row;
  logic [Rows:0]      valid_q;  // Reset; the rest of a row needs none.
  logic [5:1]         last_q;
  logic               residual_q;

  always_comb begin
    line_d[0] = array_row_i;
    for (int unsigned s = 1; s <= Rows; s++) line_d[s] = line_q[s-1];
  end

  always_comb begin
    array_row       = line_q[Rows];
    array_row.valid = valid_q[Rows];
    row             = stream_row_i.valid ? stream_row_i : array_row;
  end

  assign acc_row_o      = row;
  assign param_start_o  = row.valid && row.new_params;
  assign residual_pop_o = residual_q;
  assign tap_write_o    = last_q[2];
  assign out_write_o    = last_q[5];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q    <= '0;
      last_q     <= '0;
      residual_q <= 1'b0;
    end else begin
      valid_q    <= {valid_q[Rows-1:0], array_row_i.valid};
      last_q     <= {last_q[4:1], row.valid && row.last};
      residual_q <= row.valid && row.residual;
    end
  end

  always_ff @(posedge clk_i) begin
    line_q <= line_d;
  end

`ifndef SYNTHESIS
  RowsNeverMeet: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                  !(stream_row_i.valid && valid_q[Rows]))
  else $error("row_pipe: a stream row met an array row");
`endif

endmodule
