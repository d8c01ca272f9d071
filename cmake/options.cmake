# faultline::options: how every file of the project is compiled.
#
# -ffp-contract=off and no -march: a result is bit-identical on every machine whose libm agrees (docs/architecture.md).
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

set(FAULTLINE_SANITIZE "" CACHE STRING "Sanitizers, comma separated: address,undefined,float-cast-overflow")

add_library(faultline_options INTERFACE)
add_library(faultline::options ALIAS faultline_options)
target_compile_options(faultline_options INTERFACE
    -Wall -Wextra -Wpedantic -Werror -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor -Wold-style-cast
    -Woverloaded-virtual -ffp-contract=off)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # -Wmaybe-uninitialized misreads coroutine frames in g++ 12; the other three see overflows in the library's own
    # strings and vectors at -O3 (https://gcc.gnu.org/PR105651 is one). What they look for is found by the sanitizers.
    target_compile_options(faultline_options INTERFACE -fcoroutines -Wno-maybe-uninitialized
        -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds)
    if(CMAKE_UNITY_BUILD)
        # Coroutine frames hold what is local to their file; in a unity build that file is not the main one.
        target_compile_options(faultline_options INTERFACE -Wno-subobject-linkage)
    endif()
elseif(CMAKE_UNITY_BUILD)
    # A name that another file of the unit has for itself is not shadowed. What is, g++ finds.
    target_compile_options(faultline_options INTERFACE -Wno-shadow)
endif()
if(FAULTLINE_SANITIZE)
    target_compile_options(faultline_options INTERFACE
        -fsanitize=${FAULTLINE_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(faultline_options INTERFACE -fsanitize=${FAULTLINE_SANITIZE})
endif()
