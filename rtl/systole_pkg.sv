// Types that the modules of the core share.
package systole_pkg;

  typedef logic signed [15:0] act_t;     // Activation (narrower on the array) or stream value.
  typedef logic signed [15:0] weight_t;  // Weight: at most 9 bits signed, held in 16.
  typedef logic signed [31:0] acc_t;     // Accumulator.
  typedef logic signed [63:0] wide_t;    // Product, bias and sum of MulQuant.
  typedef logic signed [16:0] code_t;    // Output, residual operand, zero point, clamp bounds.

  // Where a tie goes, or gemmlowp's two roundings; `model/README.md` defines the names.
  typedef enum logic [2:0] {
    HalfEven = 3'd0,
    HalfUp   = 3'd1,
    HalfAway = 3'd2,
    Floor    = 3'd3,
    Gemmlowp = 3'd4
  } rounding_e;

  // How a pass runs: the part of a command that the sequencer reads.
  typedef struct packed {
    logic [15:0] rows;
    logic [15:0] first_row;
    logic        stream;
    logic        maximum;
    logic        first;
    logic        last;
    logic        new_weights;
    logic        new_params;
  } pass_t;

  // The part of a command that is latched with the parameters.
  typedef struct packed {
    logic      residual;
    rounding_e rounding;
    logic      subtract_zp;
    code_t     zero_point;
    code_t     lo;
    code_t     hi;
  } quant_t;

  // What travels beside one row of a pass.
  typedef struct packed {
    logic        valid;
    logic        stream;
    logic        maximum;
    logic        first;
    logic        last;
    logic        new_params;  // First row of a pass that takes new parameters.
    logic        residual;
    logic [15:0] addr;
  } row_t;

endpackage
