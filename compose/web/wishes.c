#include "compose/web/wishes.h"

#include "compose/write/style.h"
#include "nn/base/text_list.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define NO_FLAG SIZE_MAX

typedef struct Field Field;

/* What is read, and into what. */
typedef struct Reading {
    const json_t *value;
    char *wishes;
    const char *const *genres;
} Reading;

/* One row for each name that a body may have. */
struct Field {
    const char *name;
    int (*read)(const Reading *reading, const Field *field, Error *error);
    size_t flag;              /* offset of a bool that tells that it was given, or NO_FLAG */
    size_t at;                /* offset of what is read */
    double low, high;         /* of numbers */
    const char *const *names; /* of choices, */
    int count;                /* so many; of texts the room for them */
};

/* A field's name as far as messages show it, in whole characters of its UTF-8: their bytes. */
static int shown(const char *name) {
    int length = (int)strnlen(name, 40);
    while (((unsigned char)name[length] & 0xc0) == 0x80)
        length--;
    return length;
}

static int read_field(const Field *fields, const char *name, const Reading *reading, Error *error) {
    const Field *field = fields;
    while (field->name && strcmp(field->name, name) != 0)
        field++;
    if (!field->name)
        return error_set(error, "unknown field '%.*s'", shown(name), name);
    if (field->flag != NO_FLAG)
        *(bool *)(reading->wishes + field->flag) = true;
    return field->read(reading, field, error);
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
    json_object_foreach(json, name, value) {
        if (!status)
            status = read_field(fields, name, &(Reading){value, wishes, genres}, error);
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

static int read_number(const Reading *reading, const Field *field, Error *error) {
    return number(reading->value, field->name, field->low, field->high,
                  (double *)(void *)(reading->wishes + field->at), error);
}

static int whole(const Reading *reading, const Field *field, int *result, Error *error) {
    json_int_t given = json_integer_value(reading->value);
    if (!json_is_integer(reading->value) || (double)given < field->low ||
        (double)given > field->high)
        return error_set(error, "%s: expected a whole number from %.0f to %.0f", field->name,
                         field->low, field->high);
    *result = (int)given;
    return 0;
}

static int read_whole(const Reading *reading, const Field *field, Error *error) {
    return whole(reading, field, (int *)(void *)(reading->wishes + field->at), error);
}

static int truth(const Reading *reading, const Field *field, bool *result, Error *error) {
    *result = json_is_true(reading->value);
    return json_is_boolean(reading->value)
               ? 0
               : error_set(error, "%s: expected true or false", field->name);
}

static int read_truth(const Reading *reading, const Field *field, Error *error) {
    return truth(reading, field, (bool *)(reading->wishes + field->at), error);
}

/* Into an enumeration, whose values are the names' places. */
static int read_choice(const Reading *reading, const Field *field, Error *error) {
    const char *name = json_string_value(reading->value);
    for (int i = 0; i < field->count && name; i++)
        if (!strcmp(field->names[i], name)) {
            *(int *)(void *)(reading->wishes + field->at) = i;
            return 0;
        }
    char known[256];
    text_list_join(field->names, field->count, known, sizeof known);
    return error_set(error, "%s: expected one of %s", field->name, known);
}

/* Copies a text that must fit and hold no zero. */
static int words(const json_t *value, const char *name, char *result, size_t size, Error *error) {
    const char *text = json_string_value(value);
    if (!text || json_string_length(value) >= size || strlen(text) != json_string_length(value))
        return error_set(error, "%s: expected a text of fewer than %zu bytes", name, size);
    memcpy(result, text, json_string_length(value) + 1);
    return 0;
}

static int read_words(const Reading *reading, const Field *field, Error *error) {
    return words(reading->value, field->name, reading->wishes + field->at, (size_t)field->count,
                 error);
}

/* null is no genre in particular. */
static int read_genre(const Reading *reading, const Field *field, Error *error) {
    int genre = 0;
    const char *name = json_string_value(reading->value);
    if (!name && !json_is_null(reading->value))
        return error_set(error, "genre: expected a name or null");
    for (int i = 0; name && reading->genres && reading->genres[i] && !genre; i++)
        genre = strcmp(reading->genres[i], name) ? 0 : i + 1;
    *(int *)(void *)(reading->wishes + field->at) = genre;
    return genre || !name ? 0 : error_set(error, "genre: the music model has no such genre");
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

#define NUMBER(S, name, flag, field, low, high)                                                    \
    { name, read_number, flag, offsetof(S, field), low, high, NULL, 0 }
#define WHOLE(S, name, flag, field, low, high)                                                     \
    { name, read_whole, flag, offsetof(S, field), low, high, NULL, 0 }
#define TRUTH(S, name, flag, field)                                                                \
    { name, read_truth, flag, offsetof(S, field), 0, 0, NULL, 0 }
#define CHOICE(S, name, flag, field, names, count)                                                 \
    { name, read_choice, flag, offsetof(S, field), 0, 0, names, count }
#define WORDS(S, name, flag, field, room)                                                          \
    { name, read_words, flag, offsetof(S, field), 0, 0, NULL, room }
#define GENRE(S, flag, field)                                                                      \
    { "genre", read_genre, flag, offsetof(S, field), 0, 0, NULL, 0 }
#define OWN(name, read, flag)                                                                      \
    { name, read, flag, 0, 0, 0, NULL, 0 }
#define LAST                                                                                       \
    { NULL, NULL, NO_FLAG, 0, 0, 0, NULL, 0 }

/* ------------------------------------------------------------------ control */

/* null gives the lead back to the face. */
static int control_mood(const Reading *reading, const Field *field, Error *error) {
    (void)field;
    ControlWishes *wishes = (ControlWishes *)(void *)reading->wishes;
    bool face = json_is_null(reading->value);
    wishes->mood = face ? MOOD_WISH_FACE : MOOD_WISH_POINT;
    return face ? 0 : point(reading->value, &wishes->valence, &wishes->arousal, error);
}

/* A list of codes, or null for all. */
static int control_languages(const Reading *reading, const Field *field, Error *error) {
    char *list = ((ControlWishes *)(void *)reading->wishes)->songs.languages, code[8];
    size_t index, used = 0;
    const json_t *one;
    if (!json_is_array(reading->value) && !json_is_null(reading->value))
        return error_set(error, "languages: expected a list of codes, or null");
    json_array_foreach(reading->value, index, one) {
        if (words(one, field->name, code, sizeof code, error))
            return -1;
        int added =
            snprintf(list + used, PAGE_SONGS_LANGUAGES - used, "%s%s", index ? "," : "", code);
        if (added <= (int)(index > 0) || (size_t)added >= PAGE_SONGS_LANGUAGES - used)
            return error_set(error, "languages: expected fewer, and none that is empty");
        used += (size_t)added;
    }
    return 0;
}

/* A name, or null for all. */
static int control_songs_genre(const Reading *reading, const Field *field, Error *error) {
    return json_is_null(reading->value) ? 0 : read_words(reading, field, error);
}

#define CONTROL(flag) offsetof(ControlWishes, flag)
static const Field control_fields[] = {
    CHOICE(ControlWishes, "policy", CONTROL(has_policy), policy, mood_policy_names, MOOD_POLICIES),
    GENRE(ControlWishes, CONTROL(has_genre), genre),
    WHOLE(ControlWishes, "program", CONTROL(has_program), program, 0, 127),
    NUMBER(ControlWishes, "speed", CONTROL(has_speed), speed, 0.5, 2),
    TRUTH(ControlWishes, "pause", CONTROL(has_pause), pause),
    TRUTH(ControlWishes, "hidden", CONTROL(has_hidden), hidden),
    TRUTH(ControlWishes, "next", NO_FLAG, next),
    WHOLE(ControlWishes, "lead", CONTROL(has_lead), lead, 1, 1 << 30),
    OWN("mood", control_mood, NO_FLAG),
    CHOICE(ControlWishes, "source", CONTROL(has_source), songs.source, page_songs_sources,
           QUEUE_SOURCES),
    OWN("languages", control_languages, CONTROL(has_languages)),
    TRUTH(ControlWishes, "strict", CONTROL(has_strict), songs.strict),
    {"songs_genre", control_songs_genre, CONTROL(has_songs_genre), CONTROL(songs.genre), 0, 0, NULL,
     PAGE_SONGS_GENRE},
    NUMBER(ControlWishes, "seek", CONTROL(has_seek), seek, 0, 1e6),
    NUMBER(ControlWishes, "volume", CONTROL(has_volume), volume, 0, 1),
    CHOICE(ControlWishes, "say", CONTROL(has_verdict), verdict, verdict_names, VERDICT_SKIP),
    TRUTH(ControlWishes, "undo", NO_FLAG, undo),
    WORDS(ControlWishes, "ended", NO_FLAG, ended, GATE_TOKEN + 1),
    WORDS(ControlWishes, "failed", NO_FLAG, failed, GATE_TOKEN + 1),
    LAST,
};

int wishes_control(const char *body, size_t size, const char *const *genres, ControlWishes *wishes,
                   Error *error) {
    *wishes = (ControlWishes){.next = false};
    return read_body(body, size, control_fields, wishes, genres, error);
}

/* ------------------------------------------------------------------ compose */

static int piece_emotion(const Reading *reading, const Field *field, Error *error) {
    (void)field;
    PieceWishes *wishes = (PieceWishes *)(void *)reading->wishes;
    const char *name = json_string_value(reading->value);
    wishes->emotion = name ? emotion_from_name(name) : -1;
    if (wishes->emotion < 0)
        return error_set(error, "emotion: expected angry, disgust, fear, happy, sad, surprise or "
                                "neutral");
    wishes->piece.felt = mood_of_emotion((Emotion)wishes->emotion);
    return 0;
}

static int piece_mood(const Reading *reading, const Field *field, Error *error) {
    (void)field;
    PieceWishes *wishes = (PieceWishes *)(void *)reading->wishes;
    float valence, arousal;
    if (point(reading->value, &valence, &arousal, error))
        return -1;
    wishes->piece.felt = mood_of_feeling(valence, arousal);
    wishes->emotion = -1;
    return 0;
}

static int piece_minor(const Reading *reading, const Field *field, Error *error) {
    bool minor = false;
    if (truth(reading, field, &minor, error))
        return -1;
    ((PieceWishes *)(void *)reading->wishes)->piece.composer.mode = minor;
    return 0;
}

static int piece_seed_wish(const Reading *reading, const Field *field, Error *error) {
    int seed = 0;
    if (whole(reading, field, &seed, error))
        return -1;
    ((PieceWishes *)(void *)reading->wishes)->piece.composer.seed = (uint64_t)seed;
    return 0;
}

static const Field piece_fields[] = {
    OWN("emotion", piece_emotion, NO_FLAG),
    OWN("mood", piece_mood, NO_FLAG),
    CHOICE(PieceWishes, "policy", NO_FLAG, piece.policy, mood_policy_names, MOOD_POLICIES),
    GENRE(PieceWishes, NO_FLAG, piece.composer.genre),
    NUMBER(PieceWishes, "seconds", NO_FLAG, piece.composer.seconds, 5, WISHES_LONGEST_SECONDS),
    NUMBER(PieceWishes, "tempo", NO_FLAG, piece.composer.tempo, 30, 240),
    WHOLE(PieceWishes, "tonic", NO_FLAG, piece.composer.tonic, 0, 11),
    OWN("minor", piece_minor, NO_FLAG),
    WHOLE(PieceWishes, "program", offsetof(PieceWishes, has_program), piece.program, 0, 127),
    {"seed", piece_seed_wish, NO_FLAG, 0, 0, 1 << 30, NULL, 0},
    CHOICE(PieceWishes, "style", NO_FLAG, style, compose_style_names, STYLES),
    CHOICE(PieceWishes, "ensemble", NO_FLAG, ensemble, ensemble_names, ENSEMBLES),
    LAST,
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
