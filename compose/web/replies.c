#include "compose/web/replies.h"

#include "nn/base/number.h"

enum { PLACES = 4 };

static json_t *number(double value) {
    return json_real(number_round(value, PLACES));
}

static json_t *state_json(const EmotionState *state) {
    json_t *probabilities = json_object();
    for (int i = 0; i < EMOTION_COUNT; i++)
        json_object_set_new(probabilities, emotions[i].name,
                            number((double)state->probabilities[i]));
    return json_pack("{s:s, s:o, s:o, s:o, s:b}", "emotion", emotions[state->emotion].name,
                     "probabilities", probabilities, "valence", number((double)state->valence),
                     "arousal", number((double)state->arousal), "face", state->face);
}

/* Two numbers a point, one after the other; null where none were looked for. */
static json_t *points_json(const WatchedFace *face) {
    json_t *list = face->has_points ? json_array() : json_null();
    for (int i = 0; i < LANDMARKS && face->has_points; i++) {
        json_array_append_new(list, json_real(number_round((double)face->points[i].x, 1)));
        json_array_append_new(list, json_real(number_round((double)face->points[i].y, 1)));
    }
    return list;
}

json_t *reply_faces(const VisitFace *faces, int count, int width, int height) {
    json_t *list = json_array();
    for (int i = 0; i < count; i++) {
        const Box *box = &faces[i].face.box;
        json_t *face = state_json(&faces[i].face.state);
        json_object_set_new(face, "id", json_integer(faces[i].face.id));
        json_object_set_new(face, "leads", json_boolean(faces[i].leads));
        json_object_set_new(face, "box",
                            json_pack("[i,i,i,i]", box->x, box->y, box->width, box->height));
        json_object_set_new(face, "points", points_json(&faces[i].face));
        json_array_append_new(list, face);
    }
    return json_pack("{s:i, s:i, s:o}", "width", width, "height", height, "faces", list);
}

static json_t *music_json(const LiveMusicStatus *music) {
    json_t *down = json_array();
    for (int pitch = 0; pitch < NOTE_PITCHES; pitch++)
        if (music->down[pitch])
            json_array_append_new(down, json_integer(pitch));
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:i, s:i, s:s, s:o, s:o}", "policy",
                  mood_policy_names[music->policy], "valence", number((double)music->asked.valence),
                  "arousal", number((double)music->asked.arousal), "piece", music->piece, "section",
                  music->section, "key", song_key_name(music->tonic, music->minor), "speed",
                  number(music->speed), "down", down);
    json_object_set_new(json, "tempo", music->performed ? json_null() : number(music->tempo));
    json_object_set_new(json, "meter",
                        music->performed
                            ? json_null()
                            : json_sprintf("%d/%d", music_meters[music->meter].numerator,
                                           music_meters[music->meter].denominator));
    return json;
}

json_t *reply_status(Visit *visit) {
    VisitStatus status = visit_status(visit);
    PageSongs *songs = visit_songs(visit);
    json_t *json = json_pack("{s:I, s:o, s:b, s:o, s:o, s:o, s:o, s:i, s:b, s:b}", "number",
                             (json_int_t)status.number, "mood", state_json(&status.mood), "by_hand",
                             status.by_hand, "valence", number((double)status.valence), "arousal",
                             number((double)status.arousal), "music", music_json(&status.music),
                             "seconds", number(status.seconds), "gaps", (int)status.gaps, "paused",
                             status.paused, "listening", status.listening);
    json_t *chosen = songs ? page_songs_json(songs, visit_seconds(visit)) : json_null();
    if (songs && visit_heard(visit) >= 0)
        json_object_set_new(chosen, "heard", number(visit_heard(visit)));
    json_object_set_new(json, "songs", chosen);
    return json;
}

json_t *reply_piece(const Piece *piece) {
    const Song *song = piece->song;
    json_t *notes = json_array();
    for (int i = 0; i < song->n_notes; i++) {
        const SongNote *note = &song->notes[i];
        json_array_append_new(notes,
                              json_pack("[o,o,i,i,i]", number(note->start), number(note->end),
                                        note->pitch, note->velocity, note->track));
    }
    json_t *json =
        json_pack("{s:s, s:o, s:s, s:o}", "id", piece->id, "seconds", number(song->seconds), "key",
                  song_key_name(song->keys[0].tonic, song->keys[0].minor), "notes", notes);
    bool metric = !piece->performed && song->n_meters && song->n_tempos;
    json_object_set_new(json, "tempo",
                        metric ? number(60e6 / song->tempos[0].microseconds) : json_null());
    json_object_set_new(
        json, "meter",
        metric ? json_sprintf("%d/%d", song->meters[0].numerator, song->meters[0].denominator)
               : json_null());
    return json;
}

json_t *reply_genres(const char *const *genres) {
    json_t *list = json_array();
    for (; *genres; genres++)
        json_array_append_new(list, json_string(*genres));
    return list;
}
