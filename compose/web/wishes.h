/* wishes.h: parses the JSON bodies of requests.
 *
 * The input is untrusted: the type and range of every value are checked, and the message names the
 * unknown or invalid field. */
#ifndef COMPOSE_WEB_WISHES_H
#define COMPOSE_WEB_WISHES_H

#include "compose/arrange/arranger.h"
#include "compose/web/page_songs.h"
#include "compose/write/piece.h"

#include <stdbool.h>
#include <stddef.h>

enum { WISHES_LONGEST_SECONDS = 180 };

typedef enum MoodWish { MOOD_WISH_NONE, MOOD_WISH_FACE, MOOD_WISH_POINT } MoodWish;

/* `genres` are the names that may be wished for, NULL after the last, or NULL for none; what is
 * wished is 1 + the index into them, 0 = no genre in particular. */

/* POST /control. */
typedef struct ControlWishes {
    bool has_policy, has_genre, has_program, has_speed, has_pause, has_hidden, has_lead, next;
    MoodPolicy policy;
    int genre, program, lead;
    double speed;
    bool pause;
    bool hidden; /* the page is, and sends no frames */
    MoodWish mood;
    float valence, arousal; /* of MOOD_WISH_POINT */
    /* Library songs; fields that the request leaves out stay as they are. */
    bool has_source, has_languages, has_strict, has_songs_genre, has_verdict, undo;
    PageSongsWish songs;
    Verdict verdict;
    /* Of songs on this computer's output. */
    bool has_seek, has_volume;
    double seek, volume;                                /* seconds; 0 … 1 */
    char ended[GATE_TOKEN + 1], failed[GATE_TOKEN + 1]; /* songs' ids, "" = none */
} ControlWishes;

int wishes_control(const char *body, size_t size, const char *const *genres, ControlWishes *wishes,
                   Error *error) MUST_CHECK;

/* POST /compose. */
typedef struct PieceWishes {
    PieceSettings piece; /* what is wished of it; the rest as by default */
    int emotion;         /* index of the emotion asked for, -1 for a point in the mood plane */
    int style;           /* a ComposeStyle, -1 = no style in particular */
    Ensemble ensemble;   /* of an arranged piece */
    bool has_program;    /* piece.program was given; in an arranged piece it plays the melody */
} PieceWishes;

int wishes_piece(const char *body, size_t size, const char *const *genres, PieceWishes *wishes,
                 Error *error) MUST_CHECK;

#endif
