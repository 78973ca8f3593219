// headers.cpp: nothing; its target holds the headers that all tests have compiled (CMakeLists.txt).
