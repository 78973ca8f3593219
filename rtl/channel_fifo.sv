// A small queue at the edge of a channel: inputs are registered first, `ready_o` is registered.
//
// `Depth` is a power of two. One transfer per cycle on both sides; an entry is visible one cycle
// after its transfer.
module channel_fifo #(
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 4
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  output logic             ready_o,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);

  localparam int unsigned IndexBits = $clog2(Depth);

  typedef logic [IndexBits:0] pointer_t;  // One bit more than an index tells full from empty.

  logic [Width-1:0] mem_q[Depth];
  pointer_t         write_q, read_q;

  assign ready_o = pointer_t'(write_q - read_q) != pointer_t'(Depth);
  assign valid_o = write_q != read_q;
  assign data_o  = mem_q[read_q[IndexBits-1:0]];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
    end else begin
      if (valid_i && ready_o) write_q <= write_q + pointer_t'(1);
      if (valid_o && ready_i) read_q <= read_q + pointer_t'(1);
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i && ready_o) mem_q[write_q[IndexBits-1:0]] <= data_i;
  end

`ifndef SYNTHESIS
  NeverOverfull: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                  pointer_t'(write_q - read_q) <= pointer_t'(Depth))
  else $error("channel_fifo holds more than %0d entries", Depth);
`endif

endmodule
