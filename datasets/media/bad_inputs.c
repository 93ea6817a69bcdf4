#include "datasets/media/bad_inputs.h"

#include "nn/base/plain_text.h"

int bad_inputs_begin(BadInputs *bad, bool skip, const char *path, Error *error) {
    *bad = (BadInputs){.skip = skip, .path = path};
    return path ? file_begin(&bad->writer, path, error) : 0;
}

bool bad_inputs_need_words(const BadInputs *bad) {
    return !bad || bad->path || !bad->skip;
}

int bad_inputs_add(BadInputs *bad, const Error *what, Error *error) {
    if (bad && !bad->count++)
        bad->first = *what;
    if (bad && bad->path) {
        plain_print(what->message, bad->writer.stream); /* file_commit reports a full disk */
        fputc('\n', bad->writer.stream);
        return 0;
    }
    return bad && bad->skip ? 0 : error_set(error, "%s", what->message);
}

int bad_inputs_end(BadInputs *bad, int status, Error *error) {
    if (!bad->path)
        return status;
    if (status) {
        file_abandon(&bad->writer);
        return status;
    }
    if (file_commit(&bad->writer, error))
        return -1;
    if (!bad->count || bad->skip)
        return 0;
    return error_set(error,
                     "%s (%u bad rows or files in all, listed in %s; --skip-bad leaves them out)",
                     bad->first.message, bad->count, bad->path);
}
