// The stand-in core of the tests.
+incdir+include
stub_core.sv
