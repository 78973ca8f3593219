// One memory per column, with one write and one read port each; a skewed port's command moves from
// column c to column c + 1 in one cycle.
//
// Read data is registered and stays without a read. A read in the cycle of a write to the same
// address returns the old word. Depths are rounded up to a power of two, addresses wrap there.
// Contents are not reset. A flow with memory macros replaces this module.
module column_ram #(
  parameter int unsigned Cols      = 16,
  parameter int unsigned Depth     = 1024,
  parameter int unsigned Width     = 32,
  parameter bit          SkewWrite = 1,
  parameter bit          SkewRead  = 1
) (
  input  logic                       clk_i,
  input  logic                       write_i,       // Of column 0 when skewed.
  input  logic [15:0]                write_addr_i,
  input  logic [Cols-1:0][Width-1:0] write_data_i,  // Column c's word c cycles late when skewed.
  input  logic                       read_i,        // Of column 0 when skewed.
  input  logic [15:0]                read_addr_i,
  output logic [Cols-1:0][Width-1:0] read_data_o
);

  localparam int unsigned AddrBits = $clog2(Depth);

  typedef logic [AddrBits-1:0] addr_t;

  logic [Width-1:0] mem[2**AddrBits][Cols];
  logic [Width-1:0] write_data[Cols];
  logic [Width-1:0] read_d[Cols], read_q[Cols];
  logic             read_any;

  for (genvar c = 0; c < Cols; c++) begin : gen_ports
    assign write_data[c]  = write_data_i[c];
    assign read_data_o[c] = read_q[c];
  end

  // Blocking writes: Verilator has no delayed write to an element inside a loop. They cannot race,
  // because `read_d` is sampled by the same process, before them.
  if (SkewWrite) begin : gen_skewed_write
    logic [Cols-1:0] write_d;
    logic [Cols-2:0] write_q;
    logic [15:0]     addr_d[Cols], addr_q[Cols];

    assign write_d = {write_q, write_i};

    always_comb begin
      addr_d[0] = write_addr_i;
      for (int unsigned c = 1; c < Cols; c++) addr_d[c] = addr_q[c-1];
    end

    always_ff @(posedge clk_i) begin
      write_q <= write_d[Cols-2:0];
      addr_q  <= addr_d;
    end

    always_ff @(posedge clk_i) begin
      if (read_any) read_q <= read_d;
      for (int unsigned c = 0; c < Cols; c++) begin
        if (write_d[c]) mem[addr_t'(addr_d[c])][c] = write_data[c];
      end
    end
  end else begin : gen_row_write
    always_ff @(posedge clk_i) begin
      if (read_any) read_q <= read_d;
      if (write_i) begin
        for (int unsigned c = 0; c < Cols; c++) mem[addr_t'(write_addr_i)][c] = write_data[c];
      end
    end
  end

  if (SkewRead) begin : gen_skewed_read
    logic [Cols-1:0] command_d;
    logic [Cols-2:0] command_q;
    logic [15:0]     addr_d[Cols], addr_q[Cols];

    assign command_d = {command_q, read_i};
    assign read_any  = command_d != 0;

    always_comb begin
      addr_d[0] = read_addr_i;
      for (int unsigned c = 1; c < Cols; c++) addr_d[c] = addr_q[c-1];
    end

    // Columns without a command read too, whatever their address says.
    always_comb begin
      read_d = read_q;
      if (read_any) begin
        for (int unsigned c = 0; c < Cols; c++) read_d[c] = mem[addr_t'(addr_d[c])][c];
      end
    end

    always_ff @(posedge clk_i) begin
      command_q <= command_d[Cols-2:0];
      addr_q    <= addr_d;
    end
  end else begin : gen_row_read
    assign read_any = read_i;

    always_comb begin
      for (int unsigned c = 0; c < Cols; c++) read_d[c] = mem[addr_t'(read_addr_i)][c];
    end
  end

endmodule
