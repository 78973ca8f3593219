// The stand-in's arithmetic, in a file of its own so that tests can edit an included file.
function automatic logic signed [63:0] stub_scale(
  input logic signed [63:0] sum, input logic signed [63:0] scale, input logic signed [63:0] bias,
  input logic [5:0] shift
);
  stub_scale = (sum * scale + bias) >>> shift;
endfunction
