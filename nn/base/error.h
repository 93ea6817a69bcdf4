/* error.h: how functions report failure.
 *
 * A function that can fail takes an `Error *` as its last argument and returns 0 or -1 (or a
 * pointer or NULL). On failure it fills the error with one sentence that a user can act on: where
 * (file, line or byte), what was found, what was expected. Only the command at the top prints it.
 *
 *     if (pixels != expected)
 *         return error_set(error, "%s:%ld: %d pixels, expected %d", path, line, pixels, expected);
 *
 * `error` may be NULL where the caller does not need the message. */
#ifndef NN_BASE_ERROR_H
#define NN_BASE_ERROR_H

#define MUST_CHECK        __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

typedef struct Error {
    char message[1024];
} Error;

/* Writes the message and returns -1, so that a failing function can `return error_set(...)`. */
int error_set(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* As error_set, and appends ": " and the text of the current errno. */
int error_errno(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Puts "<context>: " before a message that a callee has already written; returns -1. */
int error_context(Error *error, const char *format, ...) PRINTF_LIKE(2, 3);

/* Reports that memory ran out while allocating `bytes` for `what`; returns -1. */
int error_memory(Error *error, const char *what, unsigned long long bytes);

#endif
