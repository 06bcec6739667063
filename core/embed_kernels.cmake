# plumb_embed_kernels(TARGET NAME SOURCE NAMESPACE): compiles SOURCE (CUDA C++) to one image for all GPUs and puts it
# into TARGET as `std::span<const unsigned char> NAMESPACE::NAME()`; without nvcc the span is empty.
find_program(PLUMB_NVCC nvcc HINTS /usr/local/cuda/bin ENV CUDA_HOME PATH_SUFFIXES bin)
set(kernel_targets)
if(PLUMB_NVCC)
  execute_process(COMMAND ${PLUMB_NVCC} --version OUTPUT_VARIABLE nvcc_says)
  string(REGEX MATCH "V[0-9.]+" nvcc_version "${nvcc_says}")
  execute_process(COMMAND ${PLUMB_NVCC} --list-gpu-code OUTPUT_VARIABLE known_code)
  foreach(arch 80 90 100)
    if(known_code MATCHES "sm_${arch}[^0-9]")
      list(APPEND kernel_targets -gencode arch=compute_${arch},code=sm_${arch})
    endif()
  endforeach()
  list(APPEND kernel_targets -gencode arch=compute_80,code=compute_80)  # PTX: GPUs in between, and later ones
  set_property(GLOBAL APPEND PROPERTY PLUMB_PARTS "GPU kernels: nvcc ${nvcc_version}")
else()
  set_property(GLOBAL APPEND PROPERTY PLUMB_PARTS "GPU kernels: absent (nvcc not found)")
endif()

function(plumb_embed_kernels target name source namespace)
  set(image ${CMAKE_CURRENT_BINARY_DIR}/${name}.fatbin)
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${source})
  set(unit ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
  set(head "#include <span>\nnamespace ${namespace} {\nstd::span<const unsigned char> ${name}();\n}\n")
  if(PLUMB_NVCC)
    add_custom_command(OUTPUT ${image} DEPENDS ${source} DEPFILE ${image}.d VERBATIM
                       COMMAND ${PLUMB_NVCC} -fatbin -std=c++17 -O3 -I${CMAKE_SOURCE_DIR} ${kernel_targets}
                               -Werror all-warnings -MD -MF ${image}.d -o ${image} ${source}
                       COMMENT "Compiling GPU kernels ${name}")
    set_property(SOURCE ${unit} APPEND PROPERTY OBJECT_DEPENDS ${image})
    file(CONFIGURE OUTPUT ${unit} CONTENT "${head}
asm(\".section .rodata\\n.balign 16\\nplumb_${name}_begin:\\n.incbin \\\"${image}\\\"\\nplumb_${name}_end:\\n.previous\");
extern const unsigned char begin_of[] asm(\"plumb_${name}_begin\");
extern const unsigned char end_of[] asm(\"plumb_${name}_end\");
std::span<const unsigned char> ${namespace}::${name}() { return {begin_of, end_of}; }
" @ONLY)
  else()
    file(CONFIGURE OUTPUT ${unit} CONTENT "${head}
std::span<const unsigned char> ${namespace}::${name}() { return {}; }
" @ONLY)
  endif()
  target_sources(${target} PRIVATE ${unit})
endfunction()
