/* json_text.h: JSON strings from bytes that may be no UTF-8, such as names of files. */
#ifndef NN_BASE_JSON_TEXT_H
#define NN_BASE_JSON_TEXT_H

#include <jansson.h>

/* Returns the text as a JSON string (caller decrefs); in text that is no UTF-8 each byte beyond
 * ASCII becomes a question mark. NULL when memory is out. */
json_t *json_text(const char *text);

#endif
