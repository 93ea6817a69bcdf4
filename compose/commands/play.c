/* affekt play: songs and composed pieces that follow a face or a mood. */
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "compose/commands/stop_signals.h"
#include "compose/commands/style_options.h"
#include "compose/commands/watched_source.h"
#include "compose/live/terminal.h"
#include "compose/play/play_perform.h"
#include "compose/play/play_replay.h"
#include "compose/write/style.h"
#include "infer/commands/watcher_options.h"
#include "nn/base/clock.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/command_line/progress.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    const char *library, *camera, *input, *emotion, *policy, *languages, *genre, *record, *wav,
        *style, *ensemble, *music_model, *soundfont, *driver, *mpd;
    WatcherSettings watching;
    ComposerSettings composer; /* what of it is an option */
    float valence, arousal, minutes, duration, piece_seconds, strength, patience;
    int program;
    uint64_t seed;
    bool songs, compose, mix, strict, draw, bends, audio, fast, remote;
    bool arranged; /* the style of composed pieces that follows from the options */
} Settings;

static const Option options[] = {
    OPTION_WATCHED(Settings, camera, input),
    OPTION_STRING(Settings, emotion, "emotion", 'e', "NAME",
                  "this emotion instead of a face; keys 1-7 choose another one"),
    OPTION_FLOAT(Settings, valence, "valence", "F", -1, 1,
                 "instead of an emotion: unpleasant -1 … +1 pleasant"),
    OPTION_FLOAT(Settings, arousal, "arousal", "F", -1, 1, "and calm -1 … +1 excited"),
    OPTION_FLAG(Settings, songs, "songs", "play songs of the library (the default)"),
    OPTION_FLAG(Settings, compose, "compose", "compose all that is played"),
    OPTION_FLAG(Settings, mix, "mix", "compose pieces where they suit better than a song"),
    OPTION_CHOICE(Settings, policy, "policy", "NAME", mood_policy_names,
                  "mirror plays the mood, regulate begins with it and leads on"),
    OPTION_FLOAT(Settings, minutes, "minutes", "M", 0.1, 600,
                 "with regulate: how long the way takes"),
    OPTION_STRING(Settings, languages, "language", 0, "LIST",
                  "only songs in these languages (hi,ta,en) or of unknown language"),
    OPTION_FLAG(Settings, strict, "strict", "with --language, no songs of unknown language"),
    OPTION_STRING(Settings, genre, "genre", 0, "NAME", "only songs of that genre"),
    OPTION_FLAG(Settings, draw, "explore",
                "exploration of songs that your feedback says little about"),
    OPTION_FLAG(Settings, bends, "bend", "bend songs while they play, to follow the mood"),
    OPTION_FLOAT(Settings, strength, "strength", "F", 0, 1, "of the bending"),
    OPTION_FLOAT(Settings, patience, "patience", "S", 0, 600,
                 "seconds within which a song makes way after a change of mood"),
    OPTION_CHOICE(Settings, style, "style", "NAME", compose_style_names,
                  "composed pieces arranged for an ensemble, or as a pianist plays (default: what "
                  "--music-model is for, else arranged)"),
    OPTION_CHOICE(Settings, ensemble, "ensemble", "NAME", ensemble_names,
                  "who plays, if arranged (default: band)"),
    OPTION_FLOAT(Settings, piece_seconds, "piece-seconds", "S", 10, 900,
                 "length of composed pieces"),
    OPTION_INTEGER(Settings, program, "program", "N", -1, 127,
                   "General MIDI instrument of composed pieces, 0 = grand piano, -1 = default"),
    OPTION_SAMPLING(Settings, composer),
    OPTION_INPUT(Settings, music_model, "music-model", 0, "FILE",
                 "the model that composes (default: the shipped one)"),
    OPTION_OUTPUT(Settings, record, "record", 'o', "FILE",
                  "write what was felt, played and said: .csv, or .jsonl ('-': standard output)"),
    OPTION_OUTPUT(Settings, wav, "wav", 0, "OUT.wav", "write a sound file instead of playing"),
    OPTION_STRING(Settings, mpd, "mpd", 0, "ADDRESS",
                  "let MPD play, replacing its queue: its socket (/run/mpd/socket), or host:port"),
    OPTION_FLAG(Settings, audio, "audio", "sound"),
    OPTION_FLAG(Settings, fast, "fast",
                "play as fast as possible, reproducibly: --input, or --duration seconds of a mood; "
                "the library keeps nothing of it"),
    OPTION_FLOAT(Settings, duration, "duration", "S", 0, 1e6, "end after so many seconds"),
    OPTION_FLAG(Settings, remote, "remote", "media keys and desktop widgets (MPRIS)"),
    OPTION_WATCHER(Settings, watching),
    OPTION_HEARD(Settings, soundfont, driver),
    OPTION_SEED(Settings, seed, "seed", "of choices and of composed pieces"),
    OPTION_INPUT(Settings, library, "library", 0, "FILE",
                 "the library (default: affekt/library.db in $XDG_DATA_HOME or ~/.local/share)"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt play",
    .positionals = "",
    .summary = "plays songs of the library, and composed pieces, for a face or a mood",
    .notes = "Examples: affekt play\n"
             "          affekt play --emotion sad --policy regulate --mix\n"
             "          affekt play --input talk.mp4 --fast --wav talk.wav --record talk.csv\n"
             "Keys: p pause, n next, b back, comma and period seek by 10 s, l like, d dislike,\n"
             "s too sad, h too happy, c too calm, w too wild, u undo, 1-7 mood, 0 the face again,\n"
             "o policy, g language, + and - volume, q quit.\n"
             "What you say is kept in the library: affekt feedback show.\n"
             "No picture is ever stored.\n",
};

static QueueSource source_of(const Settings *settings) {
    return settings->compose ? QUEUE_COMPOSE : settings->mix ? QUEUE_MIX : QUEUE_SONGS;
}

static JukeboxSettings jukebox_settings(const Settings *settings) {
    JukeboxSettings jukebox = jukebox_defaults();
    jukebox.queue.source = source_of(settings);
    jukebox.queue.policy = (MoodPolicy)choice_index(mood_policy_names, settings->policy);
    jukebox.queue.journey = 60 * (double)settings->minutes;
    jukebox.queue.composed_seconds = (double)settings->piece_seconds;
    jukebox.queue.languages = settings->languages;
    jukebox.queue.strict = settings->strict;
    jukebox.queue.genre = settings->genre;
    jukebox.queue.seed = settings->seed;
    jukebox.queue.draw = settings->draw;
    jukebox.queue.keeps = !settings->fast;
    jukebox.outlet.composing.ensemble = style_ensemble(settings->ensemble, ENSEMBLE_BAND);
    jukebox.outlet.composing.arranged = settings->arranged;
    jukebox.outlet.composing.model = settings->music_model;
    jukebox.outlet.composing.composer = settings->composer;
    jukebox.outlet.composing.program = settings->program;
    jukebox.outlet.mixer.patience = (double)settings->patience;
    jukebox.outlet.track.soundfont = settings->soundfont;
    jukebox.outlet.track.bends = settings->bends;
    jukebox.outlet.track.strength = (double)settings->strength;
    jukebox.outlet.background = !settings->fast;
    jukebox.mpd = settings->mpd;
    jukebox.record = settings->record;
    return jukebox;
}

static PlaySettings play_settings(const Settings *settings, const char *camera) {
    PlaySettings play = {
        .library = settings->library,
        /* composing needs no library, but learns with the user's own */
        .composes_only = settings->compose && !settings->library && !database_is_there(NULL),
        .jukebox = jukebox_settings(settings),
        .sound = {.card = settings->audio && !settings->wav && !settings->fast && !settings->mpd,
                  .driver = settings->driver,
                  .advice = HEARD_ADVICE,
                  .wav = settings->wav},
        .watching = settings->watching,
        .emotion = -1,
        .mood = {settings->valence, settings->arousal, 0},
        .seconds = (double)settings->duration};
    bool by_hand = settings->emotion || !isnan(settings->valence);
    if (settings->emotion)
        play.emotion = emotion_from_name(settings->emotion);
    play.source = settings->input ? settings->input : by_hand && !settings->camera ? NULL : camera;
    play.camera = play.source && !settings->input;
    return play;
}

/* ------------------------------------------------------------------ running */

static int replay(PlaySession *session, const Settings *settings, const atomic_bool *stopped,
                  Error *error) {
    double started = clock_seconds(), seconds = 0;
    if (play_replay(session, stopped, &seconds, error))
        return -1;
    double took = clock_seconds() - started;
    JukeboxStatus status = jukebox_status(session->jukebox, seconds, session->wall + seconds);
    if (!settings->common.quiet)
        fprintf(stderr, "%ld frames, %ld song%s, %.1f s in %.1f s: %.1f times real time\n",
                session->frames, status.played, status.played == 1 ? "" : "s", seconds, took,
                seconds / took);
    return stop_signals_caught();
}

static int perform(PlaySession *session, const Settings *settings, const atomic_bool *stopped,
                   Error *error) {
    const PlayPerformSettings how = {
        .screen = !settings->common.quiet && !(settings->record && !strcmp(settings->record, "-")),
        .quiet = settings->common.quiet,
        .remote = settings->remote};
    char duration[DURATION_TEXT];
    double seconds;
    if (play_perform(session, &how, stopped, &seconds, error))
        return -1;
    JukeboxStatus status = jukebox_status(session->jukebox, seconds, session->wall + seconds);
    PlainText record;
    if (!settings->common.quiet)
        fprintf(stderr, "%ld song%s and %ld verdict%s in %s%s%s\n", status.played,
                status.played == 1 ? "" : "s", status.said, status.said == 1 ? "" : "s",
                duration_text(seconds, duration), settings->record ? "; recorded in " : "",
                settings->record ? plain_text(settings->record, &record) : "");
    return 0;
}

static int run(const Settings *settings, Error *error) {
    char camera[CAMERA_NAME];
    PlaySettings wanted = play_settings(settings, camera_name(settings->camera, camera));
    Error also;
    PlaySession session;
    if (check_input(settings->input, error) || check_camera(settings->camera, error) ||
        library_check_named(settings->library, error))
        return -1;
    const atomic_bool *stopped = stop_signals_catch(terminal_close);
    int status = play_session_open(&session, &wanted, error);
    if (!status)
        status = (settings->fast ? replay : perform)(&session, settings, stopped, error);
    if (play_session_close(&session, status ? &also : error))
        status = -1;
    return status;
}

/* What contradicts itself. */
static int check(const Settings *settings) {
    bool by_hand = settings->emotion || !isnan(settings->valence);
    if (settings->songs + settings->compose + settings->mix > 1)
        return options_wrong(&usage, "one of --songs, --compose and --mix");
    if (settings->camera && settings->input)
        return options_wrong(&usage, "--camera and --input are mutually exclusive");
    if (!isnan(settings->valence) && (settings->camera || settings->input))
        return options_wrong(&usage, "--valence and --arousal take the place of a face: not with "
                                     "--camera or --input");
    if (settings->fast && !settings->input && !(by_hand && settings->duration > 0))
        return options_wrong(&usage, "--fast needs a video (--input FILE), or a mood (--emotion "
                                     "NAME) and --duration SECONDS");
    const char *ours = settings->wav      ? "--wav"
                       : settings->fast   ? "--fast"
                       : settings->bends  ? "--bend"
                       : !settings->audio ? "--no-audio"
                       : settings->driver ? "--audio-driver"
                                          : NULL;
    if (settings->mpd && ours)
        return options_wrong(&usage, "--mpd and %s are mutually exclusive", ours);
    if (settings->strict && !settings->languages)
        return options_wrong(&usage, "--strict requires --language");
    if (!settings->bends && settings->strength != (float)jukebox_defaults().outlet.track.strength)
        return options_wrong(&usage, "--strength requires --bend");
    if (settings->wav && !settings->audio)
        return options_wrong(&usage, "--wav and --no-audio are mutually exclusive");
    if (settings->wav && !file_has_suffix(settings->wav, ".wav"))
        return options_wrong(&usage, "--wav: '%s' must end in .wav", settings->wav);
    int status = library_spare(&usage, settings->library, "record", settings->record);
    return status == OPTIONS_RUN ? watcher_options_check(&settings->watching, &usage) : status;
}

int play_command(int argc, char **argv) {
    const JukeboxSettings usual = jukebox_defaults();
    Settings settings = {.policy = "mirror",
                         .watching = watcher_defaults(),
                         .composer = composer_defaults,
                         .valence = NAN,
                         .arousal = NAN,
                         .minutes = (float)usual.queue.journey / 60,
                         .piece_seconds = (float)usual.queue.composed_seconds,
                         .strength = (float)usual.outlet.track.strength,
                         .patience = (float)usual.outlet.mixer.patience,
                         .program = -1,
                         .seed = 1,
                         .draw = true,
                         .audio = true,
                         .remote = true};
    MoodEstimate mood;
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (library_read_mood(&usage, settings.emotion, settings.valence, settings.arousal, &mood) ||
        check(&settings))
        return EXIT_USAGE;
    const StyleOptions style = {settings.style, settings.ensemble, settings.music_model,
                                &settings.composer, &composer_defaults};
    if ((status = style_options_choose(&style, &settings.arranged, &usage)) != EXIT_DONE)
        return status;
    /* The work on a frame is over before it pays to wake other threads for it. */
    threads_use(settings.common.threads ? settings.common.threads : 1);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
