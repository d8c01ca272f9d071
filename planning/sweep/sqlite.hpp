// SQLite behind objects that close themselves: the only files that know it. What goes wrong is thrown, in words for the
// user: "results/s.db: database or disk is full".
//
// Source: https://www.sqlite.org/cintro.html, /wal.html. What is committed survives the end of the process at any
// moment, kill -9 included; with `synchronous = FULL` also that of the machine.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace faultline::planning {

class SqliteError : public std::runtime_error {
public:
    explicit SqliteError(const std::string& why, bool damaged = false) : std::runtime_error(why), damaged_(damaged) {}
    // What is in the file cannot be read as a database, or not all of it: no later try will.
    bool damaged() const { return damaged_; }

private:
    bool damaged_;
};

class SqliteDatabase {
public:
    // Opens the file, or makes it. Waits up to `patience_ms` for another process that writes.
    SqliteDatabase(const std::string& path, int patience_ms);
    ~SqliteDatabase();
    SqliteDatabase(const SqliteDatabase&) = delete;
    SqliteDatabase& operator=(const SqliteDatabase&) = delete;

    void run(const std::string& statements);
    std::int64_t number(const std::string& query);  // of one row with one column
    std::int64_t last_row() const;                  // the rowid of the last insertion
    [[noreturn]] void fail() const;

    sqlite3* handle() const { return handle_; }

private:
    std::string path_;
    sqlite3* handle_ = nullptr;
};

// One statement, used again and again. Places in it are numbered from 1, columns from 0.
class SqliteStatement {
public:
    SqliteStatement(SqliteDatabase& database, const std::string& text);
    ~SqliteStatement();
    SqliteStatement(const SqliteStatement&) = delete;
    SqliteStatement& operator=(const SqliteStatement&) = delete;

    SqliteStatement& bind(int place, std::int64_t value);
    SqliteStatement& bind(int place, double value);  // NaN: null
    SqliteStatement& bind(int place, std::string_view text);
    SqliteStatement& bind(int place, std::span<const std::uint8_t> bytes);

    bool next();  // to the next row; false: there is none, and the statement can be bound anew
    void run();   // of a statement without rows

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    std::vector<std::uint8_t> bytes(int column) const;

private:
    SqliteDatabase& database_;
    sqlite3_stmt* handle_ = nullptr;
};

// Everything until commit(), or nothing.
class SqliteTransaction {
public:
    explicit SqliteTransaction(SqliteDatabase& database);
    ~SqliteTransaction();  // undoes what was not committed
    SqliteTransaction(const SqliteTransaction&) = delete;
    SqliteTransaction& operator=(const SqliteTransaction&) = delete;
    void commit();

private:
    SqliteDatabase& database_;
    bool open_ = true;
};

}  // namespace faultline::planning
