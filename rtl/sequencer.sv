// Issues the rows of the passes, in order, one per cycle, each when all it needs is there.
//
// The array never stalls: a row is issued only when its result has a place (credits), its residual
// beat waits, and, for a pass's first row, its weights and parameters wait whole.
module sequencer #(
  parameter int unsigned Rows     = 16,
  parameter int unsigned Cols     = 16,
  parameter int unsigned OutDepth = 64,  // Rows in the output FIFO and in the tap's.
  parameter bit          AccTap   = 1
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               pass_valid_i,
  output logic               pass_taken_o,  // The pass's last row is issued.
  input  systole_pkg::pass_t pass_i,
  input  logic               pass_residual_i,
  input  logic               act_available_i,
  output logic               act_take_o,
  output logic               act_pop_o,     // The cycle after `act_take_o`.
  input  logic               weight_available_i,
  output logic               weight_take_o,
  output logic               weight_pop_o,  // In the Rows cycles after `weight_take_o`.
  input  logic               param_available_i,
  output logic               param_take_o,
  input  logic               residual_available_i,
  output logic               residual_take_o,
  input  logic               out_credit_i,
  input  logic               tap_credit_i,
  output logic               swap_o,        // The cycle after `weight_take_o`.
  output systole_pkg::row_t  array_row_o,   // With `act_pop_o`.
  output systole_pkg::row_t  stream_row_o   // With `act_pop_o`.
);

  typedef logic [15:0] count_t;

  logic   is_start, is_end, residual, issue;
  logic   weights_ok, params_ok, room_ok, order_ok;
  logic   residual_q, act_pop_q, swap_q;
  count_t row_d, row_q;                // Next row of the pass.
  count_t weight_d, weight_q;          // Weight beats still to pop.
  count_t param_d, param_q;            // Cycles until the lanes have their parameters.
  count_t array_d, array_q;            // Cycles until the last array row is with the accumulators.
  count_t out_credit_d, out_credit_q;
  count_t tap_credit_d, tap_credit_q;

  systole_pkg::row_t row, row_out_q;

  assign is_start = row_q == 0;
  assign is_end   = row_q == pass_i.rows - count_t'(1);
  assign residual = pass_i.last && ((is_start && pass_i.new_params) ? pass_residual_i : residual_q);

  assign weights_ok = !(is_start && pass_i.new_weights)
                    || (weight_available_i && weight_q <= count_t'(1));
  assign params_ok  = !(is_start && pass_i.new_params)
                    || (param_available_i && param_q <= (pass_i.stream ? '0 : count_t'(Rows + 1)));
  assign room_ok    = !pass_i.last
                    || (out_credit_q != 0 && (!AccTap || tap_credit_q != 0));
  assign order_ok   = !pass_i.stream || array_q == 0;

  assign issue = pass_valid_i && act_available_i && weights_ok && params_ok && room_ok && order_ok
               && (!residual || residual_available_i);

  assign pass_taken_o    = issue && is_end;
  assign act_take_o      = issue;
  assign weight_take_o   = issue && is_start && pass_i.new_weights;
  assign param_take_o    = issue && is_start && pass_i.new_params;
  assign residual_take_o = issue && residual;
  assign act_pop_o       = act_pop_q;
  assign weight_pop_o    = weight_q != 0;
  assign swap_o          = swap_q;

  always_comb begin
    row_d = row_q;
    if (issue) row_d = is_end ? '0 : row_q + count_t'(1);

    weight_d = weight_q - count_t'(weight_q != 0);
    if (weight_take_o) weight_d = count_t'(Rows);

    array_d = array_q - count_t'(array_q != 0);
    if (issue && !pass_i.stream) array_d = count_t'(Rows + 1);

    // A load takes Cols cycles, after the way through the array.
    param_d = param_q - count_t'(param_q != 0);
    if (param_take_o) param_d = count_t'(Cols - 1) + (pass_i.stream ? '0 : count_t'(Rows + 1));

    out_credit_d = out_credit_q + count_t'(out_credit_i) - count_t'(issue && pass_i.last);
    tap_credit_d = tap_credit_q + count_t'(tap_credit_i)
                 - count_t'(issue && pass_i.last && AccTap);
  end

  always_comb begin
    row.valid      = issue;
    row.stream     = pass_i.stream;
    row.maximum    = pass_i.maximum;
    row.first      = pass_i.first;
    row.last       = pass_i.last;
    row.new_params = is_start && pass_i.new_params;
    row.residual   = residual;
    row.addr       = pass_i.first_row + row_q;
  end

  always_comb begin
    array_row_o        = row_out_q;
    array_row_o.valid  = act_pop_q && !row_out_q.stream;
    stream_row_o       = row_out_q;
    stream_row_o.valid = act_pop_q && row_out_q.stream;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      act_pop_q    <= 1'b0;
      swap_q       <= 1'b0;
      row_q        <= '0;
      weight_q     <= '0;
      param_q      <= '0;
      array_q      <= '0;
      out_credit_q <= count_t'(OutDepth);
      tap_credit_q <= count_t'(OutDepth);
    end else begin
      act_pop_q    <= issue;
      swap_q       <= weight_take_o;
      row_q        <= row_d;
      weight_q     <= weight_d;
      param_q      <= param_d;
      array_q      <= array_d;
      out_credit_q <= out_credit_d;
      tap_credit_q <= tap_credit_d;
    end
  end

  always_ff @(posedge clk_i) begin
    row_out_q <= row;
    if (param_take_o) residual_q <= pass_residual_i;
  end

`ifndef SYNTHESIS
  OutCreditInRange: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                     out_credit_q <= count_t'(OutDepth))
  else $error("sequencer: output credit out of range");

  TapCreditInRange: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                     tap_credit_q <= count_t'(OutDepth))
  else $error("sequencer: tap credit out of range");
`endif

endmodule
