#include "compose/web/midi_bytes.h"

#include "nn/io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { MOST_BYTES = 1 << 26, PATH = 4096 };

int midi_bytes_of_recording(const Recording *recording, double end, unsigned char **bytes,
                            size_t *size, Error *error) {
    const char *temporary = getenv("TMPDIR");
    char folder[PATH - 16], path[PATH];
    snprintf(folder, sizeof folder, "%s/affekt-XXXXXX",
             temporary && *temporary ? temporary : "/tmp");
    if (!mkdtemp(folder))
        return error_errno(error, "cannot make a temporary folder %s", folder);
    snprintf(path, sizeof path, "%s/a.mid", folder);
    int status = recording_save(recording, end, path, error);
    if (!status)
        status = file_read(path, MOST_BYTES, bytes, size, error);
    unlink(path);
    rmdir(folder);
    return status;
}
