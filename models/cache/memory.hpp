// What one string key costs a Redis 7.0 node, in bytes: the sum of its allocations, each rounded up as jemalloc does.
//
//   allocation                 asked for                                       source (Redis 7.0)
//   dictEntry                  24: three words                                 dict.h
//   key (sds)                  length + 1 + header of 1, 3, 5 or 9 bytes       sds.h, sdsReqType
//   value, up to 44 bytes      16 (robj) + 3 + length + 1, one allocation      object.c, OBJ_ENCODING_EMBSTR_SIZE_LIMIT
//   value, longer              16 (robj), and apart from it length + 1 + header
//   bucket of the table        8 a bucket; 1 to 2 buckets a key: 11.5 on average over sizes (8 / ln 2), taken as 12
//   with an expiry             a second dictEntry and bucket (the expires table shares the key)
//
// Size classes: jemalloc 5.2 as built with Redis (--with-lg-quantum=3): multiples of 8 up to 64, then four classes to
// each doubling. Example: a key of 10 bytes with a value of 1000: 24 + 16 + 16 + 1024 + 12 = 1092 bytes.
//
// Left out: values that are integers (stored in the pointer, or shared), the fixed use of an empty server (about 1 MB),
// buffers of clients and replicas, and the second table while it is being rehashed.
#pragma once

#include <cstdint>

namespace faultline::models {

// The allocation that a request of so many bytes gets. Requires size >= 1.
std::int64_t jemalloc_size_class(std::int64_t size);

// The bytes of a simple dynamic string of this length, header and terminator included, before rounding. length >= 0.
std::int64_t sds_bytes(std::int64_t length);

struct StoredString {
    std::int64_t key_bytes = 0;    // >= 1
    std::int64_t value_bytes = 0;  // >= 0
    bool expires = false;
};
std::int64_t redis_memory_bytes(const StoredString& stored);

}  // namespace faultline::models
