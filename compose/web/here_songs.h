/* here_songs.h: plays a page's songs on this computer's output (affekt serve --sound here), as the
 * page would: it follows what page_songs.h has chosen, crossfades, and reports songs that ended.
 *
 * Any function may be called from any thread. */
#ifndef COMPOSE_WEB_HERE_SONGS_H
#define COMPOSE_WEB_HERE_SONGS_H

#include "compose/sound/sound_output.h"
#include "compose/web/page_songs.h"

typedef struct HereSongs HereSongs;

typedef struct HereSongsSettings {
    SoundOutputSettings output;
    const char *soundfont; /* as for soundfont_find */
    double started;        /* the songs' clock (page_songs_feel): clock_seconds at its zero */
} HereSongsSettings;

/* The songs must outlive it. Free with here_songs_close (NULL is fine). */
HereSongs *here_songs_open(PageSongs *songs, const HereSongsSettings *settings, Error *error);
void here_songs_close(HereSongs *here);

void here_songs_pause(HereSongs *here, bool pause);
void here_songs_seek(HereSongs *here, double seconds);
void here_songs_set_volume(HereSongs *here, double volume); /* 0 … 1 */

/* Where in the current song it is, seconds; 0 where none plays. */
double here_songs_heard(HereSongs *here);

#endif
