// Buffers MulQuant parameters and loads them into the lanes, one column per cycle, just ahead of
// the first row that uses them.
//
// A set is Cols beats, column 0 first, and the quant fields of its command. The lanes hold one set,
// this bank the next ones.
module param_bank #(
  parameter int unsigned Cols      = 16,
  parameter int unsigned ScaleBits = 32,
  parameter int unsigned Depth     = 64  // Beats, a power of two, at least two sets.
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 valid_i,
  output logic                 ready_o,
  input  logic [ScaleBits-1:0] scale_i,
  input  logic [63:0]          bias_i,
  input  logic [5:0]           shift_i,
  input  logic [ScaleBits-1:0] residual_scale_i,
  input  logic [5:0]           residual_shift_i,
  output logic                 available_o,  // A whole set waits, not yet taken.
  input  logic                 take_i,
  input  systole_pkg::quant_t  quant_i,      // With `take_i`.
  input  logic                 start_i,      // Cycle t: column c of the oldest set taken is on the
  output logic                 load_o,       // ports below in cycle t + 1 + c.
  output logic [$clog2(Cols)-1:0] load_col_o,
  output logic [ScaleBits-1:0] scale_o,
  output logic [63:0]          bias_o,
  output logic [5:0]           shift_o,
  output logic [ScaleBits-1:0] residual_scale_o,
  output logic [5:0]           residual_shift_o,
  output systole_pkg::quant_t  quant_o
);

  // Sets that can be taken and not yet started.
  localparam int unsigned Sets = 2 ** $clog2(Depth / Cols + 1);

  typedef logic [15:0] count_t;
  typedef logic [$clog2(Depth)-1:0] beat_t;
  typedef logic [$clog2(Sets)-1:0] set_t;
  typedef logic [$clog2(Cols)-1:0] col_t;

  logic [ScaleBits-1:0] scale_mem[Depth], residual_scale_mem[Depth];
  logic [63:0]          bias_mem[Depth];
  logic [5:0]           shift_mem[Depth], residual_shift_mem[Depth];
  logic [$bits(quant_i)-1:0] quant_mem[Sets];

  logic   push, push_q, ready_q, load_q;
  beat_t  write_q, read_q;
  set_t   set_write_q, set_read_q;
  col_t   col_q;
  count_t waiting_d, waiting_q;  // Pushed, not loaded.
  count_t free_d, free_q;        // Pushed, not taken.

  systole_pkg::quant_t quant_q;

  assign push        = valid_i && ready_q;
  assign ready_o     = ready_q;
  assign available_o = free_q >= count_t'(Cols);
  assign load_o      = load_q;
  assign load_col_o  = col_q;
  assign quant_o     = quant_q;

  assign scale_o          = scale_mem[read_q];
  assign bias_o           = bias_mem[read_q];
  assign shift_o          = shift_mem[read_q];
  assign residual_scale_o = residual_scale_mem[read_q];
  assign residual_shift_o = residual_shift_mem[read_q];

  assign waiting_d = waiting_q + count_t'(push_q) - count_t'(load_q);
  assign free_d    = free_q + count_t'(push_q) - (take_i ? count_t'(Cols) : '0);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      push_q      <= 1'b0;
      ready_q     <= 1'b0;
      load_q      <= 1'b0;
      write_q     <= '0;
      read_q      <= '0;
      set_write_q <= '0;
      set_read_q  <= '0;
      waiting_q   <= '0;
      free_q      <= '0;
    end else begin
      push_q    <= push;
      ready_q   <= waiting_d + count_t'(3) <= count_t'(Depth);  // Two may be on their way.
      waiting_q <= waiting_d;
      free_q    <= free_d;
      if (push) write_q <= write_q + beat_t'(1);
      if (load_q) read_q <= read_q + beat_t'(1);
      if (take_i) set_write_q <= set_write_q + set_t'(1);
      if (start_i) set_read_q <= set_read_q + set_t'(1);
      if (start_i) load_q <= 1'b1;
      else if (col_q == col_t'(Cols - 1)) load_q <= 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    col_q <= start_i ? '0 : col_q + col_t'(1);
    if (start_i) quant_q <= quant_mem[set_read_q];
    if (take_i) quant_mem[set_write_q] <= quant_i;
    if (push) begin
      scale_mem[write_q]          <= scale_i;
      bias_mem[write_q]           <= bias_i;
      shift_mem[write_q]          <= shift_i;
      residual_scale_mem[write_q] <= residual_scale_i;
      residual_shift_mem[write_q] <= residual_shift_i;
    end
  end

`ifndef SYNTHESIS
  TakesWholeSets: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                   take_i |-> available_o)
  else $error("param_bank: taken without a whole set");

  LoadsOneSetAtATime: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                       start_i && load_q |-> col_q == col_t'(Cols - 1))
  else $error("param_bank: a load began inside another");

  NeverOverwrites: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                    waiting_q <= count_t'(Depth))
  else $error("param_bank: a parameter in use was overwritten");

  ShiftsAtMost62: assert property (@(posedge clk_i) disable iff (!rst_ni)
                                   valid_i |-> shift_i <= 6'd62 && residual_shift_i <= 6'd62)
  else $error("param_bank: shift %0d or residual shift %0d above 62", shift_i, residual_shift_i);
`endif

endmodule
