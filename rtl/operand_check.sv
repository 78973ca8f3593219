// Asserts that the operands which enter the array have `ActBits` bits; stream values may have 16.
module operand_check #(
  parameter int unsigned Rows    = 16,
  parameter int unsigned ActBits = 9
) (
  input logic                  clk_i,
  input logic                  rst_ni,
  input logic                  valid_i,  // Cycle t: a row of the array is popped.
  input logic [Rows-1:0][15:0] x_i       // Element r in cycle t + 1 + r.
);

`ifndef SYNTHESIS
  logic [Rows-1:0] valid_q;
  logic [15:0]     excess[Rows];  // Not 0: the value loses bits in the array.
  logic [15:0]     any_excess;

  for (genvar r = 0; r < Rows; r++) begin : gen_rows
    assign excess[r] = (x_i[r] ^ 16'($signed(x_i[r][ActBits-1:0]))) & {16{valid_q[r]}};
  end

  always_comb begin
    any_excess = '0;
    for (int unsigned r = 0; r < Rows; r++) any_excess |= excess[r];
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= '0;
    else valid_q <= {valid_q[Rows-2:0], valid_i};
  end

  OperandsFitTheArray: assert property (@(posedge clk_i) disable iff (!rst_ni) any_excess == 0)
  else $error("activation: an operand of the array exceeds %0d bits signed", ActBits);
`endif

endmodule
