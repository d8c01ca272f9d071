// The result file: a RunResult as JSON; one replication as CBOR, to be kept, or packed, from a worker to its parent. In
// JSON and CBOR series, buckets and counts are base64 of little-endian float32, uint32 or uint64, and numbers that JSON
// cannot hold are the strings "inf", "-inf" and "nan". Reading gives back what was written, bit for bit.
//
// Left out: compression, and reading results of other schema versions (a newer one is a problem that says so).
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/problem.hpp"
#include "scenarios/result.hpp"

namespace faultline::scenarios {

// Writes beside `path` under another name, syncs it to the disk and renames it: whoever opens `path` finds the old file
// or the new one, never a half. Returns what went wrong (full disk, no permission, no such folder); then `path` is as
// it was and nothing else is left behind.
std::optional<Problem> write_result(const RunResult& result, const std::string& path);

// The same for any text.
std::optional<Problem> write_file(std::string_view text, const std::string& path);

// None, and a problem, for a missing, damaged, foreign or newer file.
std::optional<RunResult> read_result(const std::string& path, Problems& problems);

std::string result_text(const RunResult& result);
std::optional<RunResult> read_result_text(std::string_view text, std::string_view file_name, Problems& problems);

std::vector<std::uint8_t> to_cbor(const ReplicationResult& replication);
// None when the bytes are not what to_cbor wrote; `error` then says why.
std::optional<ReplicationResult> from_cbor(std::span<const std::uint8_t> bytes, std::string& error);

// For the same program, at once: several times as fast. None when the bytes are not what to_packed wrote, or another
// program's did; `error` then says why.
std::vector<std::uint8_t> to_packed(const ReplicationResult& replication);
std::optional<ReplicationResult> from_packed(std::span<const std::uint8_t> bytes, std::string& error);

// Plain RFC 4648 base64 with padding. Decoding gives none for anything else.
std::string to_base64(std::span<const std::uint8_t> bytes);
void append_base64(std::string& text, std::span<const std::uint8_t> bytes);
std::optional<std::vector<std::uint8_t>> from_base64(std::string_view text);

}  // namespace faultline::scenarios
