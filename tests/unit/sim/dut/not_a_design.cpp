// not_a_design.cpp: becomes a shared object that is no simulated design.
int not_a_design() { return 0; }
