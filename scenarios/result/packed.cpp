// One replication from process to process of the same program: the members one after the other, without their names,
// numbers as they lie in memory. First the layout, so that another program's bytes are not taken for ours.
#include <array>
#include <cstring>

#include "scenarios/result/archive.hpp"
#include "scenarios/sha256.hpp"

namespace faultline::scenarios {

namespace {

template <typename T>
concept Plain = std::is_arithmetic_v<T> || std::is_enum_v<T>;

// The names and types of all members, those of members of lists included.
class LayoutArchive {
public:
    static constexpr bool writes = false;

    template <typename T>
    void operator()(const char* name, T& value) {
        text_.append(name).append(1, ' ');
        add(value);
    }
    const std::string& text() const { return text_; }

private:
    template <Plain T>
    void add(T&) {
        text_.append(std::is_floating_point_v<T> ? "f" : "i").append(std::to_string(sizeof(T))).append(1, ' ');
    }
    void add(std::string&) { text_ += "text "; }
    template <typename T>
    void add(std::optional<T>&) {
        T inner{};
        text_ += "perhaps ";
        add(inner);
    }
    template <typename T>
    void add(std::vector<T>&) {
        T inner{};
        text_ += "list ";
        add(inner);
    }
    template <typename T, std::size_t n>
    void add(std::array<T, n>& values) {
        text_.append(std::to_string(n)).append(1, ' ');
        add(values[0]);
    }
    template <typename T>
    requires std::is_class_v<T>
    void add(T& value) {
        text_ += "( ";
        fields(*this, value);
        text_ += ") ";
    }

    std::string text_;
};

// The same for two programs whose structs have the same members.
const std::string& layout() {
    static const std::string digest = [] {
        LayoutArchive archive;
        ReplicationResult any;
        fields(archive, any);
        Sha256 digest_of;
        digest_of.add(archive.text());
        return digest_of.digest();
    }();
    return digest;
}

class PackingArchive {
public:
    static constexpr bool writes = true;
    explicit PackingArchive(std::vector<std::uint8_t>& into) : into_(into) {}

    template <typename T>
    void operator()(const char*, const T& value) {
        write(value);
    }
    template <Plain T>
    void write(const T& value) {
        append(&value, sizeof(T));
    }
    void write(const std::string& value) {
        write(std::uint64_t{value.size()});
        append(value.data(), value.size());
    }
    template <typename T>
    void write(const std::optional<T>& value) {
        write(value.has_value());
        if (value) write(*value);
    }
    template <typename T>
    void write(const std::vector<T>& values) {
        write(std::uint64_t{values.size()});
        if constexpr (Plain<T>) {
            append(values.data(), values.size() * sizeof(T));
        } else {
            for (const T& value : values) write(value);
        }
    }
    template <typename T, std::size_t n>
    void write(const std::array<T, n>& values) {
        for (const T& value : values) write(value);
    }
    template <typename T>
    requires std::is_class_v<T>
    void write(const T& value) { fields(*this, value); }

private:
    void append(const void* data, std::size_t size) {
        const auto* const bytes = static_cast<const std::uint8_t*>(data);
        into_.insert(into_.end(), bytes, bytes + size);
    }

    std::vector<std::uint8_t>& into_;
};

struct CutOff {};

class UnpackingArchive {
public:
    static constexpr bool writes = false;
    explicit UnpackingArchive(std::span<const std::uint8_t> from) : left_(from) {}

    template <typename T>
    void operator()(const char*, T& value) {
        read(value);
    }
    bool at_end() const { return left_.empty(); }

    template <Plain T>
    void read(T& value) {
        take(&value, sizeof(T));
    }
    void read(bool& value) {
        std::uint8_t byte = 0;
        read(byte);
        value = byte != 0;
    }
    void read(std::string& value) {
        value.resize(count(1));
        take(value.data(), value.size());
    }
    template <typename T>
    void read(std::optional<T>& value) {
        bool there = false;
        read(there);
        value.reset();
        if (there) read(value.emplace());
    }
    template <typename T>
    void read(std::vector<T>& values) {
        values.clear();
        if constexpr (Plain<T>) {
            values.resize(count(sizeof(T)));
            take(values.data(), values.size() * sizeof(T));
        } else {
            const std::size_t items = count(1);  // an item is a byte at least
            for (std::size_t i = 0; i < items; ++i) read(values.emplace_back());
        }
    }
    template <typename T, std::size_t n>
    void read(std::array<T, n>& values) {
        for (T& value : values) read(value);
    }
    template <typename T>
    requires std::is_class_v<T>
    void read(T& value) { fields(*this, value); }

private:
    // Of items of so many bytes at least: never more than there can be, whatever is written there.
    std::size_t count(std::size_t bytes) {
        std::uint64_t items = 0;
        read(items);
        if (items > left_.size() / bytes) throw CutOff{};
        return static_cast<std::size_t>(items);
    }
    void take(void* into, std::size_t size) {
        if (size > left_.size()) throw CutOff{};
        if (size > 0) std::memcpy(into, left_.data(), size);
        left_ = left_.subspan(size);
    }

    std::span<const std::uint8_t> left_;
};

}  // namespace

std::vector<std::uint8_t> to_packed(const ReplicationResult& replication) {
    std::vector<std::uint8_t> bytes;
    PackingArchive archive(bytes);
    archive.write(layout());
    archive.write(replication);
    return bytes;
}

std::optional<ReplicationResult> from_packed(std::span<const std::uint8_t> bytes, std::string& error) {
    try {
        UnpackingArchive archive(bytes);
        std::string written_as;
        archive.read(written_as);
        if (written_as != layout()) {
            error = "it is of another version of this program";
            return std::nullopt;
        }
        ReplicationResult replication;
        archive.read(replication);
        if (archive.at_end()) return replication;
        error = "there is more than a result";
    } catch (const CutOff&) {
        error = "cut off";
    }
    return std::nullopt;
}

}  // namespace faultline::scenarios
