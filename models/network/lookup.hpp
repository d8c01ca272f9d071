// The answer to a question that names something: the value, or what was not found and the nearest names that exist. A
// scenario reader turns the latter into a problem; nothing is thrown.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/check.hpp"

namespace faultline::models {

struct UnknownName {
    std::string kind;                  // "region", "city", "access", "network profile", "zone"
    std::string name;                  // as it was asked for
    std::vector<std::string> nearest;  // at most three, nearest first

    // no region is named "us-est-1"; did you mean "us-east-1", "us-west-1" or "us-east-2"?
    std::string message() const;
};

template <typename T>
class Lookup {
public:
    Lookup(T value) : state_(std::move(value)) {}                // NOLINT: `return value;` is the point of the type
    Lookup(UnknownName unknown) : state_(std::move(unknown)) {}  // NOLINT

    explicit operator bool() const { return state_.index() == 0; }
    const T& operator*() const {
        SIM_CHECK(state_.index() == 0);
        return *std::get_if<0>(&state_);
    }
    const T* operator->() const { return &**this; }
    // Requires that the lookup failed.
    const UnknownName& error() const {
        SIM_CHECK(state_.index() == 1);
        return *std::get_if<1>(&state_);
    }

private:
    std::variant<T, UnknownName> state_;
};

// Builds the error, with the names that take the fewest edits (insert, delete, replace, swap neighbours), case ignored.
UnknownName unknown_name(std::string_view kind, std::string_view name, const std::vector<std::string>& known);

}  // namespace faultline::models
