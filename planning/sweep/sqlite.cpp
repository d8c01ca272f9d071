#include "planning/sweep/sqlite.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cmath>
#include <system_error>

namespace faultline::planning {

SqliteDatabase::SqliteDatabase(const std::string& path, int patience_ms) : path_{path} {
    if (sqlite3_open_v2(path.c_str(), &handle_, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr) != SQLITE_OK) {
        const std::string why = fmt::format("{}: {}", path_, sqlite3_errmsg(handle_));
        sqlite3_close(handle_);  // even of one that could not be opened
        throw SqliteError(why);
    }
    sqlite3_busy_timeout(handle_, patience_ms);
}

SqliteDatabase::~SqliteDatabase() {
    sqlite3_close(handle_);
}

void SqliteDatabase::fail() const {
    const int code = sqlite3_errcode(handle_);
    const int cause = code == SQLITE_IOERR ? sqlite3_system_errno(handle_) : 0;
    const std::string why = cause == 0 ? "" : fmt::format(" ({})", std::generic_category().message(cause));
    throw SqliteError(fmt::format("{}: {}{}", path_, sqlite3_errmsg(handle_), why),
                      code == SQLITE_CORRUPT || code == SQLITE_NOTADB);
}

void SqliteDatabase::run(const std::string& statements) {
    if (sqlite3_exec(handle_, statements.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) fail();
}

std::int64_t SqliteDatabase::number(const std::string& query) {
    SqliteStatement statement{*this, query};
    return statement.next() ? statement.integer(0) : 0;
}

std::int64_t SqliteDatabase::last_row() const {
    return sqlite3_last_insert_rowid(handle_);
}

SqliteStatement::SqliteStatement(SqliteDatabase& database, const std::string& text) : database_{database} {
    const int length = static_cast<int>(text.size());
    if (sqlite3_prepare_v2(database_.handle(), text.c_str(), length, &handle_, nullptr) != SQLITE_OK) database_.fail();
}

SqliteStatement::~SqliteStatement() {
    sqlite3_finalize(handle_);
}

SqliteStatement& SqliteStatement::bind(int place, std::int64_t value) {
    if (sqlite3_bind_int64(handle_, place, value) != SQLITE_OK) database_.fail();
    return *this;
}

SqliteStatement& SqliteStatement::bind(int place, double value) {
    const int told = std::isnan(value) ? sqlite3_bind_null(handle_, place) : sqlite3_bind_double(handle_, place, value);
    if (told != SQLITE_OK) database_.fail();
    return *this;
}

SqliteStatement& SqliteStatement::bind(int place, std::string_view text) {
    // A copy: the text may be gone when the statement runs.
    auto* const copied = SQLITE_TRANSIENT;
    if (sqlite3_bind_text64(handle_, place, text.data(), text.size(), copied, SQLITE_UTF8) != SQLITE_OK) {
        database_.fail();
    }
    return *this;
}

SqliteStatement& SqliteStatement::bind(int place, std::span<const std::uint8_t> bytes) {
    auto* const copied = SQLITE_TRANSIENT;
    if (sqlite3_bind_blob64(handle_, place, bytes.data(), bytes.size(), copied) != SQLITE_OK) database_.fail();
    return *this;
}

bool SqliteStatement::next() {
    const int told = sqlite3_step(handle_);
    if (told == SQLITE_ROW) return true;
    if (told != SQLITE_DONE) database_.fail();
    sqlite3_reset(handle_);
    return false;
}

void SqliteStatement::run() {
    while (next()) {
    }
}

std::int64_t SqliteStatement::integer(int column) const {
    return sqlite3_column_int64(handle_, column);
}

std::string SqliteStatement::text(int column) const {
    const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
    return text == nullptr ? std::string{} : text;
}

std::vector<std::uint8_t> SqliteStatement::bytes(int column) const {
    const auto* const begin = static_cast<const std::uint8_t*>(sqlite3_column_blob(handle_, column));
    const int count = sqlite3_column_bytes(handle_, column);
    return begin == nullptr ? std::vector<std::uint8_t>{} : std::vector<std::uint8_t>(begin, begin + count);
}

SqliteTransaction::SqliteTransaction(SqliteDatabase& database) : database_{database} {
    database_.run("BEGIN IMMEDIATE");
}

SqliteTransaction::~SqliteTransaction() {
    if (!open_) return;
    try {
        database_.run("ROLLBACK");
    } catch (const SqliteError&) {  // it has been undone already, by what went wrong
    }
}

void SqliteTransaction::commit() {
    database_.run("COMMIT");
    open_ = false;
}

}  // namespace faultline::planning
