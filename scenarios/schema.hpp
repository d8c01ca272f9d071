// The JSON Schema (draft 2020-12) of scenario files, for editors and for the docs. scenarios/schema.json is this text;
// a test compares them. Written from the tables that the reader uses, so it cannot accept other keys than the reader
// does. What a schema cannot say (references, quorums, sums of shares) only the reader checks.
#pragma once

#include <string>

namespace faultline::scenarios {

std::string schema_text();

}  // namespace faultline::scenarios
