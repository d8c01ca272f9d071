# precompile_headers(<target>)
# The standard headers that most files of the project include, parsed once a library. Faster builds, nothing else: each
# file still includes what it uses.
option(FAULTLINE_PRECOMPILED_HEADERS "Parse the standard headers once a library" OFF)
function(precompile_headers target)
    if(NOT FAULTLINE_PRECOMPILED_HEADERS)
        return()
    endif()
    target_precompile_headers(${target} PRIVATE
        <algorithm> <array> <bit> <chrono> <cmath> <cstddef> <cstdint> <functional> <limits> <map> <memory> <optional>
        <span> <string> <string_view> <utility> <vector> ${ARGN})
endfunction()
