/* Any bytes as the paths and tags of songs in a list: what is written is a list of so many songs in
 * each format, without control characters. */
#include "compose/library/playlist_file.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

enum { SONGS = 4, TEXT = 512 };

static const char *const endings[] = {"m3u8", "xspf", "jspf"};
static char folder[] = "/tmp/affekt-fuzz-XXXXXX", list[sizeof folder + 16];

static void remove_folder(void) {
    rmdir(folder);
}

static const char *name_list(int format) {
    if (!list[0]) {
        if (!mkdtemp(folder))
            abort();
        atexit(remove_folder);
    }
    snprintf(list, sizeof list, "%s/list.%s", folder, endings[format]);
    return list;
}

static char *read_list(const char *path, size_t *size) {
    static char text[1 << 16];
    FILE *stream = fopen(path, "rb");
    if (!stream)
        abort();
    *size = fread(text, 1, sizeof text - 1, stream);
    text[*size] = 0;
    fclose(stream);
    unlink(path);
    return text;
}

static void check_text(const char *text, size_t size) {
    for (size_t i = 0; i < size; i++)
        if ((unsigned char)text[i] < ' ' && text[i] != '\n' && text[i] != '\t')
            abort();
}

static int count_of(const char *text, const char *word) {
    int count = 0;
    for (const char *at = text; (at = strstr(at, word)); at += strlen(word))
        count++;
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    static char texts[3 * SONGS][TEXT];
    LibrarySong songs[SONGS];
    PlaylistEntry entries[SONGS] = {0};
    for (int i = 0; i < 3 * SONGS; i++) {
        size_t part = size / (3 * SONGS), used = part < TEXT - 8 ? part : TEXT - 8;
        snprintf(texts[i], 3, "%s", i % 3 ? "" : "/");
        size_t start = strlen(texts[i]);
        memcpy(texts[i] + start, bytes + (size_t)i * part, used);
        texts[i][start + used] = 0;
    }
    for (int i = 0; i < SONGS; i++) {
        songs[i] = (LibrarySong){.path = texts[3 * i],
                                 .title = texts[3 * i + 1],
                                 .artist = texts[3 * i + 2],
                                 .album = "",
                                 .genre = "",
                                 .seconds = 100};
        entries[i].song = i;
    }
    const LibrarySongs all = {.list = songs, .count = SONGS};
    const Playlist chosen = {.entries = entries, .count = SONGS};
    for (int i = 0; i < 3; i++) {
        Error error;
        size_t length;
        const char *path = name_list(i);
        if (playlist_file_write(path, &all, &chosen, true, &error))
            abort();
        char *text = read_list(path, &length);
        check_text(text, length);
        if (i == 0 && count_of(text, "\n") != 1 + 2 * SONGS)
            abort();
        if (i == 1 && count_of(text, "<location>") != SONGS)
            abort();
        json_t *object = i == 2 ? json_loadb(text, length, 0, NULL) : NULL;
        if (i == 2 && !object)
            abort();
        json_decref(object);
    }
    return 0;
}
