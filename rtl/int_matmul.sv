// Systolic weight-stationary array: acc[m, n] = sum over k of x[m, k] * w[k, n].
//
// PE (r, c) multiplies x[m, r] by w[r, c]; operands move right, sums move down, one PE per cycle.
// New weights follow the wavefront of the first row that uses them, so a pass may follow another
// without a gap. `model/README.md` defines the equation; `model/ops/int_matmul.h` is the reference.
module int_matmul #(
  parameter int unsigned Rows       = 16,
  parameter int unsigned Cols       = 16,
  parameter int unsigned ActBits    = 9,  // Operands are signed.
  parameter int unsigned WeightBits = 9
) (
  input  logic                            clk_i,
  input  logic                            swap_i,    // Cycle t: a swap begins.
  input  logic [Rows-1:0][15:0]           x_i,       // Row 0 in cycle t + 1, row r r cycles later.
  input  logic [Cols-1:0][WeightBits-1:0] weight_i,  // w[r, c] in cycle t + 1 + r + c.
  output logic [Cols-1:0][31:0]           sum_o      // Column c in cycle t + 2 + Rows + c.
);

  // Ports are packed for synthesis; state is unpacked and registered whole, so that simulators keep
  // the loops.
  systole_pkg::act_t    x_d[Rows][Cols], x_q[Rows][Cols];
  systole_pkg::weight_t w_d[Rows][Cols], w_q[Rows][Cols];
  systole_pkg::acc_t    sum_d[Rows][Cols], sum_q[Rows][Cols];
  systole_pkg::act_t    x_in[Rows];
  systole_pkg::weight_t w_in[Cols];

  // All ones at r + c: PE (r, c) takes its new weight in this cycle. A mask, not a bit: simulators
  // then select whole vectors.
  systole_pkg::weight_t swap_d[Rows+Cols-1], swap_q[Rows+Cols-1];

  for (genvar r = 0; r < Rows; r++) begin : gen_rows
    assign x_in[r] = systole_pkg::act_t'($signed(x_i[r][ActBits-1:0]));
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_cols
    assign w_in[c]  = systole_pkg::weight_t'($signed(weight_i[c]));
    assign sum_o[c] = sum_q[Rows-1][c];
  end

  always_comb begin
    for (int unsigned r = 0; r < Rows; r++) begin
      x_d[r][0] = x_in[r];
      for (int unsigned c = 1; c < Cols; c++) x_d[r][c] = x_q[r][c-1];
    end
  end

  always_comb begin
    swap_d[0] = swap_i ? '1 : '0;
    for (int unsigned d = 1; d < Rows + Cols - 1; d++) swap_d[d] = swap_q[d-1];
  end

  always_comb begin
    for (int unsigned r = 0; r < Rows; r++) begin
      for (int unsigned c = 0; c < Cols; c++) begin
        w_d[r][c] = (w_in[c] & swap_q[r+c]) | (w_q[r][c] & ~swap_q[r+c]);
      end
    end
  end

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) sum_d[0][c] = 32'(x_q[0][c]) * 32'(w_q[0][c]);
    for (int unsigned r = 1; r < Rows; r++) begin
      for (int unsigned c = 0; c < Cols; c++) begin
        sum_d[r][c] = sum_q[r-1][c] + 32'(x_q[r][c]) * 32'(w_q[r][c]);
      end
    end
  end

  always_ff @(posedge clk_i) begin
    swap_q <= swap_d;
    x_q    <= x_d;
    w_q    <= w_d;
    sum_q  <= sum_d;
  end

endmodule
