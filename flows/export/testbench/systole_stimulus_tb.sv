// Plays a folder of golden stimulus against an array and compares what comes back (README.md).
//
// For Verilator 5.006 and Icarus Verilog 11, hence no `string` and no always_ff.
`ifndef SYSTOLE_ARRAY
`define SYSTOLE_ARRAY systole_core
`endif
`define FAIL(MESSAGE) begin $display MESSAGE; $fatal(1, "stopped"); end

// A channel's beats, from the folder `+stimulus`, and the cycles in which it does not wait.
module stimulus_channel #(parameter Width = 8, Depth = 2, Channel = 0, Name = "") (
  input  wire clk_i, output wire go_o, input wire [31:0] index_i, output wire [Width-1:0] word_o,
  output reg [31:0] beats_o, elements_o
);
  localparam WordBits = (Width + 7) / 8 * 8;
  reg [WordBits-1:0] words [0:Depth-1];
  reg [31:0]         counts [0:8], stalls, state;
  reg [8*512-1:0]    folder, path;

  initial begin
    if (!$value$plusargs("stimulus=%s", folder)) folder = ".";
    $sformat(path, "%0s/counts.memh", folder);
    $readmemh(path, counts, 0, 8);
    beats_o    = counts[Channel];
    elements_o = Channel == 5 ? counts[7] : counts[8];
    if ((beats_o < Depth) !== 1'b1)
      `FAIL(("FAIL: %0s has %0d beats, Depth is %0d", Name, beats_o, Depth))
    $sformat(path, "%0s/%0s.memh", folder, Name);
    words[beats_o] = 0;
    $readmemh(path, words, 0, beats_o);
    if (words[beats_o] !== {WordBits{1'b1}})
      `FAIL(("FAIL: %0s.memh has no word of ones behind %0d beats", Name, beats_o))

    if (!$value$plusargs("stalls=%d", stalls)) stalls = 0;
    if (!$value$plusargs("seed=%d", state)) state = 1;
    state = ((state << 4) + Channel + 1) * 32'h9e3779b1;
  end
  assign word_o = words[index_i][Width-1:0];
  assign go_o   = (state >> 8) % 100 >= stalls;
  always @(posedge clk_i) state <= state * 32'd1664525 + 32'd1013904223;
endmodule

module stimulus_source #(parameter Width = 8, Depth = 2, Channel = 0, Name = "") (
  input  wire clk_i, rst_ni, report_i, ready_i, output reg valid_o, output reg [Width-1:0] data_o,
  output wire moved_o, done_o
);
  wire             go;
  wire [31:0]      beats, elements;
  wire [Width-1:0] word;
  reg  [31:0]      next;
  stimulus_channel #(.Width(Width), .Depth(Depth), .Channel(Channel), .Name(Name)) channel (
    .clk_i(clk_i), .go_o(go), .index_i(next), .word_o(word), .beats_o(beats), .elements_o(elements)
  );
  assign moved_o = valid_o && ready_i;
  assign done_o  = next == beats && !valid_o;
  always @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_o <= 1'b0;
      next    <= 0;
    end else if (!valid_o || ready_i) begin
      valid_o <= go && next != beats;
      data_o  <= word;
      if (go && next != beats) next <= next + 1;
    end
    if (report_i && !done_o)
      $display("%0s: %0d of %0d beats taken", Name, next - {31'd0, valid_o}, beats);
  end
endmodule

module stimulus_check #(parameter Cols = 2, Bits = 8, Depth = 2, Channel = 5, Name = "") (
  input  wire clk_i, rst_ni, report_i, enable_i, valid_i, input wire [Cols*Bits-1:0] data_i,
  output wire ready_o, moved_o, done_o, output reg [31:0] compared_o, wrong_o,
  output wire [31:0] elements_o
);
  wire [31:0]             beats;
  wire [Cols*Bits+16-1:0] word;
  reg  [31:0]             next, compared, wrong;
  reg  signed [Bits-1:0]  expected, got;
  integer                 c;
  stimulus_channel #(.Width(Cols*Bits+16), .Depth(Depth), .Channel(Channel), .Name(Name)) channel (
    .clk_i(clk_i), .go_o(ready_o), .index_i(next), .word_o(word), .beats_o(beats),
    .elements_o(elements_o)
  );
  wire   taken   = enable_i && valid_i && ready_o;
  assign done_o  = !enable_i || next == beats;
  assign moved_o = taken && !done_o;  // An array that never ends makes no progress.
  always @(posedge clk_i) begin
    compared = rst_ni ? compared_o : 0;
    wrong    = rst_ni ? wrong_o : 0;
    if (!rst_ni) next <= 0;
    else if (taken === 1'b1 && done_o) begin
      if (wrong == 0) $display("%0s: a beat too many, %0d were expected", Name, beats);
      wrong = wrong + 1;
    end else if (taken === 1'b1) begin
      next <= next + 1;
      for (c = 0; c < Cols; c = c + 1)  // What is behind `columns` belongs to no element.
        if (c < {16'd0, word[Cols*Bits +: 16]}) begin
          expected = word[c*Bits +: Bits];
          got      = data_i[c*Bits +: Bits];
          compared = compared + 1;
          if (got !== expected && wrong == 0)
            $display("%0s: beat %0d, column %0d: expected %0d, got %0d", Name, next, c, expected,
                     got);
          if (got !== expected) wrong = wrong + 1;
        end
    end
    compared_o <= compared;
    wrong_o    <= wrong;
    if (report_i && !done_o) $display("%0s: %0d of %0d beats given", Name, next, beats);
  end
endmodule

module systole_stimulus_tb;
  `include "stimulus.svh"
  parameter Depth = FileDepth;  // Words of the longest file.
  localparam Settle = 2 * (Rows + Cols) + 32;  // Cycles at the end, in which no beat may come.

  reg         clk = 1'b0;
  reg  [3:0]  reset = 4'b1111;
  wire        rst_n = !reset[3];
  reg  [31:0] idle = 0, watchdog;
  wire [6:0]  valid, ready, moved, done;  // Bit c: channel c, in the order of counts.memh.
  wire [31:0] outputs, outputs_wrong, outputs_all, accumulators, taps_wrong, taps_all;
  wire        has_tap  = !$test$plusargs("no_tap");
  wire        finished = &done && idle == Settle;
  wire        stuck    = !(&done) && idle == watchdog;
  command_t   command;
  parameter_t constants;
  wire [ActivationWord-1:0]  activation;
  wire [WeightWord-1:0]      weight;
  wire [ResidualWord-1:0]    residual;
  wire [Cols*OutputBits-1:0] out;
  wire [Cols*TapBits-1:0]    tap;

`define SOURCE(CHANNEL, NAME, WIDTH, DATA) \
  stimulus_source #(.Width(WIDTH), .Depth(Depth), .Channel(CHANNEL), .Name(NAME)) \
  source_``CHANNEL (.clk_i(clk), .rst_ni(rst_n), .report_i(stuck), .ready_i(ready[CHANNEL]), \
    .valid_o(valid[CHANNEL]), .data_o(DATA), .moved_o(moved[CHANNEL]), .done_o(done[CHANNEL]))
`define CHECK(CHANNEL, NAME, BITS, DATA, ENABLE, COMPARED, WRONG, ALL) \
  stimulus_check #(.Cols(Cols), .Bits(BITS), .Depth(Depth), .Channel(CHANNEL), .Name(NAME)) \
  check_``CHANNEL (.clk_i(clk), .rst_ni(rst_n), .report_i(stuck), .enable_i(ENABLE), \
    .valid_i(valid[CHANNEL]), .data_i(DATA), .ready_o(ready[CHANNEL]), .moved_o(moved[CHANNEL]), \
    .done_o(done[CHANNEL]), .compared_o(COMPARED), .wrong_o(WRONG), .elements_o(ALL))
  `SOURCE(0, "command", CommandWord, command);
  `SOURCE(1, "activation", ActivationWord, activation);
  `SOURCE(2, "weight", WeightWord, weight);
  `SOURCE(3, "parameter", ParameterWord, constants);
  `SOURCE(4, "residual", ResidualWord, residual);
  `CHECK(5, "output", OutputBits, out, 1'b1, outputs, outputs_wrong, outputs_all);
  `CHECK(6, "tap", TapBits, tap, has_tap, accumulators, taps_wrong, taps_all);

  // The array: put yours here, or define SYSTOLE_ARRAY as the name of one with these pins.
  `SYSTOLE_ARRAY #(
    .Rows(Rows), .Cols(Cols), .AccDepth(AccDepth), .ActBits(ActBits), .WeightBits(WeightBits),
    .ScaleBits(ScaleBits), .Gemmlowp(Gemmlowp)
  ) array (
    .clk_i(clk), .rst_ni(rst_n),
    .cmd_valid_i(valid[0]), .cmd_ready_o(ready[0]), .cmd_rows_i(command.rows),
    .cmd_first_row_i(command.first_row), .cmd_stream_i(command.stream), .cmd_maximum_i(command.maximum),
    .cmd_first_i(command.first), .cmd_last_i(command.last), .cmd_new_weights_i(command.new_weights),
    .cmd_new_params_i(command.new_params), .cmd_residual_i(command.residual),
    .cmd_rounding_i(command.rounding), .cmd_subtract_zp_i(command.subtract_zp),
    .cmd_zero_point_i(command.zero_point), .cmd_lo_i(command.lo), .cmd_hi_i(command.hi),
    .act_valid_i(valid[1]), .act_ready_o(ready[1]), .act_data_i(activation),
    .weight_valid_i(valid[2]), .weight_ready_o(ready[2]), .weight_data_i(weight),
    .param_valid_i(valid[3]), .param_ready_o(ready[3]), .param_scale_i(constants.scale),
    .param_bias_i(constants.bias), .param_shift_i(constants.shift),
    .param_residual_scale_i(constants.residual_scale),
    .param_residual_shift_i(constants.residual_shift),
    .residual_valid_i(valid[4]), .residual_ready_o(ready[4]), .residual_data_i(residual),
    .out_valid_o(valid[5]), .out_ready_i(ready[5]), .out_data_o(out),
    .tap_valid_o(valid[6]), .tap_ready_i(ready[6]), .tap_data_o(tap)
  );

  initial if (!$value$plusargs("watchdog=%d", watchdog)) watchdog = 10000;
  always #5 clk = !clk;
  always @(posedge clk) begin
    reset <= reset << 1;
    idle  <= |moved === 1'b1 ? 0 : idle + 1;
    if (!(&done) && idle > watchdog) `FAIL(("FAIL: no transfer for %0d cycles", watchdog))
    else if (finished && outputs_wrong + taps_wrong != 0)
      `FAIL(("FAIL: %0d accumulators, %0d outputs are wrong or too many; %0d, %0d compared",
             taps_wrong, outputs_wrong, accumulators, outputs))
    else if (finished && (outputs != outputs_all || accumulators != (has_tap ? taps_all : 0) ||
                          outputs + accumulators == 0))
      `FAIL(("FAIL: %0d accumulators, %0d outputs compared", accumulators, outputs))
    else if (finished) begin
      $display("PASS: %0d accumulators, %0d outputs compared", accumulators, outputs);
      $finish;
    end
  end
endmodule
