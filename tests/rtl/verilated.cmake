# Builds RTL modules into static libraries for tests: systole_verilate(TARGET PREFIX TOP [-GName=V...]).
find_package(verilator 5.006 REQUIRED HINTS $ENV{VERILATOR_ROOT} /usr/share/verilator)
find_program(SYSTOLE_VERILATOR verilator REQUIRED)

set(SYSTOLE_RTL_DIR ${PROJECT_SOURCE_DIR}/rtl)
file(GLOB SYSTOLE_RTL_SOURCES CONFIGURE_DEPENDS ${SYSTOLE_RTL_DIR}/*.sv ${SYSTOLE_RTL_DIR}/*.vlt
                                                ${SYSTOLE_RTL_DIR}/files.f)

# Verilator's runtime, once for all models. Third-party code: our warnings do not apply.
add_library(verilated_runtime STATIC ${VERILATOR_ROOT}/include/verilated.cpp
                                     ${VERILATOR_ROOT}/include/verilated_threads.cpp)
target_include_directories(verilated_runtime SYSTEM PUBLIC ${VERILATOR_ROOT}/include
                                                           ${VERILATOR_ROOT}/include/vltstd)
target_compile_options(verilated_runtime PRIVATE -w)
target_link_libraries(verilated_runtime PUBLIC Threads::Threads)

# Small models compile fast at -O1; the product builds its own, faster ones at run time.
function(systole_verilate target prefix top)
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/${prefix})
  set(library ${dir}/${prefix}__ALL.a)
  add_custom_command(
    OUTPUT ${library}
    COMMAND ${SYSTOLE_VERILATOR} --cc --build -j 1 --assert --unroll-count 1 --x-assign unique
            --x-initial unique --Mdir ${dir} --prefix ${prefix} --top-module ${top} ${ARGN}
            -Wno-fatal -Wno-lint ${SYSTOLE_RTL_DIR}/lint.vlt ${SYSTOLE_RTL_DIR}/public.vlt
            -F ${SYSTOLE_RTL_DIR}/files.f
            -MAKEFLAGS "-s CXX=${CMAKE_CXX_COMPILER} OPT_FAST=-O1 OPT_SLOW=-O0 OPT_GLOBAL=-O0"
    DEPENDS ${SYSTOLE_RTL_SOURCES}
    COMMENT "Verilating ${top} as ${prefix}"
    VERBATIM)
  add_custom_target(${prefix}_model DEPENDS ${library})
  add_dependencies(${target} ${prefix}_model)
  target_include_directories(${target} SYSTEM PRIVATE ${dir})
  target_link_libraries(${target} PRIVATE ${library} verilated_runtime)
endfunction()
