# add_project_test(<name> [AS_LIBRARIES] SOURCES <file>... LIBRARIES <target>... [LABELS <label>...])
# One test program, each of its tests a test of CTest, run from the root of the project. What is tested is optimised as
# users run it; the test around it need not be, and compiles in half the time. AS_LIBRARIES is for what is mostly
# headers, and therefore compiled in its tests: as the libraries are.
include(GoogleTest)

# What every test program includes, parsed once for all of them. Only what all of them are compiled with may be defined
# here: g++ refuses the header else.
file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/test_headers.cpp" CONTENT "")
add_library(test_headers OBJECT "${CMAKE_BINARY_DIR}/test_headers.cpp")
target_link_libraries(test_headers PRIVATE faultline::options GTest::gtest)
target_compile_definitions(test_headers PRIVATE FAULTLINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
target_compile_options(test_headers PRIVATE -O1)
precompile_headers(test_headers <gtest/gtest.h>)

function(add_project_test name)
    cmake_parse_arguments(PARSE_ARGV 1 TEST AS_LIBRARIES "" "SOURCES;LIBRARIES;LABELS")
    add_executable(${name} ${TEST_SOURCES})
    target_link_libraries(${name} PRIVATE ${TEST_LIBRARIES} faultline::options GTest::gtest GTest::gtest_main)
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
    target_compile_definitions(${name} PRIVATE FAULTLINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    gtest_discover_tests(${name} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}" DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 120
        PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 600)
    if(TEST_AS_LIBRARIES)
        return()
    endif()
    target_compile_options(${name} PRIVATE -O1)
    if(FAULTLINE_PRECOMPILED_HEADERS)
        target_precompile_headers(${name} REUSE_FROM test_headers)
    endif()
endfunction()
