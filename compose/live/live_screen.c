#include "compose/live/live_screen.h"

#include "compose/live/canvas.h"
#include "datasets/music/song.h"
#include "nn/base/plain_text.h"

#include <string.h>

/* The piano's keys but for its ends, from A1 to F#7, two to a character. */
static void keyboard_line(Canvas *canvas, const LiveMusicStatus *music) {
    enum { LOWEST = 33, CHARACTERS = 35 };
    if (!canvas_next_line(canvas))
        return;
    fputs("  ", canvas->stream);
    for (int i = 0; i < CHARACTERS; i++) {
        bool left = music->down[LOWEST + 2 * i], right = music->down[LOWEST + 2 * i + 1];
        canvas_write_in(canvas, left || right ? canvas_marked : canvas_dim);
        if (canvas->looks->unicode)
            fputs(left && right ? "█" : left ? "▌" : right ? "▐" : "·", canvas->stream);
        else
            fputc(left || right ? '#' : '.', canvas->stream);
    }
    canvas_end_colour(canvas);
}

static void describe_music(const LiveMusicStatus *music, char *text, size_t size) {
    const char *key = song_key_name(music->tonic, music->minor);
    if (music->performed)
        snprintf(text, size, "%s, off the beat", key);
    else
        snprintf(text, size, "%s, %d/%d at %.0f", key, music_meters[music->meter].numerator,
                 music_meters[music->meter].denominator, music->tempo);
}

static void music_lines(Canvas *canvas, const LiveStatus *status) {
    const LiveMusicStatus *music = status->music;
    char playing[CANVAS_PANEL];
    describe_music(music, playing, sizeof playing);
    canvas_line(canvas, canvas_bright, "  piece %d: %s", music->piece, playing);
    canvas_line(canvas, canvas_bright, "  played: %s", mood_words(music->asked));
    canvas_line(canvas, canvas_dim, "    valence %+.1f, arousal %+.1f",
                (double)music->asked.valence, (double)music->asked.arousal);
    canvas_line(canvas, canvas_dim, "    policy: %s", mood_policy_names[music->policy]);
    keyboard_line(canvas, music);
}

static void session_lines(Canvas *canvas, const LiveStatus *status) {
    int seconds = (int)status->seconds;
    PlainText plain;
    canvas_line(canvas, canvas_dim, "  %d:%02d  %.0f frames/s, %.0f ms to emotion", seconds / 60,
                seconds % 60, status->frames, status->milliseconds);
    canvas_line(canvas, canvas_dim, "  sound: %s%s%s",
                status->sound ? plain_text(status->sound, &plain) : "none",
                status->muted ? ", muted" : "", status->paused ? ", paused" : "");
    if (status->record)
        canvas_line(canvas, canvas_dim, "  record: %s", plain_text(status->record, &plain));
    if (status->gaps)
        canvas_line(canvas, canvas_dim, "  waited %ld times for the music", status->gaps);
}

/* What the keys do, a line for a line. */
static void key_lines(Canvas *canvas) {
    for (const char *at = LIVE_SCREEN_KEYS; *at; at += strcspn(at, "\n") + 1)
        canvas_line(canvas, canvas_bright, "%.*s", (int)strcspn(at, "\n"), at);
}

/* The keys in the order of their line, where the last ones are left out when it is short. */
static const struct {
    const char *keys; /* any of them */
    int command;      /* LIVE_FEEL: and the digit's emotion */
    const char *words;
} keys[] = {
    {"q", LIVE_QUIT, "q quit"},     {"?", LIVE_SCREEN_HELP, "? keys"},
    {"p ", LIVE_PAUSE, "p pause"},  {"1234567", LIVE_FEEL, "1-7 mood"},
    {"0", LIVE_FOLLOW, NULL},       {"m", LIVE_MUTE, "m mute"},
    {"n", LIVE_NEXT, "n next"},     {"s", LIVE_SAVE, "s save"},
    {"o", LIVE_POLICY, "o policy"}, {"+=", LIVE_FASTER, "+/- tempo"},
    {"-", LIVE_SLOWER, NULL},
};
enum { KEYS = sizeof keys / sizeof *keys };

int live_screen_command(int key) {
    for (int i = 0; i < KEYS; i++)
        if (key > 0 && strchr(keys[i].keys, key))
            return keys[i].command + (keys[i].command == LIVE_FEEL ? key - '1' : 0);
    return -1;
}

void live_screen_draw(FILE *stream, const TerminalLooks *looks, const LiveStatus *status,
                      bool help) {
    const CanvasPicture picture = {
        .image = status->picture, .mirrored = status->mirrored, .face = status->face};
    const char *words[KEYS];
    for (int i = 0; i < KEYS; i++)
        words[i] = keys[i].words;
    Canvas canvas = canvas_begin(stream, looks, &picture);
    if (help)
        key_lines(&canvas);
    else
        canvas_emotion(&canvas, status->state, status->face != NULL, status->by_hand);
    canvas_line(&canvas, canvas_dim, "%s", "");
    music_lines(&canvas, status);
    canvas_line(&canvas, canvas_dim, "%s", "");
    session_lines(&canvas, status);
    canvas_end(&canvas, status->message, words, KEYS);
}

void live_screen_line(FILE *stream, const LiveStatus *status) {
    const EmotionState *state = status->state;
    char playing[CANVAS_PANEL], felt[96] = "no face";
    describe_music(status->music, playing, sizeof playing);
    if (status->face || status->by_hand)
        snprintf(felt, sizeof felt, "%-8s %4.2f  valence %+.2f arousal %+.2f",
                 emotions[state->emotion].name, (double)state->confidence, (double)state->valence,
                 (double)state->arousal);
    fprintf(stream, "%7.2f s  %s: %s; played: %s %+.2f %+.2f (%s); %s", status->seconds,
            status->by_hand ? "set by hand" : "felt", felt, mood_words(status->music->asked),
            (double)status->music->asked.valence, (double)status->music->asked.arousal,
            mood_policy_names[status->music->policy], playing);
}
