// Goal:   a trace of any length is read in constant memory, and to the letter.
// Method: files with lines across the ends of the buffer, against what was written; allocations counted over a file of
//         many buffers; digests against those that FIPS 180-4 and sha256sum give.
#include "scenarios/trace_file.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <initializer_list>

#include "tests/engine/allocation_count.hpp"

namespace faultline::scenarios {
namespace {

class WrittenFile {
public:
    explicit WrittenFile(const std::string& text)
        : path_((std::filesystem::temp_directory_path() / fmt::format("faultline_trace_{}.csv", getpid())).string()) {
        std::ofstream{path_, std::ios::binary} << text;
    }
    WrittenFile(const WrittenFile&) = delete;
    WrittenFile& operator=(const WrittenFile&) = delete;
    ~WrittenFile() { std::filesystem::remove(path_); }
    const std::string& path() const { return path_; }

private:
    std::string path_;
};

std::string line_of(int number) {
    const std::int64_t i = number;  // its square leaves an int
    return fmt::format("{}.25,class-{},key-{},office-{}\n", i, i % 7, i * i % 10'007, i % 3);
}

TEST(TraceFileTest, ReadsWhatWasWrittenAcrossItsBuffer) {
    constexpr int lines = 20'000;
    std::string text = "time,class,key,office\n";
    for (int i = 0; i < lines; ++i) text += line_of(i);
    ASSERT_GT(text.size(), 5 * FileLines::buffer_bytes);
    const WrittenFile file(text);
    TraceFile trace("t.csv", file.path());
    for (int i = 0; i < lines; ++i) {
        ASSERT_TRUE(trace.next()) << i;
        const std::string read =
            fmt::format("{},{},{},{}\n", trace.time_s(), trace.query_class(), trace.key(), trace.office());
        ASSERT_EQ(read, line_of(i));
    }
    EXPECT_FALSE(trace.next());
    EXPECT_FALSE(trace.error());
    EXPECT_EQ(trace.bytes(), text.size());
}

TEST(TraceFileTest, MemoryDoesNotGrowWithTheFile) {
    std::string text = "time,class,key,office\n";
    for (int i = 0; i < 60'000; ++i) text += line_of(i);
    const WrittenFile file(text);
    TraceFile trace("t.csv", file.path());
    for (int i = 0; i < 20'000; ++i) ASSERT_TRUE(trace.next());
    const std::uint64_t before = engine::allocation_count();
    int more = 0;
    while (trace.next()) ++more;
    EXPECT_EQ(more, 40'000);
    EXPECT_EQ(engine::allocation_count(), before);
}

TEST(TraceFileTest, TheLastLineNeedsNoEndAndAnyEndIsRight) {
    const WrittenFile file("\xEF\xBB\xBFtime,class,key\r\n0,a,1\r\n\r\n\"1e1\",\"b, c\",");
    TraceFile trace("t.csv", file.path());
    ASSERT_TRUE(trace.next());
    EXPECT_EQ(trace.key(), "1");
    EXPECT_FALSE(trace.has_offices());
    ASSERT_TRUE(trace.next());
    EXPECT_EQ(trace.time_s(), 10.0);
    EXPECT_EQ(trace.query_class(), "b, c");
    EXPECT_EQ(trace.key(), "");
    EXPECT_FALSE(trace.next());
    EXPECT_FALSE(trace.error()) << *trace.error();
}

std::string error_of(const std::string& text) {
    const WrittenFile file(text);
    TraceFile trace("t.csv", file.path());
    while (trace.next()) {
    }
    return trace.error().value_or("none");
}

TEST(TraceFileTest, OddFilesAreTold) {
    EXPECT_EQ(error_of(""), "t.csv: expected a header row, found nothing");
    EXPECT_EQ(error_of("\x1f\x8b\x08something"), "t.csv:1: is compressed; unpack it first");
    EXPECT_EQ(error_of("time,class,key\n1,a,b\n0.5,a,b\n"), "t.csv:3: time 0.5 is before that of the line above, 1");
    EXPECT_EQ(error_of("time,class,key\n1,a,b\n" + std::string(FileLines::buffer_bytes, 'x')),
              "t.csv:3: a line is longer than 65536 bytes");
    EXPECT_EQ(error_of("time,class,key\n1e999,a,b\n"), "t.csv:2: column \"time\": expected a number, found \"1e999\"");
    EXPECT_EQ(error_of("\x1b[31mtime,class\n1,a\n"), "t.csv:1: no column \"time\"; there are ?[31mtime, class")
        << "nothing that a terminal would obey";
    TraceFile nowhere("t.csv", "/nowhere/t.csv");
    EXPECT_EQ(nowhere.error(), "t.csv: cannot be opened: No such file or directory");
    TraceFile folder("t.csv", "/");
    EXPECT_FALSE(folder.next());
    EXPECT_EQ(folder.error(), "t.csv: cannot be opened: Is a directory");
}

std::string digest_of(const std::string& text, std::size_t piece) {
    Sha256 digest;
    for (std::size_t at = 0; at < text.size(); at += piece) digest.add(std::string_view{text}.substr(at, piece));
    return digest.digest();
}

TEST(Sha256Test, GivesThePublishedDigestsInWhateverPieces) {
    const std::string two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    for (const std::size_t piece : std::initializer_list<std::size_t>{1, 3, 63, 64, 1000}) {
        EXPECT_EQ(digest_of("", piece), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        EXPECT_EQ(digest_of("abc", piece), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        EXPECT_EQ(digest_of(two_blocks, piece), "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    }
    EXPECT_EQ(digest_of(std::string(1'000'000, 'a'), 1'000),
              "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

}  // namespace
}  // namespace faultline::scenarios
