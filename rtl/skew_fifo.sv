// Buffers the beats of a channel and skews them: element c of a beat leaves c cycles after
// element 0.
//
// A beat is first taken (reserved) and later popped, in order. Element c of the beat popped in
// cycle t is on `data_o` in cycle t + 1 + c.
module skew_fifo #(
  parameter int unsigned Elements  = 16,
  parameter int unsigned Width     = 16,
  parameter int unsigned Beats     = 8,  // Beats that can wait for their pop.
  parameter int unsigned TakeBeats = 1   // Beats that one `take_i` reserves.
) (
  input  logic                           clk_i,
  input  logic                           rst_ni,
  input  logic                           valid_i,
  output logic                           ready_o,
  input  logic [Elements-1:0][Width-1:0] data_i,
  output logic                           available_o,  // TakeBeats beats wait, not yet taken.
  input  logic                           take_i,
  input  logic                           pop_i,
  output logic [Elements-1:0][Width-1:0] data_o
);

  // `ready_o` is a register, so two more beats may be on their way when it falls. A beat's word is
  // read until `Elements` cycles after its pop: that many are never overwritten.
  localparam int unsigned Depth = 2 ** $clog2(Beats + Elements + 3);

  typedef logic [15:0] count_t;

  logic                           push_q, ready_q;
  logic [Elements-1:0][Width-1:0] data_q;
  count_t                         write_q, read_q;
  count_t                         waiting_d, waiting_q;  // Pushed, not popped.
  count_t                         free_d, free_q;        // Pushed, not taken.

  assign ready_o     = ready_q;
  assign available_o = free_q >= count_t'(TakeBeats);

  assign waiting_d = waiting_q + count_t'(push_q) - count_t'(pop_i);
  assign free_d    = free_q + count_t'(push_q) - (take_i ? count_t'(TakeBeats) : '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      push_q    <= 1'b0;
      ready_q   <= 1'b0;
      write_q   <= '0;
      read_q    <= '0;
      waiting_q <= '0;
      free_q    <= '0;
    end else begin
      push_q    <= valid_i && ready_q;
      ready_q   <= waiting_d < count_t'(Beats);
      waiting_q <= waiting_d;
      free_q    <= free_d;
      write_q   <= write_q + count_t'(push_q);
      read_q    <= read_q + count_t'(pop_i);
    end
  end

  always_ff @(posedge clk_i) begin
    data_q <= data_i;
  end

  column_ram #(
    .Cols(Elements), .Depth(Depth), .Width(Width), .SkewWrite(1'b0), .SkewRead(1'b1)
  ) u_ram (
    .clk_i,
    .write_i     (push_q),
    .write_addr_i(write_q),
    .write_data_i(data_q),
    .read_i      (pop_i),
    .read_addr_i (read_q),
    .read_data_o (data_o)
  );

`ifndef SYNTHESIS
  TakesWhatIsThere: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                     take_i |-> available_o)
  else $error("skew_fifo: taken without a beat");

  PopsWhatIsThere: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                    pop_i |-> waiting_q != 0)
  else $error("skew_fifo: popped while empty");

  NeverOverwrites: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                    waiting_q <= count_t'(Depth - Elements))
  else $error("skew_fifo: a word in use was overwritten");
`endif

endmodule
