// A file in memory that two processes share, and the form of what is handed over in it: a header with a length and a
// checksum, then the bytes. A writer that dies half-way leaves a file that is refused, never one that is half read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "planning/file_descriptor.hpp"

namespace faultline::planning {

// Closed on exec; its number is 10 or more. Throws std::system_error.
FileDescriptor memory_file(const char* name);

// False when the file cannot hold it: no memory left.
bool write_sealed(int file, std::span<const std::uint8_t> bytes);

// What was written, or, in `wrong`, why it cannot be it: "nothing was written", "cut off: ...", "its checksum is
// wrong".
std::optional<std::vector<std::uint8_t>> read_sealed(int file, std::string& wrong);

}  // namespace faultline::planning
