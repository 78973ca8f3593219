// Asserts that the operands which enter the array have 9 bits; stream values may have 16.
module operand_check #(
  parameter int unsigned Rows = 16
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  valid_i,  // Cycle t: a row of the array is popped.
  input logic [Rows-1:0][15:0] x_i       // Element r in cycle t + 1 + r.
);

`ifndef SYNTHESIS
  logic [Rows-1:0] valid_q;
  logic [15:0]     excess[Rows];  // Not 0: the upper bits are no sign extension of bit 8.
  logic [15:0]     any_excess;

  for (genvar r = 0; r < Rows; r++) begin : gen_rows
    assign excess[r] = ({{8{x_i[r][15]}}, x_i[r][15:8]} ^ {16{x_i[r][15]}}) & {16{valid_q[r]}};
  end

  always_comb begin
    any_excess = '0;
    for (int unsigned r = 0; r < Rows; r++) any_excess |= excess[r];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Rows-2:0], valid_i};
  end

  OperandsHave9Bits: assert property (@(posedge clk_i) disable iff (!rst_ni) any_excess == 0)
  else $error("activation: an operand of the array exceeds 9 bits signed");
`endif

endmodule
