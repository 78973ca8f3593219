// Rescales one accumulator per column to an output code, in three stages:
//
//   v = round_shift(acc * scale + bias + ((residual * residual_scale) << residual_shift), shift)
//   q = clamp(v + zero_point)  or  clamp(clamp(v + zero_point) - zero_point)
//
// With gemmlowp's two roundings (a build option), `residual_shift` is the left shift and, the last
// rounding half away from zero,
//
//   v = round_shift((((acc + bias) << residual_shift) * scale + 2^30) >> 31, shift)
//
// `model/README.md` defines the equations; `model/ops/mul_quant.h` and
// `model/ops/requantise/gemmlowp.h` are the references for every bit.
// Products and sums have 64 bits. Lanes run freely: columns are skewed, each lane's result follows
// its operands by three cycles.
module mul_quant #(
  parameter int unsigned Cols      = 16,
  parameter int unsigned ScaleBits = 32,
  parameter bit          Gemmlowp  = 0
) (
  input  logic                    clk_i,
  input  logic                    load_i,      // Cycle t: lane `load_col_i` has new parameters for
  input  logic [$clog2(Cols)-1:0] load_col_i,  // operands from t + 1 on.
  input  logic [ScaleBits-1:0]    scale_i,
  input  logic [63:0]             bias_i,
  input  logic [5:0]              shift_i,
  input  logic [ScaleBits-1:0]    residual_scale_i,
  input  logic [5:0]              residual_shift_i,
  input  systole_pkg::quant_t     quant_i,
  input  logic [Cols-1:0][31:0]   acc_i,
  input  logic [Cols-1:0][16:0]   residual_i,
  output logic [Cols-1:0][16:0]   code_o
);

  typedef logic [$clog2(Cols)-1:0] col_t;

  logic is_gemmlowp, is_gemmlowp_round;  // Of the parameters on their way into a stage.
  systole_pkg::rounding_e last_rounding;

  // Ports are packed for synthesis; state is unpacked and registered whole, so that simulators keep
  // the loops.
  logic signed [31:0] acc[Cols], residual[Cols];
  logic signed [31:0] factor[Cols];  // What the scale multiplies.

  // Parameters of each stage; a later stage gets them later.
  logic signed [31:0] scale_q[Cols], residual_scale_q[Cols];
  systole_pkg::wide_t bias_q[Cols];
  logic [7:0]         residual_shift_q[Cols], shift_q[Cols];
  logic [7:0]         has_residual_q[Cols], rounding_q[Cols], subtract_zp_q[Cols];
  logic signed [31:0] zero_point_q[Cols], lo_q[Cols], hi_q[Cols];

  logic                load_round_q, load_clamp_q;
  col_t                col_round_q, col_clamp_q;
  logic [5:0]          shift_round_q;
  systole_pkg::quant_t quant_round_q, quant_clamp_q;

  assign is_gemmlowp       = Gemmlowp && quant_i.rounding == systole_pkg::Gemmlowp;
  assign is_gemmlowp_round = Gemmlowp && quant_round_q.rounding == systole_pkg::Gemmlowp;
  assign last_rounding     = is_gemmlowp_round ? systole_pkg::HalfAway : quant_round_q.rounding;

  always_ff @(posedge clk_i) begin
    load_round_q  <= load_i;
    col_round_q   <= load_col_i;
    shift_round_q <= shift_i;
    quant_round_q <= quant_i;
    load_clamp_q  <= load_round_q;
    col_clamp_q   <= col_round_q;
    quant_clamp_q <= quant_round_q;

    if (load_i) begin
      scale_q[load_col_i]          <= 32'($signed(scale_i));
      bias_q[load_col_i]           <= is_gemmlowp ? 64'sd1 << 30 : $signed(bias_i);
      residual_scale_q[load_col_i] <= 32'($signed(residual_scale_i));
      residual_shift_q[load_col_i] <= 8'(residual_shift_i);
      has_residual_q[load_col_i]   <= 8'(quant_i.residual);
    end
    if (load_round_q) begin
      shift_q[col_round_q]    <= 8'(shift_round_q);
      rounding_q[col_round_q] <= 8'(last_rounding);
    end
    if (load_clamp_q) begin
      subtract_zp_q[col_clamp_q] <= 8'(quant_clamp_q.subtract_zp);
      zero_point_q[col_clamp_q]  <= 32'(quant_clamp_q.zero_point);
      lo_q[col_clamp_q]          <= 32'(quant_clamp_q.lo);
      hi_q[col_clamp_q]          <= 32'(quant_clamp_q.hi);
    end
  end

  systole_pkg::wide_t product_d[Cols], product_q[Cols];
  systole_pkg::wide_t extra_d[Cols], extra_q[Cols];
  systole_pkg::wide_t sum[Cols];
  systole_pkg::wide_t rounded_d[Cols], rounded_q[Cols];
  logic signed [31:0] code_d[Cols], code_q[Cols];

  for (genvar c = 0; c < Cols; c++) begin : gen_cols
    assign acc[c]      = $signed(acc_i[c]);
    assign residual[c] = 32'($signed(residual_i[c]));
    assign code_o[c]   = code_q[c][16:0];
  end

  // Functions get values, so that simulators load every operand and select whole vectors. They
  // assign to their name and initialise nothing, so that Yosys reads them.

  function automatic systole_pkg::wide_t scale_residual(
    input logic signed [31:0] value, input logic signed [31:0] scale, input logic [5:0] shift,
    input logic enable
  );
    systole_pkg::wide_t scaled;
    scaled         = (64'(value) * 64'(scale)) << shift;
    scale_residual = scaled & {64{enable}};
  endfunction

  // Twice the remainder against the divisor decides: above rounds up, equal is a tie. At shift 0
  // the remainder is 0 and nothing rounds.
  function automatic systole_pkg::wide_t round_shift(
    input systole_pkg::wide_t value, input logic [5:0] shift, input logic [2:0] rounding
  );
    systole_pkg::wide_t divisor, quotient, twice;
    logic is_up, is_even, is_away, tie_up, up;
    divisor     = 64'sd1 << shift;
    quotient    = value >>> shift;
    twice       = (value & (divisor - 64'sd1)) << 1;
    is_up       = rounding == systole_pkg::HalfUp;
    is_even     = rounding == systole_pkg::HalfEven;
    is_away     = rounding == systole_pkg::HalfAway;
    tie_up      = is_up | (is_even & quotient[0]) | (is_away & !value[63]);
    up          = (rounding != systole_pkg::Floor) &
                  ((twice > divisor) | ((twice == divisor) & tie_up));
    round_shift = quotient + 64'(up);
  endfunction

  function automatic systole_pkg::wide_t clamp(
    input systole_pkg::wide_t value, input systole_pkg::wide_t lo, input systole_pkg::wide_t hi
  );
    systole_pkg::wide_t at_least;
    at_least = (value < lo) ? lo : value;
    clamp    = (at_least > hi) ? hi : at_least;
  endfunction

  function automatic systole_pkg::wide_t offset_and_clamp(
    input systole_pkg::wide_t value, input systole_pkg::wide_t zero_point,
    input systole_pkg::wide_t lo, input systole_pkg::wide_t hi, input logic subtract_zp
  );
    systole_pkg::wide_t kept, centred;
    kept             = clamp(value + zero_point, lo, hi);
    centred          = clamp(kept - zero_point, lo, hi);
    offset_and_clamp = subtract_zp ? centred : kept;
  endfunction

  // The 32 bits of gemmlowp's arithmetic wrap here. Its one saturation, -2^31 times itself, needs
  // no hardware: 2^31 and 2^31 - 1 give one code, whatever the shift, because codes have 17 bits.
  if (Gemmlowp) begin : gen_two_roundings
    logic signed [31:0] offset_q[Cols];
    logic [7:0]         left_q[Cols], high_q[Cols];  // high: 31 where the first rounding shifts.

    always_ff @(posedge clk_i) begin
      if (load_i) begin
        offset_q[load_col_i] <= is_gemmlowp ? $signed(bias_i[31:0]) : '0;
        left_q[load_col_i]   <= is_gemmlowp ? 8'(residual_shift_i) : '0;
      end
      if (load_round_q) high_q[col_round_q] <= is_gemmlowp_round ? 8'd31 : '0;
    end

    always_comb begin
      for (int unsigned c = 0; c < Cols; c++) begin
        factor[c] = (acc[c] + offset_q[c]) << left_q[c][5:0];
        sum[c]    = (product_q[c] + extra_q[c]) >>> high_q[c][5:0];
      end
    end
  end else begin : gen_one_rounding
    always_comb begin
      for (int unsigned c = 0; c < Cols; c++) begin
        factor[c] = acc[c];
        sum[c]    = product_q[c] + extra_q[c];
      end
    end
  end

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      product_d[c] = 64'(factor[c]) * 64'(scale_q[c]) + bias_q[c];
    end
  end

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      extra_d[c] = scale_residual(residual[c], residual_scale_q[c], residual_shift_q[c][5:0],
                                  has_residual_q[c][0]);
    end
  end

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      rounded_d[c] = round_shift(sum[c], shift_q[c][5:0], rounding_q[c][2:0]);
    end
  end

  always_comb begin
    for (int unsigned c = 0; c < Cols; c++) begin
      code_d[c] = 32'(offset_and_clamp(rounded_q[c], 64'(zero_point_q[c]), 64'(lo_q[c]),
                                       64'(hi_q[c]), subtract_zp_q[c][0]));
    end
  end

  always_ff @(posedge clk_i) begin
    product_q <= product_d;
    extra_q   <= extra_d;
    rounded_q <= rounded_d;
    code_q    <= code_d;
  end

endmodule
