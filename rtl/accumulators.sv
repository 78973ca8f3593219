// Reduces the passes over the same rows, sums of K tiles or values of a stream, to their sum or
// their largest: one accumulator memory per column, row m at address m.
//
// A row's control arrives with column 0 and moves right with its values.
module accumulators #(
  parameter int unsigned Cols  = 16,
  parameter int unsigned Depth = 1024
) (
  input  logic                  clk_i,
  input  systole_pkg::row_t     row_i,     // Cycle t.
  input  logic [Cols-1:0][31:0] sum_i,     // Column c in cycle t + 1 + c.
  input  logic [Cols-1:0][15:0] stream_i,  // Likewise.
  output logic [Cols-1:0][31:0] acc_o      // Column c in cycle t + 2 + c.
);

  systole_pkg::acc_t acc_d[Cols], acc_q[Cols];
  systole_pkg::acc_t sum[Cols], operand[Cols], memory[Cols], base[Cols];
  systole_pkg::act_t stream[Cols];

  logic [Cols-1:0][31:0] read_data, write_data;

  // Bit c belongs to the row at column c.
  logic [Cols-1:0] first_q, forward_q, is_stream_q, is_maximum_q;
  logic            write_q;
  logic [15:0]     addr_q;

  for (genvar c = 0; c < Cols; c++) begin : gen_cols
    assign sum[c]        = $signed(sum_i[c]);
    assign stream[c]     = $signed(stream_i[c]);
    assign memory[c]     = $signed(read_data[c]);
    assign write_data[c] = acc_d[c];
    assign acc_o[c]      = acc_q[c];
  end

  // Selections are masks: simulators then select whole vectors.
  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      operand[c] = (32'(stream[c]) & {32{is_stream_q[c]}}) | (sum[c] & ~{32{is_stream_q[c]}});
    end
  end

  // A row right behind one with the same address (passes of one row) reads before that one's result
  // is written: it takes the result itself.
  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      base[c] = (acc_q[c] & {32{forward_q[c]}}) | (memory[c] & ~{32{forward_q[c]}});
    end
  end

  function automatic systole_pkg::acc_t reduce(
    input systole_pkg::acc_t value, input systole_pkg::acc_t old, input logic is_first,
    input logic is_maximum
  );
    systole_pkg::acc_t largest, reduced;
    largest = (old > value) ? old : value;
    reduced = is_maximum ? largest : old + value;
    reduce  = is_first ? value : reduced;
  endfunction

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      acc_d[c] = reduce(operand[c], base[c], first_q[c], is_maximum_q[c]);
    end
  end

  always_ff @(posedge clk_i) begin
    first_q      <= {first_q[Cols-2:0], row_i.first};
    forward_q    <= {forward_q[Cols-2:0], write_q && addr_q == row_i.addr};
    is_stream_q  <= {is_stream_q[Cols-2:0], row_i.stream};
    is_maximum_q <= {is_maximum_q[Cols-2:0], row_i.maximum};
    write_q      <= row_i.valid;
    addr_q       <= row_i.addr;
    acc_q        <= acc_d;
  end

  column_ram #(
    .Cols(Cols), .Depth(Depth), .Width(32), .SkewWrite(1'b1), .SkewRead(1'b1)
  ) u_ram (
    .clk_i,
    .write_i     (write_q),
    .write_addr_i(addr_q),
    .write_data_i(write_data),
    .read_i      (row_i.valid),
    .read_addr_i (row_i.addr),
    .read_data_o (read_data)
  );

endmodule
