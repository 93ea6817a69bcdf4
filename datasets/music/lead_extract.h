/* lead_extract.h: the lead sheet of a finished song.
 *
 * Melody: the track named MELODY or solo, else the first track where the song has exactly two, else
 * the highest notes. Chords: for each half bar the one whose notes are closest to the sounding
 * notes (cosine, with a small bonus where its root is the lowest), kept for the second half unless
 * another is clearly closer.
 *
 * Beats are the tempo map's quarter notes; where bars begin is estimated and not read, since many
 * files say 1/4 or are offset from the beat: the phase of the sixteenths is the circular mean of
 * the onsets', and the bar line is where harmony changes, low notes begin and long melody notes
 * begin. Triple meters are taken from the file.
 *
 * Bars before the first and after the last melody note are dropped, and so are silent ones beyond
 * two in a row. */
#ifndef DATASETS_MUSIC_LEAD_EXTRACT_H
#define DATASETS_MUSIC_LEAD_EXTRACT_H

#include "datasets/music/lead_sheet.h"
#include "datasets/music/song.h"

/* Fills sheet->bars (free with lead_sheet_free), n_bars and the head's mode and meter. Fails where
 * the song has no melody of at least four bars, or is off the beat (a mean resultant length of the
 * sixteenths' phases below .5). */
int lead_extract(const Song *song, LeadSheet *sheet, Error *error) MUST_CHECK;
void lead_sheet_free(LeadSheet *sheet);

#endif
