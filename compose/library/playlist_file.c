#include "compose/library/playlist_file.h"

#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"
#include "nn/io/file.h"

#include <ctype.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef enum Form { FORM_M3U, FORM_XSPF, FORM_JSPF, FORMS } Form;

static Form form_of(const char *path) {
    if (file_has_suffix(path, ".m3u8") || file_has_suffix(path, ".m3u"))
        return FORM_M3U;
    return file_has_suffix(path, ".xspf")   ? FORM_XSPF
           : file_has_suffix(path, ".jspf") ? FORM_JSPF
                                            : FORMS;
}

bool playlist_file_is_name(const char *path) {
    return form_of(path) != FORMS;
}

/* ------------------------------------------------------------------ places */

bool relative_path(const char *folder, const char *file, char *way, size_t size) {
    size_t shared = 0, i = 0;
    while (folder[i] && folder[i] == file[i]) {
        if (folder[i] == '/')
            shared = i + 1;
        i++;
    }
    if (!folder[i] && file[i] == '/')
        shared = i + 1;
    size_t used = 0;
    *way = 0;
    if (shared <= strlen(folder) && folder[shared])
        for (const char *rest = folder + shared; rest && *rest;) {
            if (used + 4 > size)
                return false;
            memcpy(way + used, "../", 4);
            used += 3;
            rest = strchr(rest, '/');
            rest = rest ? rest + 1 : NULL;
        }
    size_t length = strlen(file + shared);
    if (used + length >= size)
        return false;
    memcpy(way + used, file + shared, length + 1);
    return true;
}

enum { PLACE = 3 * PATH_MAX + 16 };

/* A path as a URI reference (RFC 3986): what is not unreserved becomes %XX. */
static void uri_of(const char *path, char uri[PLACE]) {
    static const char kept[] = "-._~/";
    size_t used = 0;
    if (*path == '/')
        used = (size_t)snprintf(uri, PLACE, "file://");
    for (; *path && used + 4 < PLACE; path++)
        if (((unsigned char)*path < 128 && isalnum((unsigned char)*path)) || strchr(kept, *path))
            uri[used++] = *path;
        else
            used += (size_t)snprintf(uri + used, PLACE - used, "%%%02X", (unsigned char)*path);
    uri[used] = 0;
}

/* What of a list is written, and from where its paths count. */
typedef struct Writing {
    FILE *stream;
    const LibrarySongs *songs;
    const Playlist *playlist;
    const char *folder; /* NULL for absolute paths */
} Writing;

static void place_of(const Writing *writing, const LibrarySong *song, char place[PATH_MAX]) {
    if (!writing->folder || !relative_path(writing->folder, song->path, place, PATH_MAX))
        snprintf(place, PATH_MAX, "%s", song->path);
}

/* ------------------------------------------------------------------ the forms */

/* A line cannot hold a line break, nor should one steer a terminal, nor a name begin like a
 * comment. */
static bool is_plain_line(const char *place) {
    for (const char *at = place; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    return *place != '#';
}

static void write_m3u(const Writing *writing) {
    fprintf(writing->stream, "#EXTM3U\n");
    for (int i = 0; i < writing->playlist->count; i++) {
        const LibrarySong *song = &writing->songs->list[writing->playlist->entries[i].song];
        char place[PATH_MAX], uri[PLACE];
        place_of(writing, song, place);
        fprintf(writing->stream, "#EXTINF:%.0f,", song->seconds);
        if (*song->artist) {
            plain_print(song->artist, writing->stream);
            fprintf(writing->stream, " - ");
        }
        plain_print(library_song_title(song), writing->stream);
        bool plain = is_plain_line(place);
        if (!plain)
            uri_of(song->path, uri);
        fprintf(writing->stream, "\n%s\n", plain ? place : uri);
    }
}

/* Text of XML: UTF-8 without what XML 1.0 forbids. */
static void write_xml(FILE *stream, const char *text) {
    while (*text) {
        unsigned code;
        int length = utf8_character(text, &code);
        if (*text == '&' || *text == '<' || *text == '>')
            fprintf(stream, "&#%d;", *text);
        else if (!length || code < 0x20 || code == 0xfffe || code == 0xffff)
            fputc('?', stream);
        else
            fwrite(text, 1, (size_t)length, stream);
        text += length ? length : 1;
    }
}

static void write_tag(FILE *stream, const char *tag, const char *text) {
    if (!*text)
        return;
    fprintf(stream, "   <%s>", tag);
    write_xml(stream, text);
    fprintf(stream, "</%s>\n", tag);
}

static void write_xspf(const Writing *writing) {
    FILE *stream = writing->stream;
    fprintf(stream, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                    "<playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\">\n <trackList>\n");
    for (int i = 0; i < writing->playlist->count; i++) {
        const PlaylistEntry *entry = &writing->playlist->entries[i];
        const LibrarySong *song = &writing->songs->list[entry->song];
        char place[PATH_MAX], uri[PLACE];
        place_of(writing, song, place);
        uri_of(place, uri);
        fprintf(stream, "  <track>\n   <location>%s</location>\n", uri);
        write_tag(stream, "title", library_song_title(song));
        write_tag(stream, "creator", song->artist);
        write_tag(stream, "annotation", entry->reason);
        write_tag(stream, "album", song->album);
        fprintf(stream, "   <duration>%.0f</duration>\n  </track>\n", song->seconds * 1000);
    }
    fprintf(stream, " </trackList>\n</playlist>\n");
}

static void write_jspf(const Writing *writing) {
    json_t *tracks = json_array();
    for (int i = 0; i < writing->playlist->count; i++) {
        const PlaylistEntry *entry = &writing->playlist->entries[i];
        const LibrarySong *song = &writing->songs->list[entry->song];
        char place[PATH_MAX], uri[PLACE];
        place_of(writing, song, place);
        uri_of(place, uri);
        json_t *track = json_pack(
            "{s:[s], s:o, s:I, s:s}", "location", uri, "title", json_text(library_song_title(song)),
            "duration", (json_int_t)llround(song->seconds * 1000), "annotation", entry->reason);
        if (*song->artist)
            json_object_set_new(track, "creator", json_text(song->artist));
        if (*song->album)
            json_object_set_new(track, "album", json_text(song->album));
        json_array_append_new(tracks, track);
    }
    json_t *list = json_pack("{s:{s:o}}", "playlist", "track", tracks);
    json_dumpf(list, writing->stream, JSON_INDENT(1));
    fputc('\n', writing->stream);
    json_decref(list);
}

int playlist_file_write(const char *path, const LibrarySongs *songs, const Playlist *playlist,
                        bool absolute, Error *error) {
    char folder[PATH_MAX], real[PATH_MAX];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1,
             slash ? path : ".");
    if (!playlist_file_is_name(path))
        return error_set(error, "%s: a playlist's name ends in .m3u8, .m3u, .xspf or .jspf", path);
    FileWriter writer;
    if (file_begin(&writer, path, error))
        return -1;
    Writing writing = {.stream = writer.stream,
                       .songs = songs,
                       .playlist = playlist,
                       .folder = absolute ? NULL : realpath(folder, real)};
    if (form_of(path) == FORM_M3U)
        write_m3u(&writing);
    else if (form_of(path) == FORM_XSPF)
        write_xspf(&writing);
    else
        write_jspf(&writing);
    return file_commit(&writer, error);
}
