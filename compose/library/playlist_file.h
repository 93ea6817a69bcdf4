/* playlist_file.h: song lists in the formats of other players: M3U (UTF-8), XSPF 1 (XML,
 * xspf.org/spec) and JSPF (JSON, xspf.org/jspf), by the file's suffix. */
#ifndef COMPOSE_LIBRARY_PLAYLIST_FILE_H
#define COMPOSE_LIBRARY_PLAYLIST_FILE_H

#include "compose/library/playlist.h"

/* Whether the name ends in .m3u, .m3u8, .xspf or .jspf. */
bool playlist_file_is_name(const char *path);

/* Writes the list; paths are relative to the file's folder, or absolute. Characters in names that
 * would break a line or a tag are escaped. */
int playlist_file_write(const char *path, const LibrarySongs *songs, const Playlist *playlist,
                        bool absolute, Error *error) MUST_CHECK;

/* Writes the relative path from an absolute folder to an absolute file ("../b/song.mid") into
 * `way`. False when it is too long. */
bool relative_path(const char *folder, const char *file, char *way, size_t size);

#endif
