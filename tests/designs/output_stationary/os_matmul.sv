// Multiplies integer matrices tile by tile on an output-stationary array with AXI-Stream ports.
//
// A tile is sum[r, c] = sum over k of x[r, k] * w[k, c], with operands of 16 bits signed and sums of
// 32 bits. Beat k of `s_axis_x` is column k of x, beat k of `s_axis_w` is row k of w; tlast on both
// ends the tile. `m_axis_acc` then carries its Rows rows of sums, tlast on the last one, while the
// next tile is computed.
module os_matmul #(
  parameter int unsigned Rows = 16,
  parameter int unsigned Cols = 16
) (
  input  logic                  aclk,
  input  logic                  aresetn,
  input  logic [Rows-1:0][15:0] s_axis_x_tdata,
  input  logic                  s_axis_x_tvalid,
  output logic                  s_axis_x_tready,
  input  logic                  s_axis_x_tlast,
  input  logic [Cols-1:0][15:0] s_axis_w_tdata,
  input  logic                  s_axis_w_tvalid,
  output logic                  s_axis_w_tready,
  input  logic                  s_axis_w_tlast,
  output logic [Cols-1:0][31:0] m_axis_acc_tdata,
  output logic                  m_axis_acc_tvalid,
  input  logic                  m_axis_acc_tready,
  output logic                  m_axis_acc_tlast
);

  // Covers the rows between the end of a tile's last step and their transfer, and one tile more: an
  // output that is always ready never holds up the steps.
  localparam int unsigned OutDepth = 2 ** $clog2(2 * Rows + Cols + 8);

  typedef logic [15:0] count_t;

  logic                  x_full, x_valid, x_last, w_full, w_valid, w_last;
  logic [Rows-1:0][15:0] x, x_skewed;
  logic [Cols-1:0][15:0] w, w_skewed;
  logic                  step, ends_tile, can_end, first_q;
  logic                  row;
  logic [Cols-1:0]       row_q;  // Bit c: column c of a row leaves the array in the next cycle.
  logic [Cols-1:0][31:0] sum, sum_row;
  logic                  out_full, out_pop;
  count_t                free_q;   // Rows of the output queue that no tile has claimed.
  count_t                pause_q;  // Cycles until the array can read out another tile.
  count_t                out_row_q;

  // The input queues take a beat without looking at the other stream.
  assign s_axis_x_tready = !x_full;
  assign s_axis_w_tready = !w_full;

  row_fifo #(
    .Width(Rows * 16 + 1), .Depth(4)
  ) u_x (
    .clk_i(aclk), .rst_ni(aresetn),
    .push_i(s_axis_x_tvalid && s_axis_x_tready), .data_i({s_axis_x_tlast, s_axis_x_tdata}),
    .full_o(x_full), .valid_o(x_valid), .pop_i(step), .data_o({x_last, x})
  );

  row_fifo #(
    .Width(Cols * 16 + 1), .Depth(4)
  ) u_w (
    .clk_i(aclk), .rst_ni(aresetn),
    .push_i(s_axis_w_tvalid && s_axis_w_tready), .data_i({s_axis_w_tlast, s_axis_w_tdata}),
    .full_o(w_full), .valid_o(w_valid), .pop_i(step), .data_o({w_last, w})
  );

  // The array never stalls: a step waits for both operands and, where it ends a tile, for room for
  // the tile's sums.
  assign can_end   = free_q >= count_t'(Rows) && pause_q == '0;
  assign step      = x_valid && w_valid && (!x_last || can_end);
  assign ends_tile = step && x_last;

  always_ff @(posedge aclk) begin
    if (!aresetn) begin
      first_q <= 1'b1;
      pause_q <= '0;
      free_q  <= count_t'(OutDepth);
    end else begin
      if (step) first_q <= x_last;
      if (ends_tile) pause_q <= count_t'(Rows - 1);
      else if (pause_q != '0) pause_q <= pause_q - count_t'(1);
      free_q <= free_q - (ends_tile ? count_t'(Rows) : '0) + count_t'(out_pop);
    end
  end

  delay_line #(.Elements(Rows), .Width(16)) u_skew_x (.clk_i(aclk), .data_i(x), .data_o(x_skewed));
  delay_line #(.Elements(Cols), .Width(16)) u_skew_w (.clk_i(aclk), .data_i(w), .data_o(w_skewed));

  pe_array #(
    .Rows(Rows), .Cols(Cols)
  ) u_array (
    .clk_i(aclk), .rst_ni(aresetn),
    .step_i(step), .first_i(first_q), .last_i(x_last), .x_i(x_skewed), .w_i(w_skewed),
    .row_o(row), .sum_o(sum)
  );

  delay_line #(
    .Elements(Cols), .Width(32), .Reversed(1'b1)
  ) u_deskew (
    .clk_i(aclk), .data_i(sum), .data_o(sum_row)
  );

  always_ff @(posedge aclk) begin
    if (!aresetn) row_q <= '0;
    else row_q <= {row_q[Cols-2:0], row};
  end

  row_fifo #(
    .Width(Cols * 32), .Depth(OutDepth)
  ) u_out (
    .clk_i(aclk), .rst_ni(aresetn),
    .push_i(row_q[Cols-2]), .data_i(sum_row), .full_o(out_full),
    .valid_o(m_axis_acc_tvalid), .pop_i(out_pop), .data_o(m_axis_acc_tdata)
  );

  assign out_pop          = m_axis_acc_tvalid && m_axis_acc_tready;
  assign m_axis_acc_tlast = out_row_q == count_t'(Rows - 1);

  always_ff @(posedge aclk) begin
    if (!aresetn) out_row_q <= '0;
    else if (out_pop) out_row_q <= m_axis_acc_tlast ? '0 : out_row_q + count_t'(1);
  end

`ifndef SYNTHESIS
  axis_check #(.Width(Rows * 16)) u_check_x (
    .aclk, .aresetn, .tvalid(s_axis_x_tvalid), .tready(s_axis_x_tready),
    .tlast(s_axis_x_tlast), .tdata(s_axis_x_tdata)
  );

  axis_check #(.Width(Cols * 16)) u_check_w (
    .aclk, .aresetn, .tvalid(s_axis_w_tvalid), .tready(s_axis_w_tready),
    .tlast(s_axis_w_tlast), .tdata(s_axis_w_tdata)
  );

  axis_check #(.Width(Cols * 32)) u_check_acc (
    .aclk, .aresetn, .tvalid(m_axis_acc_tvalid), .tready(m_axis_acc_tready),
    .tlast(m_axis_acc_tlast), .tdata(m_axis_acc_tdata)
  );

  StreamsEndTogether: assert property (@(posedge aclk) disable iff (!aresetn)
    step |-> x_last == w_last)
  else $error("tlast of s_axis_x and of s_axis_w come in different beats");

  RowsHaveRoom: assert property (@(posedge aclk) disable iff (!aresetn)
    row_q[Cols-2] |-> !out_full)
  else $error("a row of sums has no room");
`endif

endmodule
