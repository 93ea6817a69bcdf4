/* live_log.h: the timeline of a live session, one JSON object per line.
 *
 *     {"t": 1.24, "face": [212, 96, 180, 180], "emotion": "happy",
 *      "probabilities": {"angry": 0.01, …}, "valence": 0.62, "arousal": 0.40,
 *      "music": {"policy": "mirror", "valence": 1, "arousal": 0.8, "loudness": 0.07, "piece": 1,
 *                "section": 2, "key": "G major", "tempo": 126, "written": 2.3}}
 *
 * `t` is seconds since the first frame; `face` is x, y, width and height in pixels; the emotion,
 * its probabilities and their mean valence and arousal are those of the leading face. All of these
 * are null in a frame without a face. With --landmarks a frame with a face also has "geometry", as
 * in classify --json. `music` is the mood requested for the latest notes, and the second up to
 * which notes are written. `tempo` is null for music without a beat. */
#ifndef COMPOSE_LIVE_LIVE_LOG_H
#define COMPOSE_LIVE_LIVE_LOG_H

#include "compose/live/live_music.h"
#include "infer/faces/watcher.h"

#include <stdio.h>

/* `face` is NULL where there is none. */
int live_log_write(FILE *stream, const WatchedFace *face, const EmotionState *state,
                   const LiveMusicStatus *music, Error *error) MUST_CHECK;

#endif
