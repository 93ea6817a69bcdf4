#include "compose/web/wishes.h"

#include "compose/write/style.h"

#include <stdio.h>
#include <string.h>

/* One reader for each name that a body may have. */
typedef struct Field {
    const char *name;
    int (*read)(const json_t *value, void *wishes, const char *const *genres, Error *error);
} Field;

/* A field's name as far as messages show it, in whole characters of its UTF-8: their bytes. */
static int shown(const char *name) {
    int length = (int)strnlen(name, 40);
    while (((unsigned char)name[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static int read_body(const char *body, size_t size, const Field *fields, void *wishes,
                     const char *const *genres, Error *error) {
    json_error_t reason;
    json_t *json = json_loadb(body, size, JSON_REJECT_DUPLICATES, &reason);
    if (!json)
        return error_set(error, "not JSON: %.100s", reason.text);
    int status = json_is_object(json) ? 0 : error_set(error, "expected a JSON object");
    const char *name;
    json_t *value;
    if (!status)
        json_object_foreach(json, name, value) {
            const Field *field = fields;
            while (field->name && strcmp(field->name, name) != 0)
                field++;
            status = field->name ? field->read(value, wishes, genres, error)
                                 : error_set(error, "unknown field '%.*s'", shown(name), name);
            if (status)
                break;
        }
    json_decref(json);
    return status;
}

/* ------------------------------------------------------------------ kinds of values */

static int number(const json_t *value, const char *name, double low, double high, double *result,
                  Error *error) {
    *result = json_number_value(value);
    if (!json_is_number(value) || !(*result >= low && *result <= high))
        return error_set(error, "%s: expected a number from %g to %g", name, low, high);
    return 0;
}

static int whole(const json_t *value, const char *name, int low, int high, int *result,
                 Error *error) {
    json_int_t given = json_integer_value(value);
    if (!json_is_integer(value) || given < low || given > high)
        return error_set(error, "%s: expected a whole number from %d to %d", name, low, high);
    *result = (int)given;
    return 0;
}

static int truth(const json_t *value, const char *name, bool *result, Error *error) {
    *result = json_is_true(value);
    return json_is_boolean(value) ? 0 : error_set(error, "%s: expected true or false", name);
}

static int policy(const json_t *value, MoodPolicy *result, Error *error) {
    const char *name = json_string_value(value);
    for (int i = 0; i < MOOD_POLICIES && name; i++)
        if (!strcmp(mood_policy_names[i], name)) {
            *result = (MoodPolicy)i;
            return 0;
        }
    return error_set(error, "policy: expected \"mirror\" or \"regulate\"");
}

/* null is no genre in particular. */
static int genre(const json_t *value, const char *const *genres, int *result, Error *error) {
    *result = 0;
    if (json_is_null(value))
        return 0;
    if (!json_is_string(value))
        return error_set(error, "genre: expected a name or null");
    for (int i = 0; genres && genres[i] && !*result; i++)
        *result = strcmp(genres[i], json_string_value(value)) ? 0 : i + 1;
    return *result ? 0 : error_set(error, "genre: the music model has no such genre");
}

static int point(const json_t *value, float *valence, float *arousal, Error *error) {
    double x = 0, y = 0;
    if (number(json_object_get(value, "valence"), "valence", -1, 1, &x, error) ||
        number(json_object_get(value, "arousal"), "arousal", -1, 1, &y, error))
        return -1;
    *valence = (float)x;
    *arousal = (float)y;
    return 0;
}

/* ------------------------------------------------------------------ control */

static int control_policy(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_policy = true;
    return policy(value, &wishes->policy, error);
}

static int control_genre(const json_t *value, void *user, const char *const *genres, Error *error) {
    ControlWishes *wishes = user;
    wishes->has_genre = true;
    return genre(value, genres, &wishes->genre, error);
}

static int control_program(const json_t *value, void *user, const char *const *genres,
                           Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_program = true;
    return whole(value, "program", 0, 127, &wishes->program, error);
}

static int control_speed(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_speed = true;
    return number(value, "speed", 0.5, 2, &wishes->speed, error);
}

static int control_pause(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_pause = true;
    return truth(value, "pause", &wishes->pause, error);
}

static int control_hidden(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_hidden = true;
    return truth(value, "hidden", &wishes->hidden, error);
}

static int control_next(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return truth(value, "next", &((ControlWishes *)user)->next, error);
}

static int control_lead(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_lead = true;
    return whole(value, "lead", 1, 1 << 30, &wishes->lead, error);
}

/* null gives the lead back to the face. */
static int control_mood(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->mood = json_is_null(value) ? MOOD_WISH_FACE : MOOD_WISH_POINT;
    return json_is_null(value) ? 0 : point(value, &wishes->valence, &wishes->arousal, error);
}

/* Copies a text that must fit and hold no zero. */
static int words(const json_t *value, const char *name, char *result, size_t size, Error *error) {
    const char *text = json_string_value(value);
    if (!text || json_string_length(value) >= size || strlen(text) != json_string_length(value))
        return error_set(error, "%s: expected a text of fewer than %zu bytes", name, size);
    memcpy(result, text, json_string_length(value) + 1);
    return 0;
}

static int control_source(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    const char *name = json_string_value(value);
    wishes->has_source = true;
    for (int i = 0; i < QUEUE_SOURCES && name; i++)
        if (!strcmp(page_songs_sources[i], name)) {
            wishes->songs.source = (QueueSource)i;
            return 0;
        }
    return error_set(error, "source: expected \"songs\", \"compose\" or \"mix\"");
}

/* A list of codes, or null for all. */
static int control_languages(const json_t *value, void *user, const char *const *genres,
                             Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    char *list = wishes->songs.languages, code[8];
    size_t index, used = 0;
    const json_t *one;
    wishes->has_languages = true;
    if (!json_is_array(value) && !json_is_null(value))
        return error_set(error, "languages: expected a list of codes, or null");
    json_array_foreach(value, index, one) {
        if (words(one, "languages", code, sizeof code, error))
            return -1;
        int added =
            snprintf(list + used, PAGE_SONGS_LANGUAGES - used, "%s%s", index ? "," : "", code);
        if (added <= (int)(index > 0) || (size_t)added >= PAGE_SONGS_LANGUAGES - used)
            return error_set(error, "languages: expected fewer, and none that is empty");
        used += (size_t)added;
    }
    return 0;
}

static int control_strict(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_strict = true;
    return truth(value, "strict", &wishes->songs.strict, error);
}

static int control_seek(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_seek = true;
    return number(value, "seek", 0, 1e6, &wishes->seek, error);
}

static int control_volume(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_volume = true;
    return number(value, "volume", 0, 1, &wishes->volume, error);
}

static int control_songs_genre(const json_t *value, void *user, const char *const *genres,
                               Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    wishes->has_songs_genre = true;
    return json_is_null(value)
               ? 0
               : words(value, "songs_genre", wishes->songs.genre, PAGE_SONGS_GENRE, error);
}

static int control_say(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ControlWishes *wishes = user;
    const char *name = json_string_value(value);
    wishes->has_verdict = true;
    for (int i = 0; i < VERDICT_SKIP && name; i++)
        if (!strcmp(verdict_names[i], name)) {
            wishes->verdict = (Verdict)i;
            return 0;
        }
    return error_set(error, "say: expected \"like\", \"dislike\", \"too-sad\", \"too-happy\", "
                            "\"too-calm\" or \"too-wild\"");
}

static int control_undo(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return truth(value, "undo", &((ControlWishes *)user)->undo, error);
}

static int control_ended(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return words(value, "ended", ((ControlWishes *)user)->ended, GATE_TOKEN + 1, error);
}

static int control_failed(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    return words(value, "failed", ((ControlWishes *)user)->failed, GATE_TOKEN + 1, error);
}

static const Field control_fields[] = {
    {"policy", control_policy},
    {"genre", control_genre},
    {"program", control_program},
    {"speed", control_speed},
    {"pause", control_pause},
    {"hidden", control_hidden},
    {"next", control_next},
    {"lead", control_lead},
    {"mood", control_mood},
    {"source", control_source},
    {"languages", control_languages},
    {"strict", control_strict},
    {"songs_genre", control_songs_genre},
    {"seek", control_seek},
    {"volume", control_volume},
    {"say", control_say},
    {"undo", control_undo},
    {"ended", control_ended},
    {"failed", control_failed},
    {NULL, NULL},
};

int wishes_control(const char *body, size_t size, const char *const *genres, ControlWishes *wishes,
                   Error *error) {
    *wishes = (ControlWishes){.next = false};
    return read_body(body, size, control_fields, wishes, genres, error);
}

/* ------------------------------------------------------------------ compose */

static int piece_emotion(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    PieceWishes *wishes = user;
    wishes->emotion = json_is_string(value) ? emotion_from_name(json_string_value(value)) : -1;
    if (wishes->emotion < 0)
        return error_set(error, "emotion: expected angry, disgust, fear, happy, sad, surprise or "
                                "neutral");
    wishes->piece.felt = mood_of_emotion((Emotion)wishes->emotion);
    return 0;
}

static int piece_mood(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    float valence, arousal;
    if (point(value, &valence, &arousal, error))
        return -1;
    ((PieceWishes *)user)->piece.felt = mood_of_feeling(valence, arousal);
    ((PieceWishes *)user)->emotion = -1;
    return 0;
}

static int piece_policy(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return policy(value, &((PieceWishes *)user)->piece.policy, error);
}

static int piece_genre(const json_t *value, void *user, const char *const *genres, Error *error) {
    return genre(value, genres, &((PieceWishes *)user)->piece.composer.genre, error);
}

static int piece_seconds(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return number(value, "seconds", 5, WISHES_LONGEST_SECONDS,
                  &((PieceWishes *)user)->piece.composer.seconds, error);
}

static int piece_tempo(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return number(value, "tempo", 30, 240, &((PieceWishes *)user)->piece.composer.tempo, error);
}

static int piece_tonic(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    return whole(value, "tonic", 0, 11, &((PieceWishes *)user)->piece.composer.tonic, error);
}

static int piece_minor(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    bool minor = false;
    if (truth(value, "minor", &minor, error))
        return -1;
    ((PieceWishes *)user)->piece.composer.mode = minor;
    return 0;
}

static int piece_program(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    ((PieceWishes *)user)->has_program = true;
    return whole(value, "program", 0, 127, &((PieceWishes *)user)->piece.program, error);
}

static int piece_seed_wish(const json_t *value, void *user, const char *const *genres,
                           Error *error) {
    (void)genres;
    int seed = 0;
    if (whole(value, "seed", 0, 1 << 30, &seed, error))
        return -1;
    ((PieceWishes *)user)->piece.composer.seed = (uint64_t)seed;
    return 0;
}

static int piece_style(const json_t *value, void *user, const char *const *genres, Error *error) {
    (void)genres;
    const char *name = json_string_value(value);
    for (int i = 0; i < STYLES && name; i++)
        if (!strcmp(compose_style_names[i], name)) {
            ((PieceWishes *)user)->style = i;
            return 0;
        }
    return error_set(error, "style: expected \"arranged\" or \"performed\"");
}

static int piece_ensemble(const json_t *value, void *user, const char *const *genres,
                          Error *error) {
    (void)genres;
    const char *name = json_string_value(value);
    for (int i = 0; i < ENSEMBLES && name; i++)
        if (!strcmp(ensemble_names[i], name)) {
            ((PieceWishes *)user)->ensemble = (Ensemble)i;
            return 0;
        }
    return error_set(error, "ensemble: expected piano, band, strings or chiptune");
}

static const Field piece_fields[] = {
    {"emotion", piece_emotion},
    {"mood", piece_mood},
    {"policy", piece_policy},
    {"genre", piece_genre},
    {"seconds", piece_seconds},
    {"tempo", piece_tempo},
    {"tonic", piece_tonic},
    {"minor", piece_minor},
    {"program", piece_program},
    {"seed", piece_seed_wish},
    {"style", piece_style},
    {"ensemble", piece_ensemble},
    {NULL, NULL},
};

int wishes_piece(const char *body, size_t size, const char *const *genres, PieceWishes *wishes,
                 Error *error) {
    *wishes = (PieceWishes){
        .piece = {.composer = composer_defaults, .felt = mood_of_emotion(EMOTION_NEUTRAL)},
        .emotion = EMOTION_NEUTRAL,
        .style = -1};
    wishes->piece.composer.seconds = 20;
    return read_body(body, size, piece_fields, wishes, genres, error);
}
