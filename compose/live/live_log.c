#include "compose/live/live_log.h"

#include "datasets/music/song.h"
#include "infer/faces/classification.h"
#include "nn/base/number.h"

#include <jansson.h>
#include <math.h>

/* Decimal places, and digits in all: a time of a day still has its milliseconds. */
enum { PLACES = 4, PRECISION = 9 };

static json_t *number(double value) {
    return json_real(number_round(value, PLACES));
}

static json_t *face_json(const WatchedFace *face) {
    if (!face)
        return json_null();
    const Box *box = &face->box;
    return json_pack("[i, i, i, i]", box->x, box->y, box->width, box->height);
}

static json_t *probabilities_json(const float *probabilities) {
    json_t *json = json_object();
    for (int i = 0; i < EMOTION_COUNT; i++)
        json_object_set_new(json, emotions[i].name, number((double)probabilities[i]));
    return json;
}

static json_t *music_json(const LiveMusicStatus *music) {
    return json_pack(
        "{s:s, s:o, s:o, s:o, s:i, s:i, s:s, s:o, s:o}", "policy", mood_policy_names[music->policy],
        "valence", number((double)music->asked.valence), "arousal",
        number((double)music->asked.arousal), "loudness", number((double)music->asked.loudness),
        "piece", music->piece, "section", music->section, "key",
        song_key_name(music->tonic, music->minor), "tempo",
        music->performed ? json_null() : number(music->tempo), "written", number(music->written));
}

int live_log_write(FILE *stream, const WatchedFace *face, const EmotionState *state,
                   const LiveMusicStatus *music, Error *error) {
    bool seen = face != NULL; /* one that the tracker holds for a moment counts */
    json_t *json = json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "t", number(state->time), "face", face_json(face),
        "emotion", seen ? json_string(emotions[state->emotion].name) : json_null(), "probabilities",
        seen ? probabilities_json(state->probabilities) : json_null(), "valence",
        seen ? number((double)state->valence) : json_null(), "arousal",
        seen ? number((double)state->arousal) : json_null(), "music", music_json(music));
    if (!json)
        return error_memory(error, "a line of the log", sizeof *json);
    if (seen && face->has_points)
        json_object_set_new(json, "geometry", classification_geometry(&face->geometry));
    int status = json_dumpf(json, stream, JSON_REAL_PRECISION(PRECISION));
    json_decref(json);
    if (status || fputc('\n', stream) == EOF)
        return error_errno(error, "cannot write the log");
    return 0;
}
