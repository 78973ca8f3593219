// Asserts the contract of the core's channels: handshakes, commands, operand ranges.
module core_check #(
  parameter int unsigned Rows       = 16,
  parameter int unsigned Cols       = 16,
  parameter int unsigned AccDepth   = 1024,
  parameter int unsigned WeightBits = 9,
  parameter int unsigned ScaleBits  = 32,
  parameter bit          Gemmlowp   = 0,
  localparam int unsigned Lanes     = (Rows > Cols) ? Rows : Cols
) (
  input logic                   clk_i,
  input logic                   rst_ni,
  input logic                   cmd_valid_i, cmd_ready_o,
  input systole_pkg::pass_t     cmd_pass,
  input systole_pkg::quant_t    cmd_quant,
  input logic                   act_valid_i, act_ready_o,
  input logic [Lanes-1:0][15:0] act_data_i,
  input logic                   weight_valid_i, weight_ready_o,
  input logic [Cols-1:0][WeightBits-1:0] weight_data_i,
  input logic                   param_valid_i, param_ready_o,
  input logic [ScaleBits-1:0]   param_scale_i, param_residual_scale_i,
  input logic [63:0]            param_bias_i,
  input logic [5:0]             param_shift_i, param_residual_shift_i,
  input logic                   residual_valid_i, residual_ready_o,
  input logic [Cols-1:0][16:0]  residual_data_i,
  input logic                   out_valid_o, out_ready_i,
  input logic [Cols-1:0][16:0]  out_data_o,
  input logic                   tap_valid_o, tap_ready_i,
  input logic [Cols-1:0][31:0]  tap_data_o,
  input logic                   pass_valid, pass_taken,
  input systole_pkg::pass_t     pass
);

`ifndef SYNTHESIS
  localparam int unsigned CmdBits   = $bits(systole_pkg::pass_t) + $bits(systole_pkg::quant_t);
  localparam int unsigned ParamBits = 2 * ScaleBits + 76;

  channel_check #(.Width(CmdBits)) u_cmd (
    .clk_i, .rst_ni, .valid_i(cmd_valid_i), .ready_i(cmd_ready_o), .data_i({cmd_pass, cmd_quant})
  );

  channel_check #(.Width(Lanes * 16)) u_act (
    .clk_i, .rst_ni, .valid_i(act_valid_i), .ready_i(act_ready_o), .data_i(act_data_i)
  );

  channel_check #(.Width(Cols * WeightBits)) u_weight (
    .clk_i, .rst_ni, .valid_i(weight_valid_i), .ready_i(weight_ready_o), .data_i(weight_data_i)
  );

  channel_check #(.Width(ParamBits)) u_param (
    .clk_i, .rst_ni, .valid_i(param_valid_i), .ready_i(param_ready_o),
    .data_i({param_scale_i, param_residual_scale_i, param_bias_i,
             param_shift_i, param_residual_shift_i})
  );

  channel_check #(.Width(Cols * 17)) u_residual (
    .clk_i, .rst_ni, .valid_i(residual_valid_i), .ready_i(residual_ready_o),
    .data_i(residual_data_i)
  );

  channel_check #(.Width(Cols * 17)) u_out (
    .clk_i, .rst_ni, .valid_i(out_valid_o), .ready_i(out_ready_i), .data_i(out_data_o)
  );

  channel_check #(.Width(Cols * 32)) u_tap (
    .clk_i, .rst_ni, .valid_i(tap_valid_o), .ready_i(tap_ready_i), .data_i(tap_data_o)
  );

  logic has_weights_q, has_params_q;  // Some earlier pass took them.

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      has_weights_q <= 1'b0;
      has_params_q  <= 1'b0;
    end else if (pass_taken) begin
      has_weights_q <= has_weights_q || pass.new_weights;
      has_params_q  <= has_params_q || pass.new_params;
    end
  end

  // One branch guards them all: as concurrent assertions they cost a tenth of the simulation speed.
  always_ff @(posedge clk_i) begin
    if (rst_ni && cmd_valid_i) begin
      RowsFitAccumulators: assert (cmd_pass.rows >= 16'd1 && 32'(cmd_pass.rows) <= AccDepth)
      else $error("command: %0d rows, expected 1..%0d", cmd_pass.rows, AccDepth);

      LastRowFitsAccumulators: assert (32'(cmd_pass.first_row) + 32'(cmd_pass.rows) <= AccDepth)
      else $error("command: %0d rows from row %0d on, expected at most %0d in all", cmd_pass.rows,
                  cmd_pass.first_row, AccDepth);

      StreamUsesNoArray: assert (!cmd_pass.stream || !cmd_pass.new_weights)
      else $error("command: stream with new weights");

      MaximumOnlyOfStreams: assert (!cmd_pass.maximum || cmd_pass.stream)
      else $error("command: maximum without stream");

      ParamsOnlyWithLast: assert (!cmd_pass.new_params || cmd_pass.last)
      else $error("command: new parameters without last");

      ResidualOnlyWithLast: assert (!cmd_quant.residual || cmd_pass.last)
      else $error("command: residual without last");

      BoundsAreOrdered: assert (!cmd_pass.new_params || cmd_quant.lo <= cmd_quant.hi)
      else $error("command: lo %0d above hi %0d", cmd_quant.lo, cmd_quant.hi);

      RoundingIsBuilt: assert (!cmd_pass.new_params
                               || cmd_quant.rounding <= (Gemmlowp ? 3'd4 : 3'd3))
      else $error("command: rounding %0d, which the lanes are not built for", cmd_quant.rounding);

      GemmlowpTakesNoResidual: assert (!cmd_quant.residual
                                       || cmd_quant.rounding != systole_pkg::Gemmlowp)
      else $error("command: a residual operand with gemmlowp's roundings");
    end
    if (rst_ni && pass_valid) begin
      ArrayHasWeights: assert (pass.stream || pass.new_weights || has_weights_q)
      else $error("command: a pass before any weights");

      LanesHaveParams: assert (!pass.last || pass.new_params || has_params_q)
      else $error("command: an output pass before any parameters");
    end
  end
`endif

endmodule
