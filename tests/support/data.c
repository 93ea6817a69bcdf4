#include "tests/support/data.h"

#include "nn/io/file.h"
#include "tests/support/text.h"

#include <stdio.h>
#include <stdlib.h>

const char *data_path(const char *name) {
    const char *directory = getenv("AFFEKT_DATA");
    const char *path = text_format("%s/%s", directory ? directory : "../shared/data", name);
    if (file_exists(path))
        return path;
    fprintf(stderr, "skipped %s: there is no %s (AFFEKT_DATA names the data directory)\n",
            tcase_name(), path);
    return NULL;
}
