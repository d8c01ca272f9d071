# embed_data(<target> <file>...)
# A static library that holds the files byte for byte, found by name (without folder) through
# scenarios/embedded_data.hpp. The assembler
# reads them (.incbin): megabytes cost no compile time, and g++ and clang both know the directive.
function(embed_data target)
    set(declarations "")
    set(entries "")
    set(paths "")
    set(index 0)
    foreach(file IN LISTS ARGN)
        set(path "${CMAKE_CURRENT_SOURCE_DIR}/${file}")
        list(APPEND paths "${path}")
        set(symbol "faultline_embedded_${index}")
        string(APPEND declarations
            "asm(\".pushsection .rodata\\n.balign 16\\n\"\n"
            "    \".global ${symbol}\\n.hidden ${symbol}\\n${symbol}:\\n.incbin \\\"${path}\\\"\\n\"\n"
            "    \".global ${symbol}_end\\n.hidden ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.popsection\\n\");\n"
            "extern \"C\" __attribute__((visibility(\"hidden\"))) const char ${symbol}[];\n"
            "extern \"C\" __attribute__((visibility(\"hidden\"))) const char ${symbol}_end[];\n")
        get_filename_component(name "${file}" NAME)
        string(APPEND entries "        {\"${name}\", ${symbol}, ${symbol}_end},\n")
        math(EXPR index "${index} + 1")
    endforeach()
    set(source "${CMAKE_CURRENT_BINARY_DIR}/${target}.cpp")
    file(CONFIGURE OUTPUT "${source}" @ONLY CONTENT [=[// Written by cmake/embed_data.cmake.
#include "scenarios/embedded_data.hpp"

@declarations@
namespace faultline::scenarios {

std::string_view embedded_file(std::string_view name) {
    struct Entry {
        std::string_view name;
        const char* begin;
        const char* end;
    };
    static const Entry entries[] = {
@entries@    };
    for (const Entry& entry : entries) {
        if (entry.name == name) return {entry.begin, static_cast<std::size_t>(entry.end - entry.begin)};
    }
    return {};
}

}  // namespace faultline::scenarios
]=])
    set_source_files_properties("${source}" PROPERTIES OBJECT_DEPENDS "${paths}")
    add_library(${target} STATIC "${source}")
    target_include_directories(${target} PUBLIC "${PROJECT_SOURCE_DIR}")
    target_compile_features(${target} PUBLIC cxx_std_20)
    target_link_libraries(${target} PRIVATE faultline::options)
endfunction()
