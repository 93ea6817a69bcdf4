/* json_text.h: JSON strings from bytes that may not be UTF-8, such as file names. */
#ifndef NN_BASE_JSON_TEXT_H
#define NN_BASE_JSON_TEXT_H

#include <jansson.h>
#include <stdint.h>

/* Returns the text as a JSON string (caller decrefs); each byte that is not part of a valid UTF-8
 * character becomes U+FFFD. NULL when out of memory. */
json_t *json_text(const char *text);

/* Where the text, a file name, is not UTF-8: adds its bytes to the object under "KEY_bytes",
 * percent-encoded (RFC 3986: "caf%E9.png"), so that the file can be found again. Returns 0, or -1
 * when out of memory. */
int json_add_bytes(json_t *object, const char *key, const char *text);

/* Returns the number as a JSON integer (caller decrefs); one beyond jansson's, 2^63-1, as a string
 * of its digits. NULL when out of memory. */
json_t *json_unsigned(uint64_t number);

#endif
