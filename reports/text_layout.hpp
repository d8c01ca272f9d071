// Words into lines of a fixed width, by characters rather than bytes. Wide and combining characters count as one.
#pragma once

#include <string>
#include <string_view>

namespace faultline::reports {

std::size_t characters(std::string_view text);  // of UTF-8

// To that many characters with blanks; what is longer stays as it is.
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);

// The cell of a row's name behind `indent` characters: `width` wide, or, if the name is wider, the name and as many
// blanks on the next line.
std::string name_cell(std::string_view name, std::size_t width, std::size_t indent);

// Lines of at most `width` characters, each with a line end; `first` in front of the first, as many blanks in front of
// the others. A word that is longer has a line of its own. Line ends in the text are kept.
std::string wrapped(std::string_view text, std::string_view first, std::size_t width);

// "1 replication", "5 replications".
std::string counted(std::size_t count, std::string_view noun);

// How a terminal, or a file, is written to.
struct TextStyle {
    bool colour = false;   // ANSI
    bool unicode = false;  // signs beyond ASCII
    std::size_t width = 80;
};
// Colour and signs on a terminal; plain ASCII otherwise. NO_COLOR (no-color.org) and TERM=dumb are without colour;
// signs need a UTF-8 locale.
TextStyle style_of(int file);

}  // namespace faultline::reports
