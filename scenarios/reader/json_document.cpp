#include "scenarios/reader/json_document.hpp"

#include <fmt/format.h>

#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

#include "scenarios/nearest_name.hpp"

namespace faultline::scenarios {

namespace {

// Builds the value from the parser's events. An open container is kept here and moved into its parent when it ends;
// keys are compared in a set and appended without a search, so that a large object costs linear time.
class Builder : public nlohmann::json_sax<Json> {
public:
    Builder(std::string_view file, Problems& problems) : file_(file), problems_(problems) {}

    bool null() override { return put(nullptr); }
    bool boolean(bool value) override { return put(value); }
    bool number_integer(number_integer_t value) override { return put(value); }
    bool number_unsigned(number_unsigned_t value) override { return put(value); }
    bool number_float(number_float_t value, const string_t&) override { return put(value); }
    bool string(string_t& value) override { return put(std::move(value)); }
    bool binary(binary_t&) override { return false; }

    bool start_object(std::size_t) override { return open(Json::object()); }
    bool start_array(std::size_t) override { return open(Json::array()); }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }

    bool key(string_t& name) override {
        Level& level = levels_.back();
        level.skip = !level.keys.insert(name).second;
        level.key = std::move(name);
        if (level.skip) {
            problems_.add(file_, place().text(), "this key stands here twice; each may stand once");
        }
        return true;
    }

    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override {
        // "[json.exception.parse_error.101] parse error at line 3, column 5: syntax error ..." without its number.
        std::string_view what = error.what();
        const std::size_t bracket = what.find("] ");
        if (bracket != std::string_view::npos) what.remove_prefix(bracket + 2);
        std::string printable;
        for (const char c : what.substr(0, 300)) {
            const bool ascii = static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
            printable += ascii ? c : '?';
        }
        problems_.add(file_, place().text(), fmt::format("not JSON: {}", printable));
        return false;
    }

    std::optional<Json> take() { return std::move(root_); }

private:
    struct Level {
        Json container;
        std::string key;  // of the member that is being read
        std::unordered_set<std::string> keys;
        bool skip = false;  // that member is a duplicate
    };

    Pointer place() const {
        Pointer at;
        for (const Level& level : levels_) {
            if (level.container.is_array()) {
                at = at / level.container.size();
            } else if (!level.key.empty() || !level.keys.empty()) {
                at = at / level.key;
            }
        }
        return at;
    }

    bool put(Json value) {
        if (levels_.empty()) {
            root_ = std::move(value);
            return true;
        }
        Level& level = levels_.back();
        if (level.container.is_array()) {
            level.container.push_back(std::move(value));
        } else if (!level.skip) {
            auto& members = *level.container.get_ptr<Json::object_t*>();
            static_cast<Json::object_t::Container&>(members).emplace_back(level.key, std::move(value));
        }
        return true;
    }

    bool open(Json container) {
        if (levels_.size() == document_depth_max) {
            problems_.add(file_, place().text(), fmt::format("nested deeper than {} levels", document_depth_max));
            return false;
        }
        levels_.push_back({std::move(container), {}, {}, false});
        return true;
    }

    bool close() {
        Json container = std::move(levels_.back().container);
        levels_.pop_back();
        return put(std::move(container));
    }

    std::string_view file_;
    Problems& problems_;
    std::vector<Level> levels_;
    std::optional<Json> root_;
};

}  // namespace

std::optional<Json> parse_document(std::string_view text, std::string_view file, Problems& problems) {
    if (text.size() > document_bytes_max) {
        problems.add(file, "", fmt::format("too long; a scenario has at most {} bytes", document_bytes_max));
        return std::nullopt;
    }
    Builder builder(file, problems);
    if (!Json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
    return builder.take();
}

std::string shown(const Json& value) {
    if (value.is_string()) return in_quotes(value.get_ref<const std::string&>());
    if (value.is_object()) return value.empty() ? "{}" : "an object";
    if (value.is_array()) return value.empty() ? "[]" : "a list";
    return value.dump();
}

}  // namespace faultline::scenarios
