// Collects skewed columns into rows and queues the rows for an output channel.
//
// Each column writes its own word of the row, so no triangle of registers deskews them. The writer
// holds credits: it never writes more than `Depth` rows beyond those read.
module column_fifo #(
  parameter int unsigned Cols  = 16,
  parameter int unsigned Width = 32,
  parameter int unsigned Depth = 64  // A power of two.
) (
  input  logic                       clk_i,
  input  logic                       rst_ni,
  input  logic                       write_i,   // Cycle t: a row begins with its column 0.
  input  logic [Cols-1:0][Width-1:0] data_i,    // Column c in cycle t + c.
  output logic                       credit_o,  // A row has left the memory.
  output logic                       valid_o,
  input  logic                       ready_i,
  output logic [Cols-1:0][Width-1:0] data_o
);

  typedef logic [15:0] count_t;

  logic            read, valid_q;
  logic [Cols-1:0] arriving_d;  // Bit c: column c of a row is written in this cycle.
  logic [Cols-2:0] arriving_q;
  count_t          write_q, read_q;
  count_t          complete_d, complete_q;  // Rows with all columns in memory.

  assign arriving_d = {arriving_q, write_i};
  assign read       = complete_q != 0 && (!valid_q || ready_i);
  assign complete_d = complete_q + count_t'(arriving_d[Cols-1]) - count_t'(read);
  assign credit_o   = read;
  assign valid_o    = valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      valid_q    <= 1'b0;
      arriving_q <= '0;
      write_q    <= '0;
      read_q     <= '0;
      complete_q <= '0;
    end else begin
      valid_q    <= read || (valid_q && !ready_i);
      arriving_q <= arriving_d[Cols-2:0];
      complete_q <= complete_d;
      write_q    <= write_q + count_t'(write_i);
      read_q     <= read_q + count_t'(read);
    end
  end

  column_ram #(
    .Cols(Cols), .Depth(Depth), .Width(Width), .SkewWrite(1'b1), .SkewRead(1'b0)
  ) u_ram (
    .clk_i,
    .write_i,
    .write_addr_i(write_q),
    .write_data_i(data_i),
    .read_i      (read),
    .read_addr_i (read_q),
    .read_data_o (data_o)
  );

`ifndef SYNTHESIS
  count_t used_q;  // Rows begun and not yet read.

  always_ff @(posedge clk_i) begin
    if (!rst_ni) used_q <= '0;
    else used_q <= used_q + count_t'(write_i) - count_t'(read);
  end

  NeverOverflows: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                   write_i |-> used_q < count_t'(Depth))
  else $error("column_fifo: written while full");
`endif

endmodule
