/* affekt live: a face in front of the camera, and music that follows it. */
#include "compose/commands/commands.h"
#include "compose/commands/listener_options.h"
#include "compose/commands/stop_signals.h"
#include "compose/commands/style_options.h"
#include "compose/commands/watched_source.h"
#include "compose/live/live_perform.h"
#include "compose/live/live_replay.h"
#include "compose/live/live_screen.h"
#include "compose/live/terminal.h"
#include "compose/write/style.h"
#include "datasets/music/midi.h"
#include "infer/commands/watcher_options.h"
#include "nn/base/clock.h"
#include "nn/base/plain_text.h"
#include "nn/base/threads.h"
#include "nn/io/file.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct Settings {
    CommonSettings common;
    const char *camera, *input, *policy, *record, *log, *wav;
    WatcherSettings watching;
    const char *music_model, *genre, *soundfont, *driver, *midi_port, *style, *ensemble;
    ComposerSettings composer; /* what of it is an option */
    ListenerChoice listener;
    float tempo;
    int program;
    uint64_t seed;
    bool audio, fast;
    bool arranged; /* the style that follows from the options */
} Settings;

static const Option options[] = {
    OPTION_WATCHED(Settings, camera, input),
    OPTION_CHOICE(Settings, policy, "policy", "NAME", mood_policy_names,
                  "mirror the emotion, or regulate it"),
    OPTION_OUTPUT(Settings, record, "record", 'o', "OUT.mid", "save what was played"),
    OPTION_OUTPUT(Settings, log, "log", 0, "OUT.jsonl",
                  "write the timeline, one JSON object per line ('-': standard output)"),
    OPTION_OUTPUT(Settings, wav, "wav", 0, "OUT.wav", "write a sound file instead of playing"),
    OPTION_FLAG(Settings, audio, "audio",
                "sound; --record, --log and --midi-port keep or pass on the music"),
    OPTION_FLAG(Settings, fast, "fast",
                "process --input as fast as possible, reproducibly, without playing it"),
    OPTION_WATCHER(Settings, watching),
    OPTION_FLAG(Settings, watching.landmarks, "landmarks",
                "place 68 points on each face: pose and shape for --log"),
    OPTION_INPUT(Settings, music_model, "music-model", 0, "FILE",
                 "the music model (default: the shipped one)"),
    OPTION_CHOICE(Settings, style, "style", "NAME", compose_style_names,
                  "a theme with chords, arranged for an ensemble, or as a pianist plays (default: "
                  "what --music-model is for, else arranged)"),
    OPTION_CHOICE(Settings, ensemble, "ensemble", "NAME", ensemble_names,
                  "who plays, if arranged (default: piano)"),
    OPTION_STRING(Settings, genre, "genre", 0, "NAME",
                  "the genre; the shipped models know classical, pop, jazz, folk, game, chorale"),
    OPTION_FLOAT(Settings, tempo, "tempo", "BPM", 30, 240,
                 "tempo in quarter notes per minute (default: from the emotion)"),
    OPTION_SAMPLING(Settings, composer),
    OPTION_LISTENER(Settings, listener),
    OPTION_INTEGER(
        Settings, program, "program", "N", -1, 127,
        "General MIDI instrument (of the melody, if arranged), 0 = grand piano, -1 = default"),
    OPTION_HEARD(Settings, soundfont, driver),
    OPTION_STRING(Settings, midi_port, "midi-port", 0, "PORT",
                  "play into this port of ALSA's sequencer instead, with MIDI clock: its name or "
                  "number (128:0), or 'open' to wait for others to connect"),
    OPTION_SEED(Settings, seed, "seed", "of the music"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt live",
    .positionals = "",
    .summary = "plays music that follows a face on camera",
    .notes = "Examples: affekt live\n"
             "          affekt live --policy regulate --record evening.mid --log evening.jsonl\n"
             "          affekt live --input talk.mp4 --fast --record talk.mid --log talk.jsonl\n"
             "Keys while it plays:\n" LIVE_SCREEN_KEYS
             "Where no audio device opens, the music is recorded in --record, or in live.mid.\n"
             "One thread looks at frames unless --threads says otherwise; more rarely help.\n"
             "No picture is ever stored.\n",
};

static LiveSettings session_settings(const Settings *settings) {
    LiveSettings session = {
        .watching = settings->watching,
        .music_model = settings->music_model,
        .arranged = settings->arranged,
        .genre = settings->genre,
        .music = {.composer = settings->composer,
                  .policy = (MoodPolicy)choice_index(mood_policy_names, settings->policy),
                  .ensemble = style_ensemble(settings->ensemble, ENSEMBLE_PIANO),
                  .program = settings->program},
        .sound = settings->audio && (!(settings->fast || settings->midi_port) || settings->wav),
        .midi_port = settings->midi_port,
        .player = {.soundfont = settings->soundfont,
                   .wav = settings->wav,
                   .driver = settings->driver,
                   .advice = HEARD_ADVICE,
                   .program = settings->program < 0 ? 0 : settings->program},
        .record = settings->record,
        .log = settings->log,
    };
    session.music.composer.seed = settings->seed;
    session.music.composer.tempo = isnan(settings->tempo) ? 0 : (double)settings->tempo;
    return session;
}

/* ------------------------------------------------------------------ running */

/* Returns 0, -1, or the signal that left the video unfinished. */
static int replay(LiveSession *session, const Settings *settings, const atomic_bool *stopped,
                  Error *error) {
    double started = clock_seconds(), seconds;
    if (live_replay(session, settings->input, stopped, &seconds, error))
        return -1;
    double took = clock_seconds() - started;
    if (!settings->common.quiet)
        fprintf(stderr, "%ld frames, %.1f s, and %ld notes in %.1f s: %.1f times real time\n",
                session->frames, seconds, session->notes, took, seconds / took);
    return stop_signals_caught();
}

static int perform(LiveSession *session, const Settings *settings, const atomic_bool *stopped,
                   Error *error) {
    char camera[CAMERA_NAME];
    const PerformSettings how = {
        .source = settings->input ? settings->input : camera_name(settings->camera, camera),
        .camera = !settings->input,
        .screen = !settings->common.quiet && !(settings->log && !strcmp(settings->log, "-")),
        .quiet = settings->common.quiet,
    };
    double seconds;
    PlainText record;
    if (live_perform(session, &how, stopped, &seconds, error))
        return -1;
    if (!settings->common.quiet)
        fprintf(stderr, "%ld frames and %ld notes in %.1f s%s%s\n", session->frames, session->notes,
                seconds, session->record ? "; recorded in " : "",
                session->record ? plain_text(session->record, &record) : "");
    return 0;
}

/* live.mid, or live-2.mid … where that is there. */
static const char *free_name(char name[32]) {
    snprintf(name, 32, "live.mid");
    for (int number = 2; file_exists(name) && number < 1000000; number++)
        snprintf(name, 32, "live-%d.mid", number);
    return name;
}

static int run(const Settings *settings, Error *error) {
    if (check_input(settings->input, error) || check_camera(settings->camera, error))
        return -1;
    char unheard[32];
    LiveSettings wanted = session_settings(settings);
    if (listener_choice_taste(&settings->listener, &wanted.music.taste, error))
        return -1;
    /* Who named a device, or is told nothing, did not ask for a file instead. */
    if (!settings->driver && !settings->wav && !settings->common.quiet)
        wanted.unheard = free_name(unheard);
    const atomic_bool *stopped = stop_signals_catch(terminal_close);
    LiveSession *session = live_session_open(&wanted, error);
    int status = session ? 0 : -1;
    if (!status)
        status = (settings->fast ? replay : perform)(session, settings, stopped, error);
    live_session_close(session);
    return status;
}

/* What contradicts itself. */
static int check(const Settings *settings) {
    if (settings->camera && settings->input)
        return options_wrong(&usage, "--camera and --input are mutually exclusive");
    if (settings->fast && settings->midi_port)
        return options_wrong(&usage, "--midi-port plays in real time, --fast does not");
    if (settings->fast && !settings->input)
        return options_wrong(&usage, "--fast needs a video: --input FILE");
    if (settings->record && !midi_is_name(settings->record))
        return options_wrong(&usage,
                             "--record: '%s' is the MIDI file's name and must end in .mid; --wav "
                             "records the sound",
                             settings->record);
    if (settings->wav && !file_has_suffix(settings->wav, ".wav"))
        return options_wrong(&usage, "--wav: '%s' must end in .wav", settings->wav);
    if (settings->wav && !settings->audio)
        return options_wrong(&usage, "--wav and --no-audio are mutually exclusive");
    return EXIT_DONE;
}

int live_command(int argc, char **argv) {
    Settings settings = {.watching = watcher_defaults(),
                         .policy = "mirror",
                         .tempo = NAN,
                         .composer = live_music_defaults().composer,
                         .listener.feedback = true,
                         .program = -1,
                         .seed = 1,
                         .audio = true};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (check(&settings) || listener_choice_check(&settings.listener, &usage) ||
        watcher_options_check(&settings.watching, &usage))
        return EXIT_USAGE;
    const ComposerSettings usual = live_music_defaults().composer;
    const StyleOptions style = {settings.style, settings.ensemble, settings.music_model,
                                &settings.composer, &usual};
    if ((status = style_options_choose(&style, &settings.arranged, &usage)) != EXIT_DONE)
        return status;
    /* The work on a frame or a note is over before it pays to wake other threads for it. */
    threads_use(settings.common.threads ? settings.common.threads : 1);
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
