#include "scenarios/result_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "scenarios/result/archive.hpp"

namespace faultline::scenarios {

namespace {

std::string message_of(int error) {
    return std::generic_category().message(error);
}

// A file under construction: gone with the object unless it was moved to its place.
class PartialFile {
public:
    explicit PartialFile(const std::string& path) : target_(path), name_(fmt::format("{}.{}.partial", path, getpid())) {
        descriptor_ = ::open(name_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        created_ = descriptor_ >= 0;
        if (!created_) error_ = errno;
    }
    PartialFile(const PartialFile&) = delete;
    PartialFile& operator=(const PartialFile&) = delete;
    ~PartialFile() {
        if (descriptor_ >= 0) ::close(descriptor_);
        if (created_ && !moved_) ::unlink(name_.c_str());
    }

    // 0, or the error number of the first step that failed.
    int write(std::string_view text) {
        while (error_ == 0 && !text.empty()) {
            const ssize_t written = ::write(descriptor_, text.data(), text.size());
            if (written < 0 && errno != EINTR) error_ = errno;
            if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
        }
        return error_;
    }

    int move_to_target() {
        if (error_ == 0 && ::fsync(descriptor_) != 0) error_ = errno;
        // Some file systems tell of a full disk only here.
        if (error_ == 0 && ::close(std::exchange(descriptor_, -1)) != 0) error_ = errno;
        if (error_ == 0 && ::rename(name_.c_str(), target_.c_str()) != 0) error_ = errno;
        moved_ = error_ == 0;
        if (moved_) sync_folder();
        return error_;
    }

private:
    // The new name is in the folder, and the folder is on the disk after this. If it fails the file is right all the
    // same.
    void sync_folder() const {
        const std::filesystem::path folder = std::filesystem::path(target_).parent_path();
        const int descriptor = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (descriptor < 0) return;
        static_cast<void>(::fsync(descriptor));
        ::close(descriptor);
    }

    std::string target_, name_;
    int descriptor_ = -1;
    int error_ = 0;
    bool created_ = false, moved_ = false;
};

std::optional<RunResult> read_document(const ResultJson& json, std::string_view file, Problems& problems) {
    if (!json.is_object() || !json.contains("format") || json.at("format") != result_format) {
        problems.add(file, "", fmt::format("is no result file: \"format\" is not \"{}\"", result_format));
        return std::nullopt;
    }
    const auto version = json.find("schema_version");
    if (version == json.end() || !version->is_number_integer()) {
        problems.add(file, "/schema_version", "expected a whole number");
        return std::nullopt;
    }
    if (*version != result_schema_version) {
        const bool newer = *version > result_schema_version;
        problems.add(file, "/schema_version",
                     fmt::format("version {} is {} than {}, the one that this program reads; {}", version->dump(),
                                 newer ? "newer" : "older", result_schema_version,
                                 newer ? "use a newer program" : "run the scenario again"));
        return std::nullopt;
    }
    try {
        RunResult result;
        ReadingArchive archive(json, {});
        fields(archive, result);
        return result;
    } catch (const Unreadable& wrong) {
        problems.add(file, wrong.pointer, wrong.message);
        return std::nullopt;
    }
}

}  // namespace

std::optional<Problem> write_result(const RunResult& result, const std::string& path) {
    return write_file(result_text(result), path);
}

std::optional<Problem> write_file(std::string_view text, const std::string& path) {
    PartialFile file(path);
    int error = file.write(text);
    if (error == 0) error = file.move_to_target();
    if (error == 0) return std::nullopt;
    return Problem{path, "", fmt::format("cannot be written: {}", message_of(error))};
}

std::optional<RunResult> read_result_text(std::string_view text, std::string_view file_name, Problems& problems) {
    const ResultJson json = ResultJson::parse(text.begin(), text.end(), nullptr, false);
    if (json.is_discarded()) {
        problems.add(file_name, "", "is no result file: not JSON, or cut off");
        return std::nullopt;
    }
    return read_document(json, file_name, problems);
}

std::optional<RunResult> read_result(const std::string& path, Problems& problems) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        problems.add(path, "", "is a directory; expected a result file");
        return std::nullopt;
    }
    std::ifstream file(path, std::ios::binary);
    if (!file) {
        problems.add(path, "", fmt::format("cannot be opened: {}", message_of(errno)));
        return std::nullopt;
    }
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    return read_result_text(text, path, problems);
}

std::vector<std::uint8_t> to_cbor(const ReplicationResult& replication) {
    ResultJson json;
    WritingArchive archive(json);
    fields(archive, replication);
    return ResultJson::to_cbor(json);
}

std::optional<ReplicationResult> from_cbor(std::span<const std::uint8_t> bytes, std::string& error) {
    try {
        // A length beyond all memory is thrown even where exceptions are switched off (nlohmann 3.11).
        const ResultJson json = ResultJson::from_cbor(bytes.begin(), bytes.end(), true, false);
        if (json.is_discarded()) {
            error = "not CBOR, or cut off";
            return std::nullopt;
        }
        ReplicationResult replication;
        ReadingArchive archive(json, {});
        fields(archive, replication);
        return replication;
    } catch (const Unreadable& wrong) {
        error = wrong.pointer + ": " + wrong.message;
    } catch (const ResultJson::exception& wrong) {
        error = wrong.what();
    }
    return std::nullopt;
}

}  // namespace faultline::scenarios
