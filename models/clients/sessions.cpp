#include "models/clients/sessions.hpp"

#include <algorithm>

namespace faultline::models {

namespace {
enum Flag : std::uint8_t { has_read = 1, has_missed = 2, has_gone_back = 4 };

void raise(std::uint32_t& known, std::uint32_t version) {
    if (known == InSession::nothing || known < version) known = version;
}
}  // namespace

void Sessions::recall(const KeyName& name, InSession& into) const {
    const auto first = slots_.begin() + static_cast<std::ptrdiff_t>(std::size_t{into.session} * keys_);
    const std::uint64_t wanted = packed(name);
    const auto slot = std::find_if(first, first + keys_, [&](const Slot& one) { return one.name == wanted; });
    if (slot == first + keys_) return;
    into.written = slot->written;
    into.seen = slot->seen;
}

void Sessions::wrote(const KeyName& name, std::uint32_t session, std::uint32_t version) {
    if (version > 0) raise(use(name, session).written, version);
}

void Sessions::saw(const KeyName& name, std::uint32_t session, std::uint32_t version) {
    raise(use(name, session).seen, version);
}

// Its slot, first of its session's.
Sessions::Slot& Sessions::use(const KeyName& name, std::uint32_t session) {
    const auto first = slots_.begin() + static_cast<std::ptrdiff_t>(std::size_t{session} * keys_);
    const std::uint64_t wanted = packed(name);
    auto slot = std::find_if(first, first + keys_, [&](const Slot& one) { return one.name == wanted; });
    if (slot == first + keys_) {
        --slot;
        forgotten_ += slot->name != free ? 1U : 0U;
        *slot = Slot{.name = wanted};
    }
    std::rotate(first, slot, slot + 1);
    return *first;
}

void Sessions::mark(std::uint32_t session, const Shown& shown) {
    std::uint8_t& flags = flags_[session];
    flags = static_cast<std::uint8_t>(flags | has_read | (shown.missed_own_write ? has_missed : 0) |
                                      (shown.went_back ? has_gone_back : 0));
}

Sessions::Counts Sessions::counts() const {
    const auto with = [&](Flag flag) {
        const auto found = std::count_if(flags_.begin(), flags_.end(), [&](auto flags) { return (flags & flag) != 0; });
        return static_cast<std::uint64_t>(found);
    };
    return {with(has_read), with(has_missed), with(has_gone_back)};
}

std::size_t Sessions::memory_bytes() const {
    return slots_.capacity() * sizeof(Slot) + flags_.capacity();
}

}  // namespace faultline::models
