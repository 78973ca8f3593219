// Delays element i of a vector by i cycles; reversed: by Elements - 1 - i, which undoes it.
module delay_line #(
  parameter int unsigned Elements = 16,
  parameter int unsigned Width    = 16,
  parameter bit          Reversed = 1'b0
) (
  input  logic                           clk_i,
  input  logic [Elements-1:0][Width-1:0] data_i,
  output logic [Elements-1:0][Width-1:0] data_o
);

  // Longest line that any element needs; shorter ones leave the rest of theirs unused.
  localparam int unsigned Longest = Elements - 1;

  logic [Width-1:0] in[Elements];
  logic [Width-1:0] line_d[Elements][Longest], line_q[Elements][Longest];

  for (genvar i = 0; i < Elements; i++) begin : gen_elements
    localparam int unsigned Delay = Reversed ? Elements - 1 - i : i;
    assign in[i] = data_i[i];
    if (Delay == 0) begin : gen_straight
      assign data_o[i] = in[i];
    end else begin : gen_delayed
      assign data_o[i] = line_q[i][Delay-1];
    end
  end

  always_comb begin
    for (int unsigned i = 0; i < Elements; i++) begin
      line_d[i][0] = in[i];
      for (int unsigned j = 1; j < Longest; j++) line_d[i][j] = line_q[i][j-1];
    end
  end

  always_ff @(posedge clk_i) begin
    line_q <= line_d;
  end

endmodule
