/* Any bytes as the tables that tell of a folder's MIDI files: labels.csv, stats.csv, --labels and
 * --splits, one after the other. */
#include "datasets/corpus/music_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static char folder[] = "/tmp/affekt-fuzz-XXXXXX";
static const char *const names[] = {"labels.csv", "stats.csv", "a.mid", "b_1.mid", "other.csv"};
enum { NAMES = sizeof names / sizeof *names };

static const char *path_of(const char *name) {
    static char path[sizeof folder + 16];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const uint8_t *bytes, size_t size) {
    FILE *stream = fopen(path_of(name), "wb");
    if (!stream || fwrite(bytes, 1, size, stream) != size || fclose(stream))
        abort();
}

static void clear(void) {
    for (int i = 0; i < NAMES; i++)
        unlink(path_of(names[i]));
    rmdir(folder);
}

static void begin(void) {
    if (!mkdtemp(folder))
        abort();
    atexit(clear);
    write_file("a.mid", NULL, 0); /* the catalogue does not look into them */
    write_file("b_1.mid", NULL, 0);
}

static void read_catalogue(const MusicCatalogueSettings *settings) {
    Error error;
    music_catalogue_free(music_catalogue_create(folder, settings, &error));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static bool begun;
    if (!begun)
        begin();
    begun = true;
    static const char head[] = "file\na.mid\nb_1.mid\n";
    static char other[sizeof folder + 16];
    snprintf(other, sizeof other, "%s", path_of("other.csv"));
    write_file("labels.csv", bytes, size);
    write_file("other.csv", bytes, size);
    read_catalogue(NULL);
    write_file("labels.csv", (const uint8_t *)head, sizeof head - 1);
    read_catalogue(&(MusicCatalogueSettings){.labels = other});
    read_catalogue(&(MusicCatalogueSettings){.splits = other});
    write_file("stats.csv", bytes, size);
    read_catalogue(NULL);
    unlink(path_of("stats.csv"));
    return 0;
}
