/* affekt compose: new music for an emotion. */
#include "compose/commands/commands.h"
#include "compose/commands/compose_arranged.h"
#include "compose/commands/compose_key.h"
#include "compose/commands/compose_names.h"
#include "compose/commands/compose_output.h"
#include "compose/commands/compose_prime.h"
#include "compose/commands/listener_options.h"
#include "compose/commands/style_options.h"
#include "compose/write/piece.h"
#include "compose/write/style.h"
#include "datasets/music/midi.h"
#include "nn/base/clock.h"
#include "nn/base/json_text.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/command_line/options.h"
#include "nn/io/file.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

enum { DESCRIPTION = 160, MOST_PIECES = 1000, USUAL_SECONDS = 30 };

typedef struct Settings {
    CommonSettings common;
    const char *emotion, *out, *model, *genre, *key, *meter, *grid, *policy, *soundfont, *style,
        *ensemble, *audio, *harmonize;
    float valence, arousal, seconds, tempo;
    ComposePrime prime;
    int bars, program, candidates, count;
    bool arranged;             /* the style that follows from the options */
    ComposerSettings composer; /* what of it is an option */
    ListenerChoice listener;
    uint64_t seed;
    bool png, wav, json, loop;
} Settings;

static const char *const grid_names[] = {"any", "metric", "performed", NULL};

static const Option options[] = {
    OPTION_STRING(Settings, emotion, "emotion", 'e', "NAME",
                  "angry, disgust, fear, happy, sad, surprise, neutral, or all of them"),
    OPTION_FLOAT(Settings, valence, "valence", "F", -1, 1,
                 "instead of an emotion: unpleasant -1 … +1 pleasant"),
    OPTION_FLOAT(Settings, arousal, "arousal", "F", -1, 1, "and calm -1 … +1 excited"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "PATH",
                  "the file to write, MIDI, score or sound by its ending (.mid, .musicxml, .wav, "
                  ".flac, .ogg, .mp3 …), or a folder for it (default: EMOTION.mid)"),
    OPTION_CHOICE(
        Settings, style, "style", "NAME", compose_style_names,
        "a theme with chords in a planned form, arranged for an ensemble, or as a pianist plays "
        "(default: what --model is for, else arranged)"),
    OPTION_CHOICE(Settings, ensemble, "ensemble", "NAME", ensemble_names,
                  "who plays, if arranged (default: piano)"),
    OPTION_INTEGER(Settings, candidates, "candidates", "N", 1, ARRANGED_MOST_CANDIDATES,
                   "arranged: draw this many whole pieces and keep the best"),
    OPTION_INTEGER(Settings, count, "count", "N", 1, MOST_PIECES,
                   "write this many pieces, with consecutive seeds"),
    OPTION_CHOICE(Settings, policy, "policy", "NAME", mood_policy_names,
                  "mirror the emotion, or regulate it"),
    OPTION_FLOAT(Settings, seconds, "seconds", "S", 1, 3600, "length (default: 30)"),
    OPTION_INTEGER(Settings, bars, "bars", "N", 0, 2000,
                   "length in bars instead (arranged: at most 500)"),
    OPTION_STRING(Settings, genre, "genre", 0, "NAME",
                  "the genre; the shipped models know classical, pop, jazz, folk, game, chorale"),
    OPTION_FLOAT(Settings, tempo, "tempo", "BPM", 30, 240, "tempo in quarter notes per minute"),
    OPTION_STRING(Settings, key, "key", 0, "KEY", "\"C\", \"F#m\", \"Bb minor\" …"),
    OPTION_STRING(Settings, meter, "meter", 0, "N/N", "4/4, 3/4, 6/8 …"),
    OPTION_CHOICE(Settings, grid, "grid", "NAME", grid_names,
                  "on the beat (metric) or with a performer's timing (performed)"),
    OPTION_INPUT(Settings, prime.file, "prime", 0, "FILE",
                 "a MIDI file to continue; it is part of the length"),
    OPTION_FLOAT(Settings, prime.seconds, "prime-seconds", "S", 0.1, 3600,
                 "continue only the first seconds of it"),
    OPTION_INTEGER(Settings, prime.bars, "prime-bars", "N", 0, 2000,
                   "or only its first bars (0: all of it)"),
    OPTION_INPUT(Settings, harmonize, "harmonize", 0, "FILE",
                 "arranged: a MIDI file with a melody, to be accompanied as it is"),
    OPTION_FLAG(Settings, loop, "loop", "arranged: without an end, to be played again and again"),
    OPTION_INTEGER(
        Settings, program, "program", "N", -1, 127,
        "General MIDI instrument (of the melody, if arranged), 0 = grand piano, -1 = default"),
    OPTION_SAMPLING(Settings, composer),
    OPTION_INPUT(Settings, model, "model", 'm', "FILE",
                 "the music model (default: the shipped one)"),
    OPTION_LISTENER(Settings, listener),
    OPTION_FLAG(Settings, png, "png", "also draw a piano roll beside each piece"),
    OPTION_CHOICE(Settings, audio, "audio", "FORMAT", audio_write_formats,
                  "also render each piece as sound"),
    OPTION_FLAG(Settings, wav, "wav", "the same as --audio wav"),
    OPTION_INPUT(Settings, soundfont, "soundfont", 0, "FILE",
                 "the soundfont for sound (default: the system's)"),
    OPTION_SEED(Settings, seed, "seed",
                "the same seed gives the same piece (0: a random one, stored in the file)"),
    OPTION_FLAG(Settings, json, "json", "print what was written as JSON"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt compose",
    .positionals = "[EMOTION]",
    .summary = "writes new music for an emotion",
    .notes = "Examples: affekt compose happy --png --wav\n"
             "          affekt compose --emotion all --seconds 30 -o out/\n"
             "          affekt compose --emotion sad --policy regulate --seconds 90 -o lift.mid\n"
             "What is not asked for (key, tempo, meter …) the model chooses under the emotion.\n",
};

/* ------------------------------------------------------------------ what was asked for */

/* What of the options does not depend on the model; returns an exit status. */
static int read_wishes(const Settings *settings, ComposerSettings *composer) {
    *composer = settings->composer;
    composer->seed = settings->seed;
    composer->seconds = settings->bars > 0         ? 0
                        : isnan(settings->seconds) ? USUAL_SECONDS
                                                   : (double)settings->seconds;
    composer->bars = settings->bars;
    composer->tempo = isnan(settings->tempo) ? 0 : (double)settings->tempo;
    if (settings->key && !compose_key_read(settings->key, &composer->tonic, &composer->mode))
        return options_wrong(&usage,
                             "--key: '%s' is not a key; expected one like \"C\", \"F#m\", "
                             "\"Bb minor\"",
                             settings->key);
    if (settings->meter && (composer->meter = compose_meter_read(settings->meter)) < 0)
        return options_wrong(&usage,
                             "--meter: '%s' is none of 2/4 3/4 4/4 5/4 6/4 3/8 5/8 6/8 7/8 "
                             "9/8 12/8",
                             settings->meter);
    bool metric = composer->bars || composer->tempo > 0 || composer->meter >= 0;
    if (strcmp(settings->grid, "any"))
        composer->grid = !strcmp(settings->grid, "performed");
    if (composer->grid == 1 && metric)
        return options_wrong(&usage, "--bars, --tempo and --meter do not apply to --grid "
                                     "performed");
    if (settings->prime.file && (settings->key || settings->meter || composer->tempo > 0 ||
                                 composer->grid != COMPOSER_FREE))
        return options_wrong(&usage, "--prime brings its own key, meter, tempo and grid");
    if (!settings->prime.file && (settings->prime.bars || !isnan(settings->prime.seconds)))
        return options_wrong(&usage, "--prime-seconds and --prime-bars are parts of --prime FILE");
    if (settings->prime.bars && !isnan(settings->prime.seconds))
        return options_wrong(&usage, "--prime-seconds and --prime-bars are mutually exclusive");
    return EXIT_DONE;
}

/* A performer's timing is asked for only in the performed style. */
static int choose_style(Settings *settings, Error *error) {
    bool timing = !settings->style && !strcmp(settings->grid, "performed");
    ComposeStyle style;
    if (compose_style_choose(timing ? "performed" : settings->style, settings->model, &style,
                             error))
        return -1;
    settings->arranged = style == STYLE_ARRANGED;
    return 0;
}

/* What --loop and --harmonize exclude. */
static int check_arranged(const Settings *settings) {
    bool regulates = strcmp(settings->policy, "mirror") != 0;
    if (settings->loop && settings->bars && settings->bars < ARRANGED_SHORTEST_LOOP)
        return options_wrong(&usage, "--loop: one bar is no section; expected --bars %d or more",
                             ARRANGED_SHORTEST_LOOP);
    if (settings->loop && (regulates || settings->harmonize))
        return options_wrong(&usage, "--loop and %s are mutually exclusive",
                             regulates ? "--policy regulate" : "--harmonize");
    if (settings->harmonize &&
        (settings->prime.file || settings->bars || !isnan(settings->seconds) || settings->key ||
         settings->meter || !isnan(settings->tempo)))
        return options_wrong(&usage, "--harmonize: the melody has its own length, key, meter and "
                                     "tempo, and continues nothing");
    return EXIT_DONE;
}

/* What only one of the styles can do. */
static int check_style(const Settings *settings) {
    const char *arranged = settings->ensemble                            ? "--ensemble"
                           : settings->loop                              ? "--loop"
                           : settings->harmonize                         ? "--harmonize"
                           : settings->candidates != ARRANGED_CANDIDATES ? "--candidates"
                                                                         : NULL;
    if (!settings->arranged)
        return arranged ? options_wrong(&usage, "%s is for --style arranged", arranged) : EXIT_DONE;
    if (style_check_arranged(&settings->composer, &composer_defaults, &usage))
        return EXIT_USAGE;
    if (!strcmp(settings->grid, "performed"))
        return options_wrong(&usage, "--grid performed is for --style performed");
    if (settings->meter && compose_arranged_meter(settings->meter) < 0)
        return options_wrong(&usage,
                             "--meter: arrangements have patterns for 4/4, 3/4 and 6/8, not for "
                             "%s; --style performed has other meters",
                             settings->meter);
    return check_arranged(settings);
}

static int check_settings(const Settings *settings) {
    bool plane = !isnan(settings->valence) || !isnan(settings->arousal);
    bool all = settings->emotion && !strcasecmp(settings->emotion, "all");
    if (!settings->emotion && !plane)
        return options_wrong(&usage, "give an EMOTION, or both --valence and --arousal");
    if (settings->emotion && plane)
        return options_wrong(&usage, "--emotion and --valence, --arousal are mutually exclusive");
    if (plane && (isnan(settings->valence) || isnan(settings->arousal)))
        return options_wrong(&usage, "--valence and --arousal must be given together");
    if (settings->emotion && !all && emotion_from_name(settings->emotion) < 0)
        return options_wrong(&usage,
                             "--emotion: '%s' is none of angry, disgust, fear, happy, sad, "
                             "surprise, neutral, all",
                             settings->emotion);
    if (settings->bars && !isnan(settings->seconds))
        return options_wrong(&usage, "--bars and --seconds are mutually exclusive");
    if (settings->wav && settings->audio && strcmp(settings->audio, "wav"))
        return options_wrong(&usage, "--wav and --audio %s are mutually exclusive",
                             settings->audio);
    return listener_choice_check(&settings->listener, &usage);
}

/* ------------------------------------------------------------------ one piece */

typedef struct Session {
    const Settings *settings;
    const MusicModel *model; /* of performed pieces */
    Composer *composer;
    ComposeArranged arranged; /* for arranged ones, else without a model */
    double loop;              /* of the latest piece, seconds; 0 where it has an end */
    PieceSettings piece;
    ComposeOutput output;
    bool off_beat; /* the latest piece */
    const ComposeNames *names;
    uint64_t seed;  /* of the piece at hand */
    json_t *pieces; /* what was written */
} Session;

/* "happy, 29.5 s, 341 notes, Bb major, 4/4 at 120": the piece in a line. */
static const char *describe(const Session *session, const Song *song, const char *name,
                            char text[DESCRIPTION]) {
    int used = snprintf(text, DESCRIPTION, "%s, %.1f s, %d notes, %s, ", name, song->seconds,
                        song->n_notes, song_key_name(song->keys[0].tonic, song->keys[0].minor));
    if (session->off_beat)
        snprintf(text + used, DESCRIPTION - (size_t)used, "off the beat");
    else
        snprintf(text + used, DESCRIPTION - (size_t)used, "%d/%d at %.0f",
                 song->meters[0].numerator, song->meters[0].denominator,
                 60e6 / song->tempos[0].microseconds);
    return text;
}

static int write_files(const Session *session, const Song *song, const char *name, const char *path,
                       Error *error) {
    char title[DESCRIPTION];
    describe(session, song, name, title);
    return compose_output_write(&session->output, song, path, title, session->loop, error);
}

static void tell(Session *session, const Song *song, const char *name, const char *path,
                 double seconds) {
    Mood felt = session->piece.felt;
    const char *key = song_key_name(song->keys[0].tonic, song->keys[0].minor);
    char text[DESCRIPTION];
    if (!session->settings->json) {
        plain_print(path, stdout);
        printf(": %s; seed %" PRIu64 ", composed in %.2f s\n", describe(session, song, name, text),
               session->seed, seconds);
        return;
    }
    json_t *piece =
        json_pack("{s:o, s:s, s:f, s:f, s:f, s:i, s:s, s:s, s:o, s:f}", "file", json_text(path),
                  "emotion", name, "valence", (double)felt.valence, "arousal", (double)felt.arousal,
                  "seconds", song->seconds, "notes", song->n_notes, "key", key, "grid",
                  session->off_beat ? "performed" : "metric", "seed", json_unsigned(session->seed),
                  "composed_in", seconds);
    json_add_bytes(piece, "file", path);
    if (!session->off_beat) {
        json_object_set_new(piece, "tempo", json_real(60e6 / song->tempos[0].microseconds));
        json_object_set_new(
            piece, "meter",
            json_sprintf("%d/%d", song->meters[0].numerator, song->meters[0].denominator));
    }
    json_array_append_new(session->pieces, piece);
}

/* The song, or NULL. */
static Song *write_song(Session *session, Error *error) {
    if (!session->arranged.model) {
        Song *song = piece_compose(session->composer, &session->piece, error);
        session->off_beat = song && composer_state(session->composer)->performed;
        return song;
    }
    ArrangedPiece piece;
    ArrangedSettings *settings = &session->arranged.settings;
    settings->seed = session->piece.composer.seed;
    settings->felt = session->piece.felt;
    settings->taste = session->piece.taste;
    if (arranged_piece_compose(session->arranged.model, settings, &piece, error))
        return NULL;
    session->loop = piece.loop;
    return arranged_piece_take_song(&piece);
}

static int compose_piece(Session *session, const char *name, const char *path, Error *error) {
    const Settings *settings = session->settings;
    const char *given = settings->prime.file ? settings->prime.file : settings->harmonize;
    if (given && file_is_same(given, path))
        return error_set(error, "the piece would take the place of %s; name another --out", given);
    double started = clock_seconds();
    Song *song = write_song(session, error);
    double seconds = clock_seconds() - started;
    if (song)
        song->seed = session->seed;
    int status = song ? write_files(session, song, name, path, error) : -1;
    if (!status)
        tell(session, song, name, path, seconds);
    song_free(song);
    return status;
}

/* ------------------------------------------------------------------ one or seven */

static int compose_emotion(Session *session, Emotion emotion, int number, Error *error) {
    char path[COMPOSE_PATH];
    compose_names_path(session->names, emotions[emotion].name, number, session->settings->count,
                       path);
    session->piece.composer.seed = piece_seed(session->seed, emotion);
    session->piece.felt = mood_of_emotion(emotion);
    session->arranged.settings.cues = cues_table[emotion];
    return compose_piece(session, emotions[emotion].name, path, error);
}

static int compose_once(Session *session, int number, Error *error) {
    const Settings *settings = session->settings;
    int status = 0;
    if (settings->emotion && strcasecmp(settings->emotion, "all") != 0)
        return compose_emotion(session, (Emotion)emotion_from_name(settings->emotion), number,
                               error);
    for (int emotion = 0; settings->emotion && emotion < EMOTION_COUNT && !status; emotion++)
        status = compose_emotion(session, (Emotion)emotion, number, error);
    if (settings->emotion)
        return status;
    char path[COMPOSE_PATH];
    compose_names_path(session->names, "music", number, settings->count, path);
    session->piece.composer.seed = session->seed;
    session->piece.felt = (Mood){.valence = settings->valence, .arousal = settings->arousal};
    session->arranged.settings.cues = cues_at(session->piece.felt);
    return compose_piece(session, "as asked", path, error);
}

static int compose_what_was_asked(Session *session, Error *error) {
    int status = compose_names_prepare(session->names, error);
    for (int number = 1; number <= session->settings->count && !status; number++) {
        status = compose_once(session, number, error);
        session->seed++;
    }
    return status;
}

/* A short number, as someone may want to type it in again. */
static uint64_t draw_seed(void) {
    uint32_t random;
    if (getrandom(&random, sizeof random, 0) != sizeof random)
        random = (uint32_t)(clock_seconds() * 1e6);
    return 1 + random % 999999;
}

static int choose_genre(Session *session, Error *error) {
    const char *name = session->settings->genre;
    int *genre = &session->piece.composer.genre;
    return name ? music_model_choose_genre(session->model, name, genre, error) : 0;
}

static void print_pieces(const Session *session, const char *model) {
    json_t *result = json_pack("{s:o, s:O}", "model", json_text(model), "pieces", session->pieces);
    json_dumpf(result, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(9));
    printf("\n");
    json_decref(result);
}

static int compose_performed(Session *session, Error *error) {
    const Settings *settings = session->settings;
    uint16_t *prime = NULL;
    MusicModel *model = music_model_load(settings->model, error);
    session->model = model;
    session->composer = model ? composer_create(model, error) : NULL;
    int status = -1;
    if (session->composer && !choose_genre(session, error) &&
        !compose_prime_read(&settings->prime, &prime, &session->piece.composer.prime_count,
                            error)) {
        session->piece.composer.prime = prime;
        status = compose_what_was_asked(session, error);
    }
    if (!status && settings->json)
        print_pieces(session, music_model_name(model));
    free(prime);
    composer_destroy(session->composer);
    music_model_destroy(model);
    return status;
}

static int compose_arranged(Session *session, Error *error) {
    const Settings *settings = session->settings;
    const ComposerSettings *wishes = &session->piece.composer;
    ComposeArranged *arranged = &session->arranged;
    arranged->settings = (ArrangedSettings){
        .sampler = settings->composer.sampler,
        .policy = session->piece.policy,
        .ensemble = style_ensemble(settings->ensemble, ENSEMBLE_PIANO),
        .candidates = settings->candidates,
        .mode = wishes->mode,
        .tonic = wishes->tonic,
        .meter = settings->meter ? compose_arranged_meter(settings->meter) : LEAD_4_4,
        .tempo = wishes->tempo,
        .seconds = wishes->seconds,
        .bars = wishes->bars,
        .program = settings->program,
        .loops = settings->loop};
    int status = compose_arranged_open(arranged, settings->model, settings->genre, &settings->prime,
                                       settings->harmonize, error);
    if (!status)
        status = compose_what_was_asked(session, error);
    if (!status && settings->json)
        print_pieces(session, lead_model_name(arranged->model));
    compose_arranged_close(arranged);
    return status;
}

static int run(const Settings *settings, const ComposerSettings *wishes, const ComposeNames *names,
               Error *error) {
    const ComposeOutput output = {.png = settings->png,
                                  .audio = settings->audio ? settings->audio
                                           : settings->wav ? "wav"
                                                           : NULL,
                                  .sound = {.soundfont = settings->soundfont}};
    if (compose_output_check(&output, *names->file ? names->file : NULL, error))
        return -1;
    Session session = {
        .output = output,
        .settings = settings,
        .names = names,
        .seed = settings->seed ? settings->seed : draw_seed(),
        .piece = {.composer = *wishes,
                  .policy = (MoodPolicy)choice_index(mood_policy_names, settings->policy),
                  .program = settings->program < 0 ? 0 : settings->program}};
    if (listener_choice_taste(&settings->listener, &session.piece.taste, error))
        return -1;
    session.pieces = json_array();
    int status =
        settings->arranged ? compose_arranged(&session, error) : compose_performed(&session, error);
    json_decref(session.pieces);
    return status;
}

int compose_command(int argc, char **argv) {
    /* A token is too little work to share: more threads pay only where there are processors to
     * spare. */
    Settings settings = {.common = {.threads = 1},
                         .policy = "mirror",
                         .candidates = ARRANGED_CANDIDATES,
                         .program = -1,
                         .grid = "any",
                         .valence = NAN,
                         .arousal = NAN,
                         .seconds = NAN,
                         .tempo = NAN,
                         .prime.seconds = NAN,
                         .composer = composer_defaults,
                         .count = 1};
    int n_words;
    int status = options_parse(&usage, options, &settings, argc, argv, &n_words);
    if (status != OPTIONS_RUN)
        return status;
    if (n_words > 1 || (n_words && settings.emotion))
        return options_wrong(&usage, "one emotion at a time, or all; not also '%s'",
                             argv[n_words > 1]);
    if (n_words)
        settings.emotion = argv[0];
    ComposerSettings wishes;
    ComposeNames names;
    Error error;
    bool all = settings.emotion && !strcasecmp(settings.emotion, "all");
    if (compose_names_read(settings.out, all, &names, &error))
        return options_wrong(&usage, "%s", error.message);
    if (check_settings(&settings))
        return EXIT_USAGE;
    if (choose_style(&settings, &error))
        return command_status(&usage, -1, &error);
    if (check_style(&settings) || read_wishes(&settings, &wishes))
        return EXIT_USAGE;
    threads_use(settings.common.threads);
    return command_status(&usage, run(&settings, &wishes, &names, &error), &error);
}
