#include "compose/play/play_screen.h"

#include "nn/command_line/progress.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the screen */

static void progress_line(Canvas *canvas, const JukeboxStatus *status) {
    enum { BAR = 18 };
    char heard[DURATION_TEXT], whole[DURATION_TEXT];
    if (!canvas_next_line(canvas))
        return;
    double share = status->seconds > 0 ? fmin(status->heard / status->seconds, 1) : 0;
    canvas_write_in(canvas, canvas_marked);
    fprintf(canvas->stream, "  ");
    for (int i = 0; i < BAR; i++)
        fputs(i < (int)lround(share * BAR) ? (canvas->looks->unicode ? "━" : "=")
                                           : (canvas->looks->unicode ? "─" : "-"),
              canvas->stream);
    canvas_write_in(canvas, canvas_dim);
    fprintf(canvas->stream, "  %s", duration_text(status->heard, heard));
    if (status->seconds > 0)
        fprintf(canvas->stream, " of %s", duration_text(status->seconds, whole));
    canvas_end_colour(canvas);
}

/* Breaks the reason at its commas, so that it fits the panel. */
static void reason_lines(Canvas *canvas, const char *reason) {
    char text[CHOICE_REASON];
    snprintf(text, sizeof text, "%s", reason);
    char *rest, *part = strtok_r(text, ",", &rest);
    for (; part; part = strtok_r(NULL, ",", &rest))
        canvas_line(canvas, canvas_dim, "  %s", part + (*part == ' '));
}

static void song_lines(Canvas *canvas, const JukeboxStatus *status) {
    PlainText name;
    if (!status->item) {
        canvas_line(canvas, canvas_dim, "%s", "  nothing plays yet");
        return;
    }
    library_song_name(&status->song, &name);
    canvas_line(canvas, canvas_bright, "  %s", name.text);
    progress_line(canvas, status);
    reason_lines(canvas, status->item->reason);
    if (status->leaving)
        canvas_line(canvas, canvas_dim, "%s", "  makes way for another mood");
}

static void plan_lines(Canvas *canvas, const PlayView *view) {
    enum { SHOWN = 3 };
    for (int i = 0; i < view->jukebox.n_plan && i < SHOWN; i++) {
        const QueueItem *item = &view->jukebox.plan[i];
        PlainText name;
        if (item->song == QUEUE_COMPOSED_PIECE)
            plain_text(item->title, &name);
        else
            library_song_name(&view->songs->list[item->song], &name);
        canvas_line(canvas, canvas_dim, "  %s %s", i ? "    " : "next", name.text);
    }
}

static void state_lines(Canvas *canvas, const PlayView *view) {
    const JukeboxStatus *status = &view->jukebox;
    char seconds[DURATION_TEXT];
    canvas_line(canvas, canvas_dim, "  %s: valence %+.1f, arousal %+.1f",
                mood_policy_names[status->policy], (double)status->asked.valence,
                (double)status->asked.arousal);
    canvas_line(canvas, canvas_dim, "  %s, volume %.0f %%%s%s%s",
                duration_text(view->seconds, seconds), 100 * status->volume,
                status->language ? ", language " : "", status->language ? status->language : "",
                status->paused ? ", paused" : "");
    canvas_line(canvas, canvas_dim, "  sound: %s", view->sound ? view->sound : "none");
    if (view->record)
        canvas_line(canvas, canvas_dim, "  record: %s", view->record);
    if (view->gaps)
        canvas_line(canvas, canvas_dim, "  gaps in the sound: %ld", view->gaps);
}

/* ------------------------------------------------------------------ keys */

static const struct {
    const char *keys; /* any of them */
    int command;      /* JUKEBOX_FEEL: and the digit's emotion */
    const char *words;
} keys[] = {
    {"q", PLAY_SCREEN_QUIT, "q quit"},
    {"p ", JUKEBOX_PAUSE, "p pause"},
    {"n", JUKEBOX_NEXT, "n next"},
    {"b", JUKEBOX_PREVIOUS, "b back"},
    {",<", JUKEBOX_REWIND, ", . seek"},
    {".>", JUKEBOX_FORWARD, NULL},
    {"l", JUKEBOX_SAY + VERDICT_LIKE, "l like"},
    {"d", JUKEBOX_SAY + VERDICT_DISLIKE, "d dislike"},
    {"s", JUKEBOX_SAY + VERDICT_TOO_SAD, "too s sad"},
    {"h", JUKEBOX_SAY + VERDICT_TOO_HAPPY, "h happy"},
    {"c", JUKEBOX_SAY + VERDICT_TOO_CALM, "c calm"},
    {"w", JUKEBOX_SAY + VERDICT_TOO_WILD, "w wild"},
    {"u", JUKEBOX_UNDO, "u undo"},
    {"1234567", JUKEBOX_FEEL, "1-7 mood"},
    {"0", JUKEBOX_FOLLOW, "0 face"},
    {"o", JUKEBOX_POLICY, "o policy"},
    {"g", JUKEBOX_LANGUAGE, "g language"},
    {"+=", JUKEBOX_LOUDER, "+/- volume"},
    {"-", JUKEBOX_SOFTER, NULL},
};
enum { KEYS = sizeof keys / sizeof *keys };

int play_screen_command(int key) {
    for (int i = 0; i < KEYS; i++)
        if (key > 0 && strchr(keys[i].keys, key))
            return keys[i].command + (keys[i].command == JUKEBOX_FEEL ? key - '1' : 0);
    return -1;
}

/* ------------------------------------------------------------------ public */

void play_screen_draw(FILE *stream, const TerminalLooks *looks, const PlayView *view) {
    const JukeboxStatus *status = &view->jukebox;
    const char *words[KEYS];
    for (int i = 0; i < KEYS; i++)
        words[i] = keys[i].words;
    Canvas canvas = canvas_begin(stream, looks, view->camera ? &view->picture : NULL);
    if (status->state)
        canvas_emotion(&canvas, status->state, status->face, status->by_hand);
    else
        canvas_line(&canvas, canvas_dim, "%s", "  no face yet");
    canvas_line(&canvas, canvas_dim, "%s", "");
    song_lines(&canvas, status);
    canvas_line(&canvas, canvas_dim, "%s", "");
    plan_lines(&canvas, view);
    canvas_line(&canvas, canvas_dim, "%s", "");
    state_lines(&canvas, view);
    canvas_end(&canvas, view->message, words, KEYS);
}

void play_screen_line(FILE *stream, const PlayView *view) {
    const JukeboxStatus *status = &view->jukebox;
    PlainText name = {"nothing"};
    const char *felt = "no face";
    if (status->item)
        library_song_name(&status->song, &name);
    if (status->state && (status->face || status->by_hand))
        felt = emotions[status->state->emotion].name;
    fprintf(stream, "%7.1f s  %-8s  %s: %+.2f %+.2f  %s", view->seconds, felt,
            mood_policy_names[status->policy], (double)status->asked.valence,
            (double)status->asked.arousal, name.text);
    if (status->item)
        fprintf(stream, " (%s)", status->item->reason);
}
