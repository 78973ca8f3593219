// A small stand-in for the core, one row per cycle and no pipeline, with the ports of rtl/README.md.
//
// It multiplies and scales, rounds down and clamps; stream mode and the other roundings are left out.
module systole_core #(
  parameter int unsigned Rows = 16,
  parameter int unsigned Cols = 16,
  parameter int unsigned AccDepth = 1024,
  parameter int unsigned ActBits = 9,
  parameter int unsigned WeightBits = 9,
  parameter int unsigned ScaleBits = 32,
  parameter bit Gemmlowp = 0,
  parameter bit AccTap = 1,
  localparam int unsigned Lanes = (Rows > Cols) ? Rows : Cols
) (
  input  logic                               clk_i,
  input  logic                               rst_ni,
  input  logic                               cmd_valid_i,
  output logic                               cmd_ready_o,
  input  logic              [15:0]           cmd_rows_i,
  input  logic              [15:0]           cmd_first_row_i,
  input  logic                               cmd_stream_i,
  input  logic                               cmd_maximum_i,
  input  logic                               cmd_first_i,
  input  logic                               cmd_last_i,
  input  logic                               cmd_new_weights_i,
  input  logic                               cmd_new_params_i,
  input  logic                               cmd_residual_i,
  input  logic              [2:0]            cmd_rounding_i,
  input  logic                               cmd_subtract_zp_i,
  input  logic signed       [16:0]           cmd_zero_point_i,
  input  logic signed       [16:0]           cmd_lo_i,
  input  logic signed       [16:0]           cmd_hi_i,
  input  logic                               act_valid_i,
  output logic                               act_ready_o,
  input  logic [Lanes-1:0][15:0]             act_data_i,
  input  logic                               weight_valid_i,
  output logic                               weight_ready_o,
  input  logic [Cols-1:0][WeightBits-1:0]    weight_data_i,
  input  logic                               param_valid_i,
  output logic                               param_ready_o,
  input  logic [ScaleBits-1:0]               param_scale_i,
  input  logic [63:0]                        param_bias_i,
  input  logic [5:0]                         param_shift_i,
  input  logic [ScaleBits-1:0]               param_residual_scale_i,
  input  logic [5:0]                         param_residual_shift_i,
  input  logic                               residual_valid_i,
  output logic                               residual_ready_o,
  input  logic [Cols-1:0][16:0]              residual_data_i,
  output logic                               out_valid_o,
  input  logic                               out_ready_i,
  output logic [Cols-1:0][16:0]              out_data_o,
  output logic                               tap_valid_o,
  input  logic                               tap_ready_i,
  output logic [Cols-1:0][31:0]              tap_data_o
);
  `include "stub_scale.svh"

  typedef enum logic [1:0] {Idle, Weights, Params, Run} state_e;
  state_e state_q;
  logic [15:0] left_q, row_q, rows_q;
  logic first_q, last_q, params_q, residual_q;
  logic signed [16:0] zp_q, lo_q, hi_q;
  logic [Cols-1:0][8:0] weight_q[Rows];
  logic signed [63:0] scale_q[Cols], bias_q[Cols], rscale_q[Cols];
  logic [5:0] shift_q[Cols], rshift_q[Cols];
  logic [Cols-1:0][31:0] acc_q[AccDepth];

  assign cmd_ready_o = state_q == Idle;
  assign weight_ready_o = state_q == Weights;
  assign param_ready_o = state_q == Params;

  // A row goes when the places for its results are free and its residual beat is there.
  logic places_free, go;
  assign places_free = state_q == Run && !out_valid_o && !tap_valid_o;
  assign act_ready_o = places_free && (!residual_q || residual_valid_i);
  assign residual_ready_o = places_free && residual_q && act_valid_i;
  assign go = act_ready_o && act_valid_i;

  logic signed [31:0] sum_d[Cols];
  logic signed [63:0] scaled_d[Cols];
  always_comb begin
    for (int c = 0; c < Cols; c++) begin
      sum_d[c] = first_q ? 0 : $signed(acc_q[row_q][c]);
      for (int r = 0; r < Rows; r++) begin
        sum_d[c] += 32'($signed(act_data_i[r])) * 32'($signed(weight_q[r][c]));
      end
      scaled_d[c] = stub_scale(64'(sum_d[c]), scale_q[c], bias_q[c] +
          (residual_q ? (64'($signed(residual_data_i[c])) * rscale_q[c]) <<< rshift_q[c] : 0),
          shift_q[c]) + 64'(zp_q);
      if (scaled_d[c] < 64'(lo_q)) scaled_d[c] = 64'(lo_q);
      if (scaled_d[c] > 64'(hi_q)) scaled_d[c] = 64'(hi_q);
    end
  end

  logic [Cols-1:0][31:0] sums;
  logic [Cols-1:0][16:0] outputs;
  for (genvar c = 0; c < Cols; c++) begin : gen_pack
    assign sums[c] = sum_d[c];
    assign outputs[c] = scaled_d[c][16:0];
  end

  function automatic state_e after_weights(input logic new_params);
    after_weights = new_params ? Params : Run;
  endfunction

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      out_valid_o <= 0;
      tap_valid_o <= 0;
    end else begin
      if (out_ready_i) out_valid_o <= 0;
      if (tap_ready_i) tap_valid_o <= 0;
      unique case (state_q)
        Idle: if (cmd_valid_i) begin
          rows_q <= cmd_rows_i;
          row_q <= 0;
          left_q <= 0;
          first_q <= cmd_first_i;
          last_q <= cmd_last_i;
          params_q <= cmd_new_params_i;
          if (cmd_new_params_i) begin
            residual_q <= cmd_residual_i;
            zp_q <= cmd_zero_point_i;
            lo_q <= cmd_lo_i;
            hi_q <= cmd_hi_i;
          end else if (!cmd_last_i) residual_q <= 0;
          state_q <= cmd_new_weights_i ? Weights : after_weights(cmd_new_params_i);
          if (cmd_rows_i == 0) $fatal(1, "a pass of no rows");
        end
        Weights: if (weight_valid_i) begin
          left_q <= 16'(int'(left_q) + 1);
          if (int'(left_q) == Rows - 1) begin
            left_q <= 0;
            state_q <= after_weights(params_q);
          end
        end
        Params: if (param_valid_i) begin
          left_q <= 16'(int'(left_q) + 1);
          if (int'(left_q) == Cols - 1) state_q <= Run;
        end
        Run: if (go) begin
          row_q <= row_q + 1;
          if (row_q + 1 == rows_q) state_q <= Idle;
          out_valid_o <= last_q;
          tap_valid_o <= last_q && AccTap;
        end
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == Weights && weight_valid_i) begin
      weight_q[left_q] <= weight_data_i;
    end
    if (state_q == Params && param_valid_i) begin
      scale_q[left_q] <= 64'($signed(param_scale_i));
      bias_q[left_q] <= $signed(param_bias_i);
      shift_q[left_q] <= param_shift_i;
      rscale_q[left_q] <= 64'($signed(param_residual_scale_i));
      rshift_q[left_q] <= param_residual_shift_i;
    end
    if (go) begin
      acc_q[row_q] <= sums;
      out_data_o <= outputs;
      tap_data_o <= sums;
    end
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_range
    assert property (@(posedge clk_i) disable iff (!rst_ni)
        !weight_valid_i || $signed(weight_data_i[c]) != -9'sd256)
      else $error("weight of column %0d out of range", c);
  end
endmodule
