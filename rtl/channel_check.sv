// Asserts the rule of a channel: once high, valid stays and data is stable until the transfer.
module channel_check #(
  parameter int unsigned Width = 32
) (
  input logic             clk_i,
  input logic             rst_ni,
  input logic             valid_i,
  input logic             ready_i,
  input logic [Width-1:0] data_i
);

`ifndef SYNTHESIS
  logic             waiting_q;
  logic [Width-1:0] data_q;

  // Compared only while a beat waits: a comparison of all channels in each cycle would cost more
  // simulation time than the control logic.
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      waiting_q <= 1'b0;
    end else begin
      waiting_q <= valid_i && !ready_i;
      if (waiting_q) begin
        ValidStays: assert (valid_i) else $error("valid fell before the transfer");
        DataIsStable: assert (data_i == data_q) else $error("data changed before the transfer");
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (valid_i && !ready_i) data_q <= data_i;
  end
`endif

endmodule
