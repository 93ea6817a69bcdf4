/* live_log.h: the timeline of a live session, one JSON object a line.
 *
 *     {"t": 1.24, "face": [212, 96, 180, 180], "emotion": "happy",
 *      "probabilities": {"angry": 0.01, …}, "valence": 0.62, "arousal": 0.40,
 *      "music": {"policy": "mirror", "valence": 1, "arousal": 0.8, "loudness": 0.07, "piece": 1,
 *                "section": 2, "key": "G major", "tempo": 126, "written": 2.3}}
 *
 * `t` is seconds since the first frame; `face` is x, y, width and height in pixels; the emotion,
 * its probabilities and their mean valence and arousal are those of the person in the lead. All of
 * these are null in a frame without a face. With --landmarks a frame in which the face was seen has
 * "geometry" besides, as classify --json does. `music` is what the notes written last were asked to
 * express, and up to which second they are written. Off the grid `tempo` is null. */
#ifndef COMPOSE_LIVE_LIVE_LOG_H
#define COMPOSE_LIVE_LIVE_LOG_H

#include "compose/live/live_music.h"
#include "infer/faces/watcher.h"

#include <stdio.h>

/* `face` is NULL where there is none. */
int live_log_write(FILE *stream, const WatchedFace *face, const EmotionState *state,
                   const LiveMusicStatus *music, Error *error) MUST_CHECK;

#endif
