#include "compose/web/byte_range.h"

#include <string.h>
#include <strings.h>

/* Digits up to anything else: whether there were some. Numbers too large for any file stay at the
 * largest. */
static bool read_number(const char **text, uint64_t *number) {
    const char *from = *text;
    *number = 0;
    for (; **text >= '0' && **text <= '9'; ++*text) {
        uint64_t digit = (uint64_t)(**text - '0');
        *number = *number > (UINT64_MAX - digit) / 10 ? UINT64_MAX : 10 * *number + digit;
    }
    return *text > from;
}

static int part(ByteRange *range, uint64_t first, uint64_t last) {
    if (first >= range->whole)
        return BYTE_RANGE_OUTSIDE;
    last = last < range->whole ? last : range->whole - 1;
    range->first = first;
    range->size = last - first + 1;
    return BYTE_RANGE_PART;
}

int byte_range_read(const char *text, uint64_t whole, ByteRange *range) {
    uint64_t first, last = UINT64_MAX;
    *range = (ByteRange){0, whole, whole};
    if (!text || strncasecmp(text, "bytes=", 6) != 0)
        return BYTE_RANGE_NONE;
    text += 6;
    bool has_first = read_number(&text, &first);
    if (*text++ != '-')
        return BYTE_RANGE_NONE;
    bool has_last = read_number(&text, &last);
    if (*text || (!has_first && !has_last) || (has_first && has_last && last < first))
        return BYTE_RANGE_NONE;
    if (!has_first) /* so many from the end */
        return last ? part(range, last < whole ? whole - last : 0, UINT64_MAX) : BYTE_RANGE_OUTSIDE;
    return part(range, first, has_last ? last : UINT64_MAX);
}
