// Asserts the rules of an AXI-Stream channel: a beat, once offered, stays as it is until its
// transfer, and none is offered during reset.
module axis_check #(
  parameter int unsigned Width = 32
) (
  input logic             aclk,
  input logic             aresetn,
  input logic             tvalid,
  input logic             tready,
  input logic             tlast,
  input logic [Width-1:0] tdata
);

`ifndef SYNTHESIS
  logic             waiting_q, tlast_q;
  logic             reset_q = 1'b0;  // The cycle before belonged to the reset.
  logic [Width-1:0] tdata_q;

  always_ff @(posedge aclk) begin
    reset_q   <= !aresetn;
    waiting_q <= aresetn && tvalid && !tready;
    if (aresetn && waiting_q) begin
      ValidStays: assert (tvalid) else $error("tvalid fell before the transfer");
      DataIsStable: assert (tdata == tdata_q) else $error("tdata changed before the transfer");
      LastIsStable: assert (tlast == tlast_q) else $error("tlast changed before the transfer");
    end
    if (!aresetn && reset_q) begin  // From its second cycle on.
      IdleInReset: assert (!tvalid) else $error("tvalid is high during reset");
    end
  end

  always_ff @(posedge aclk) begin
    if (tvalid && !tready) begin
      tdata_q <= tdata;
      tlast_q <= tlast;
    end
  end
`endif

endmodule
