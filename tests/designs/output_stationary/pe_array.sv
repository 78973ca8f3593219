// Output-stationary array: PE (r, c) sums x[r] * w[c] over the steps of a tile.
//
// A step, one k of a tile, enters at PE (0, 0) and reaches PE (r, c) r + c cycles later: x moves
// right, w moves down. Sums stay. The wave of a tile's last step reads them out behind it, one row
// per column and cycle, while the next tile's first step, right behind, starts new ones.
module pe_array #(
  parameter int unsigned Rows = 16,
  parameter int unsigned Cols = 16
) (
  input  logic                  clk_i,
  input  logic                  rst_ni,
  input  logic                  step_i,   // Cycle t.
  input  logic                  first_i,  // The step begins a tile.
  input  logic                  last_i,   // It ends one; the next to do so comes Rows cycles later.
  input  logic [Rows-1:0][15:0] x_i,      // Row r in cycle t + r; ignored without a step.
  input  logic [Cols-1:0][15:0] w_i,      // Column c in cycle t + c.
  output logic                  row_o,    // Cycle t + 3 + r of a last step: row r begins.
  output logic [Cols-1:0][31:0] sum_o     // Column c of it c cycles later.
);

  localparam int unsigned Diagonals = Rows + Cols - 1;

  logic signed [15:0] x_in[Rows], w_in[Cols];
  logic signed [15:0] x_d[Rows][Cols], x_q[Rows][Cols];
  logic signed [15:0] w_d[Rows][Cols], w_q[Rows][Cols];
  logic signed [31:0] acc_d[Rows][Cols], acc_q[Rows][Cols];
  logic        [31:0] sum_d[Cols], sum_q[Cols];

  // What the step at diagonal r + c does, as masks: `keep` is 0 where a tile begins, `use` is all
  // ones where there is a step, `done` where the sums have been complete for one cycle.
  logic [31:0] keep_d[Diagonals], keep_q[Diagonals];
  logic [31:0] use_d[Diagonals], use_q[Diagonals];
  logic [31:0] done_d[Diagonals], done_q[Diagonals];
  logic        last_q, row_d, row_q;

  for (genvar r = 0; r < Rows; r++) begin : gen_rows
    assign x_in[r] = $signed(x_i[r]);
  end

  for (genvar c = 0; c < Cols; c++) begin : gen_cols
    assign w_in[c]  = $signed(w_i[c]);
    assign sum_o[c] = sum_q[c];
  end

  assign row_o = row_q;

  always_comb begin
    keep_d[0] = (step_i && first_i) ? '0 : '1;
    use_d[0]  = step_i ? '1 : '0;
    done_d[0] = last_q ? '1 : '0;
    for (int unsigned d = 1; d < Diagonals; d++) begin
      keep_d[d] = keep_q[d-1];
      use_d[d]  = use_q[d-1];
      done_d[d] = done_q[d-1];
    end
  end

  always_comb begin
    for (int unsigned r = 0; r < Rows; r++) begin
      x_d[r][0] = x_in[r];
      for (int unsigned c = 1; c < Cols; c++) x_d[r][c] = x_q[r][c-1];
    end
  end

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) w_d[0][c] = w_in[c];
    for (int unsigned r = 1; r < Rows; r++) begin
      for (int unsigned c = 0; c < Cols; c++) w_d[r][c] = w_q[r-1][c];
    end
  end

  always_comb begin
    for (int unsigned r = 0; r < Rows; r++) begin
      for (int unsigned c = 0; c < Cols; c++) begin
        acc_d[r][c] = (acc_q[r][c] & keep_q[r+c]) +
                      ((32'(x_q[r][c]) * 32'(w_q[r][c])) & use_q[r+c]);
      end
    end
  end

  // At most one row per column is done in a cycle.
  always_comb begin
    row_d = 1'b0;
    for (int unsigned r = 0; r < Rows; r++) row_d |= done_q[r][0];
    for (int unsigned c = 0; c < Cols; c++) sum_d[c] = '0;
    for (int unsigned r = 0; r < Rows; r++) begin
      for (int unsigned c = 0; c < Cols; c++) sum_d[c] |= acc_q[r][c] & done_q[r+c];
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      last_q <= 1'b0;
      row_q  <= 1'b0;
      keep_q <= '{default: '1};
      use_q  <= '{default: '0};
      done_q <= '{default: '0};
    end else begin
      last_q <= step_i && last_i;
      row_q  <= row_d;
      keep_q <= keep_d;
      use_q  <= use_d;
      done_q <= done_d;
    end
  end

  always_ff @(posedge clk_i) begin
    x_q   <= x_d;
    w_q   <= w_d;
    acc_q <= acc_d;
    sum_q <= sum_d;
  end

endmodule
