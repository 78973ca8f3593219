// A queue of whole beats. A beat is visible one cycle after it was pushed.
module row_fifo #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 4  // A power of two.
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             push_i,
  input  logic [Width-1:0] data_i,
  output logic             full_o,
  output logic             valid_o,
  input  logic             pop_i,
  output logic [Width-1:0] data_o
);

  localparam int unsigned IndexBits = $clog2(Depth);

  typedef logic [IndexBits:0] pointer_t;  // One bit more than an index tells full from empty.

  logic [Width-1:0] mem_q[Depth];
  pointer_t         write_q, read_q;

  assign full_o  = pointer_t'(write_q - read_q) == pointer_t'(Depth);
  assign valid_o = write_q != read_q;
  assign data_o  = mem_q[read_q[IndexBits-1:0]];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      if (push_i) write_q <= write_q + pointer_t'(1);
      if (pop_i) read_q <= read_q + pointer_t'(1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (push_i) mem_q[write_q[IndexBits-1:0]] <= data_i;
  end

`ifndef SYNTHESIS
  NeverOverflows: assert property (@(posedge clk_i) disable iff (!rst_ni) push_i |-> !full_o)
  else $error("row_fifo: pushed while full");

  NeverUnderflows: assert property (@(posedge clk_i) disable iff (!rst_ni) pop_i |-> valid_o)
  else $error("row_fifo: popped while empty");
`endif

endmodule
