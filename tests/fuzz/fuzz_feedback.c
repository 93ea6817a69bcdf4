/* Any bytes as a table of feedback and as one of moods: read whole or refused, and what was learnt
 * of it is finite. */
#include "compose/library/feedback.h"
#include "compose/library/transfer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char folder[] = "/tmp/affekt-fuzz-XXXXXX";
static Library *library;

static const char *path_of(const char *name) {
    static char path[sizeof folder + 24];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void clear(void) {
    static const char *const names[] = {"library.db", "library.db-wal", "library.db-shm", "t.csv"};
    library_close(library);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        unlink(path_of(names[i]));
    rmdir(folder);
}

static void begin(void) {
    Error error;
    if (!mkdtemp(folder) || !(library = library_open(path_of("library.db"), &error)) ||
        database_run(library_database(library), "PRAGMA synchronous = OFF", &error))
        abort();
    atexit(clear);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    Error error;
    Listener listener;
    int count, changed, unknown;
    if (!library)
        begin();
    const char *csv = path_of("t.csv");
    FILE *stream = fopen(csv, "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream))
        abort();
    (void)!library_import(library, csv, &changed, &unknown, &error);
    if (feedback_import(library, csv, &count, &error))
        return 0;
    if (feedback_learn(library, &listener, &error) || !isfinite(listener.valence.mean[0]) ||
        !isfinite(listener.arousal.mean[1]) || !isfinite(listener.liking[LIKING_ALWAYS]) ||
        database_run(library_database(library), "DELETE FROM events", &error))
        abort();
    return 0;
}
