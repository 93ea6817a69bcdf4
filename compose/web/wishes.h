/* wishes.h: what a request's JSON body asks for.
 *
 * The bytes are anyone's: every value is checked for its type and range, and what is unknown is
 * named in the message. */
#ifndef COMPOSE_WEB_WISHES_H
#define COMPOSE_WEB_WISHES_H

#include "compose/arrange/arranger.h"
#include "compose/web/page_songs.h"
#include "compose/write/piece.h"

#include <stdbool.h>
#include <stddef.h>

enum { WISHES_LONGEST_SECONDS = 180 };

typedef enum MoodWish { MOOD_WISH_NONE, MOOD_WISH_FACE, MOOD_WISH_POINT } MoodWish;

/* The model is asked for its genres; NULL has none. */

/* POST /control. */
typedef struct ControlWishes {
    bool has_policy, has_genre, has_program, has_speed, has_pause, has_lead, next;
    MoodPolicy policy;
    int genre, program, lead;
    double speed;
    bool pause;
    MoodWish mood;
    float valence, arousal; /* of MOOD_WISH_POINT */
    /* Of the songs: what is not wished otherwise stays. */
    bool has_source, has_languages, has_songs_genre, has_verdict, undo;
    PageSongsWish songs;
    Verdict verdict;
    char ended[GATE_TOKEN + 1], failed[GATE_TOKEN + 1]; /* ids, "" = none */
} ControlWishes;

int wishes_control(const char *body, size_t size, const MusicModel *model, ControlWishes *wishes,
                   Error *error) MUST_CHECK;

/* POST /compose. */
typedef struct PieceWishes {
    PieceSettings piece; /* first: its fields are read into it */
    int emotion;         /* that it is for, -1 for a mood */
    bool arranged;       /* in the second style, for an ensemble, */
    Ensemble ensemble;   /* of which the program plays the melody where one was wished for: */
    bool has_program;
} PieceWishes;

int wishes_piece(const char *body, size_t size, const MusicModel *model, PieceWishes *wishes,
                 Error *error) MUST_CHECK;

#endif
