// The core: a systolic IntMatMul array, accumulators over K tiles, one MulQuant lane per column.
//
// README.md beside this file states the channel contract. Data flows from top to bottom.
module systole_core #(
  parameter int unsigned Rows       = 16,    // K of a tile.
  parameter int unsigned Cols       = 16,    // N of a tile.
  parameter int unsigned AccDepth   = 1024,  // Most activation rows of a pass.
  parameter int unsigned ActBits    = 9,     // 2..9, signed: operands of the array.
  parameter int unsigned WeightBits = 9,     // 2..9, signed.
  parameter int unsigned ScaleBits  = 32,    // 16 or 32, signed.
  parameter bit          Gemmlowp   = 0,     // Lanes can round twice, as gemmlowp does.
  parameter bit          AccTap     = 1,     // Accumulator tap: verification builds.
  localparam int unsigned Lanes     = (Rows > Cols) ? Rows : Cols
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // Command: one pass, that is one weight tile over `rows` activation beats.
  input  logic                   cmd_valid_i,
  output logic                   cmd_ready_o,
  input  logic [15:0]            cmd_rows_i,         // 1..AccDepth.
  input  logic [15:0]            cmd_first_row_i,    // Accumulator address of the first one.
  input  logic                   cmd_stream_i,       // Activation beats, not the array's sums.
  input  logic                   cmd_maximum_i,      // Accumulators keep the largest: streams only.
  input  logic                   cmd_first_i,        // Accumulators are overwritten.
  input  logic                   cmd_last_i,         // Sums go on to MulQuant and to the tap.
  input  logic                   cmd_new_weights_i,  // Takes the next Rows weight beats.
  input  logic                   cmd_new_params_i,   // Takes Cols parameter beats and the fields:
  input  logic                   cmd_residual_i,     // Each row takes one residual beat.
  input  logic [2:0]             cmd_rounding_i,     // systole_pkg::rounding_e.
  input  logic                   cmd_subtract_zp_i,  // Subtract the zero point, clamp again.
  input  logic signed [16:0]     cmd_zero_point_i,
  input  logic signed [16:0]     cmd_lo_i,
  input  logic signed [16:0]     cmd_hi_i,
  // Activation: element r of a row of x; stream: element c is lane c's value, 16 bits signed.
  input  logic                   act_valid_i,
  output logic                   act_ready_o,
  input  logic [Lanes-1:0][15:0] act_data_i,
  // Weight: one row of the tile.
  input  logic                   weight_valid_i,
  output logic                   weight_ready_o,
  input  logic [Cols-1:0][WeightBits-1:0] weight_data_i,
  // Parameter: one column.
  input  logic                   param_valid_i,
  output logic                   param_ready_o,
  input  logic [ScaleBits-1:0]   param_scale_i,
  input  logic [63:0]            param_bias_i,
  input  logic [5:0]             param_shift_i,
  input  logic [ScaleBits-1:0]   param_residual_scale_i,
  input  logic [5:0]             param_residual_shift_i,
  // Residual: one row.
  input  logic                   residual_valid_i,
  output logic                   residual_ready_o,
  input  logic [Cols-1:0][16:0]  residual_data_i,
  // Output: one row.
  output logic                   out_valid_o,
  input  logic                   out_ready_i,
  output logic [Cols-1:0][16:0]  out_data_o,
  // Accumulator tap: one row of final values.
  output logic                   tap_valid_o,
  input  logic                   tap_ready_i,
  output logic [Cols-1:0][31:0]  tap_data_o
);

  // Each buffer covers the cycles between the moment its beat is promised and the moment its place
  // is free again, so that none limits the rate of one row per cycle.
  localparam int unsigned ActBeats      = 6;
  localparam int unsigned WeightBeats   = Rows + 6;
  localparam int unsigned ParamBeats    = 2 ** $clog2(Rows + 2 * Cols + 8);
  localparam int unsigned ResidualBeats = Rows + 10;
  localparam int unsigned OutDepth      = 2 ** $clog2(Rows + Cols + 12);

  systole_pkg::pass_t  cmd_pass, pass;
  systole_pkg::quant_t cmd_quant, quant, lane_quant;
  systole_pkg::row_t   array_row, stream_row, acc_row;

  logic pass_valid, pass_taken, swap;
  logic act_available, act_take, act_pop;
  logic weight_available, weight_take, weight_pop;
  logic param_available, param_take, param_start, param_load;
  logic residual_available, residual_take, residual_pop;
  logic out_credit, out_write, tap_credit, tap_write;

  logic [$clog2(Cols)-1:0] lane_col;
  logic [ScaleBits-1:0]   lane_scale, lane_residual_scale;
  logic [63:0]            lane_bias;
  logic [5:0]             lane_shift, lane_residual_shift;
  logic [Lanes-1:0][15:0] act;
  logic [Cols-1:0][WeightBits-1:0] weight;
  logic [Cols-1:0][16:0]  residual, code;
  logic [Cols-1:0][31:0]  sum, acc;

  assign cmd_pass.rows        = cmd_rows_i;
  assign cmd_pass.first_row   = cmd_first_row_i;
  assign cmd_pass.stream      = cmd_stream_i;
  assign cmd_pass.maximum     = cmd_maximum_i;
  assign cmd_pass.first       = cmd_first_i;
  assign cmd_pass.last        = cmd_last_i;
  assign cmd_pass.new_weights = cmd_new_weights_i;
  assign cmd_pass.new_params  = cmd_new_params_i;

  assign cmd_quant.residual    = cmd_residual_i;
  assign cmd_quant.rounding    = systole_pkg::rounding_e'(cmd_rounding_i);
  assign cmd_quant.subtract_zp = cmd_subtract_zp_i;
  assign cmd_quant.zero_point  = cmd_zero_point_i;
  assign cmd_quant.lo          = cmd_lo_i;
  assign cmd_quant.hi          = cmd_hi_i;

  channel_fifo #(
    .Width($bits(cmd_pass) + $bits(cmd_quant)), .Depth(4)
  ) u_command (
    .clk_i, .rst_ni,
    .valid_i(cmd_valid_i), .ready_o(cmd_ready_o), .data_i({cmd_pass, cmd_quant}),
    .valid_o(pass_valid), .ready_i(pass_taken), .data_o({pass, quant})
  );

  skew_fifo #(
    .Elements(Lanes), .Width(16), .Beats(ActBeats), .TakeBeats(1)
  ) u_act (
    .clk_i, .rst_ni,
    .valid_i(act_valid_i), .ready_o(act_ready_o), .data_i(act_data_i),
    .available_o(act_available), .take_i(act_take), .pop_i(act_pop), .data_o(act)
  );

  skew_fifo #(
    .Elements(Cols), .Width(WeightBits), .Beats(WeightBeats), .TakeBeats(Rows)
  ) u_weight (
    .clk_i, .rst_ni,
    .valid_i(weight_valid_i), .ready_o(weight_ready_o), .data_i(weight_data_i),
    .available_o(weight_available), .take_i(weight_take), .pop_i(weight_pop), .data_o(weight)
  );

  sequencer #(
    .Rows(Rows), .Cols(Cols), .OutDepth(OutDepth), .AccTap(AccTap)
  ) u_sequencer (
    .clk_i, .rst_ni,
    .pass_valid_i(pass_valid), .pass_taken_o(pass_taken), .pass_i(pass),
    .pass_residual_i(quant.residual),
    .act_available_i(act_available), .act_take_o(act_take), .act_pop_o(act_pop),
    .weight_available_i(weight_available), .weight_take_o(weight_take), .weight_pop_o(weight_pop),
    .param_available_i(param_available), .param_take_o(param_take),
    .residual_available_i(residual_available), .residual_take_o(residual_take),
    .out_credit_i(out_credit), .tap_credit_i(tap_credit),
    .swap_o(swap), .array_row_o(array_row), .stream_row_o(stream_row)
  );

  row_pipe #(
    .Rows(Rows)
  ) u_row_pipe (
    .clk_i, .rst_ni,
    .array_row_i(array_row), .stream_row_i(stream_row), .acc_row_o(acc_row),
    .param_start_o(param_start), .residual_pop_o(residual_pop),
    .tap_write_o(tap_write), .out_write_o(out_write)
  );

  int_matmul #(
    .Rows(Rows), .Cols(Cols), .ActBits(ActBits), .WeightBits(WeightBits)
  ) u_array (
    .clk_i, .swap_i(swap), .x_i(act[Rows-1:0]), .weight_i(weight), .sum_o(sum)
  );

  accumulators #(
    .Cols(Cols), .Depth(AccDepth)
  ) u_accumulators (
    .clk_i, .row_i(acc_row), .sum_i(sum), .stream_i(act[Cols-1:0]), .acc_o(acc)
  );

  param_bank #(
    .Cols(Cols), .ScaleBits(ScaleBits), .Depth(ParamBeats)
  ) u_param (
    .clk_i, .rst_ni,
    .valid_i(param_valid_i), .ready_o(param_ready_o),
    .scale_i(param_scale_i), .bias_i(param_bias_i), .shift_i(param_shift_i),
    .residual_scale_i(param_residual_scale_i), .residual_shift_i(param_residual_shift_i),
    .available_o(param_available), .take_i(param_take), .quant_i(quant), .start_i(param_start),
    .load_o(param_load), .load_col_o(lane_col),
    .scale_o(lane_scale), .bias_o(lane_bias), .shift_o(lane_shift),
    .residual_scale_o(lane_residual_scale), .residual_shift_o(lane_residual_shift),
    .quant_o(lane_quant)
  );

  skew_fifo #(
    .Elements(Cols), .Width(17), .Beats(ResidualBeats), .TakeBeats(1)
  ) u_residual (
    .clk_i, .rst_ni,
    .valid_i(residual_valid_i), .ready_o(residual_ready_o), .data_i(residual_data_i),
    .available_o(residual_available), .take_i(residual_take), .pop_i(residual_pop),
    .data_o(residual)
  );

  mul_quant #(
    .Cols(Cols), .ScaleBits(ScaleBits), .Gemmlowp(Gemmlowp)
  ) u_mul_quant (
    .clk_i, .load_i(param_load), .load_col_i(lane_col),
    .scale_i(lane_scale), .bias_i(lane_bias), .shift_i(lane_shift),
    .residual_scale_i(lane_residual_scale), .residual_shift_i(lane_residual_shift),
    .quant_i(lane_quant), .acc_i(acc), .residual_i(residual), .code_o(code)
  );

  column_fifo #(
    .Cols(Cols), .Width(17), .Depth(OutDepth)
  ) u_out (
    .clk_i, .rst_ni, .write_i(out_write), .data_i(code), .credit_o(out_credit),
    .valid_o(out_valid_o), .ready_i(out_ready_i), .data_o(out_data_o)
  );

  if (AccTap) begin : gen_tap
    column_fifo #(
      .Cols(Cols), .Width(32), .Depth(OutDepth)
    ) u_tap (
      .clk_i, .rst_ni, .write_i(tap_write), .data_i(acc), .credit_o(tap_credit),
      .valid_o(tap_valid_o), .ready_i(tap_ready_i), .data_o(tap_data_o)
    );
  end else begin : gen_no_tap
    assign tap_credit  = 1'b0;
    assign tap_valid_o = 1'b0;
    assign tap_data_o  = '0;
  end

`ifndef SYNTHESIS
  core_check #(
    .Rows(Rows), .Cols(Cols), .AccDepth(AccDepth), .WeightBits(WeightBits), .ScaleBits(ScaleBits),
    .Gemmlowp(Gemmlowp)
  ) u_check (.*);

  operand_check #(
    .Rows(Rows), .ActBits(ActBits)
  ) u_operand_check (
    .clk_i, .rst_ni, .valid_i(array_row.valid), .x_i(act[Rows-1:0])
  );
`endif

endmodule
