/* song_file.h: serves a library song to a browser's player, whole or in part.
 *
 * Recordings are sent unchanged. MIDI files are sent as WAV, rendered on the fly, from any
 * position: notes that began before it are not heard. */
#ifndef COMPOSE_WEB_SONG_FILE_H
#define COMPOSE_WEB_SONG_FILE_H

#include "compose/library/library.h"
#include "compose/web/exchange.h"

/* The reply to a request for the song at `path`, with this Range header (or NULL). `soundfont` as
 * for soundfont_find. */
WebReply song_file_reply(const char *path, MoodSource kind, const char *soundfont,
                         const char *range);

#endif
