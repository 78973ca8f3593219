// Reads a memory from NAME.memh and from NAME.memb, and writes both to NAME.dump, a line of bytes
// per word, the lowest first; NAME.memh once more to NAME.again.
module read_memory #(
  parameter integer Width = 8,
  parameter integer Base  = 0,
  parameter integer Words = 1,
  parameter         Name  = "name"
);

  reg [Width-1:0] hex[Base:Base+Words-1];
  reg [Width-1:0] bin[Base:Base+Words-1];
  integer dump;

  initial begin
    $readmemh({Name, ".memh"}, hex);
    $readmemb({Name, ".memb"}, bin);
    $writememh({Name, ".again"}, hex);
    dump = $fopen({Name, ".dump"}, "w");
    for (integer i = Base; i < Base + Words; i++) begin
      for (integer b = 0; b < Width / 8; b++) $fwrite(dump, "%h", hex[i][8*b+:8]);
      $fwrite(dump, "\n");
    end
    for (integer i = Base; i < Base + Words; i++) begin
      for (integer b = 0; b < Width / 8; b++) $fwrite(dump, "%h", bin[i][8*b+:8]);
      $fwrite(dump, "\n");
    end
    $fclose(dump);
  end

endmodule
