/* json_text.h: JSON strings from bytes that may be no UTF-8, such as names of files. */
#ifndef NN_BASE_JSON_TEXT_H
#define NN_BASE_JSON_TEXT_H

#include <jansson.h>

/* Returns the text as a JSON string (caller decrefs); in text that is not UTF-8 each byte that is
 * part of no character becomes U+FFFD. NULL when memory is out. */
json_t *json_text(const char *text);

/* Where the text, a file's name, is not UTF-8: adds its bytes to the object under "KEY_bytes",
 * percent-encoded (RFC 3986: "caf%E9.png"), so that the file can be found again. Returns 0, or -1
 * when memory is out. */
int json_add_bytes(json_t *object, const char *key, const char *text);

#endif
