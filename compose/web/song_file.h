/* song_file.h: a song of the library as a browser's player asks for it, whole or from the middle.
 *
 * Recordings are sent as they are. MIDI files go out as WAV, rendered while they are sent, from
 * whatever place is asked for: notes that began before it are not heard. */
#ifndef COMPOSE_WEB_SONG_FILE_H
#define COMPOSE_WEB_SONG_FILE_H

#include "compose/library/library.h"
#include "compose/web/exchange.h"

/* The reply to a request for the song at `path`, with this Range header (or NULL). `soundfont` as
 * soundfont_find takes it. */
WebReply song_file_reply(const char *path, MoodSource kind, const char *soundfont,
                         const char *range);

#endif
