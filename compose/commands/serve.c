/* affekt serve: the page, for a browser on this machine. */
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "compose/commands/stop_signals.h"
#include "compose/sound/player.h"
#include "compose/web/browser.h"
#include "compose/web/server.h"
#include "infer/commands/watcher_options.h"
#include "nn/base/clock.h"
#include "nn/base/threads.h"
#include "nn/io/file.h"

#include <arpa/inet.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

typedef struct Settings {
    CommonSettings common;
    const char *listen, *certificate, *key, *sound, *driver;
    WatcherSettings watching;
    const char *music_model, *soundfont, *library;
    int port, program;
    uint64_t seed;
    bool open;
} Settings;

static const char *const sound_names[] = {"page", "here", NULL};

static const Option options[] = {
    OPTION_INTEGER(Settings, port, "port", "N", 0, 65535, "port to listen at (0: any free one)"),
    OPTION_FLAG(Settings, open, "open",
                "open the page in the browser (one that may not read temporary files needs the "
                "link itself)"),
    OPTION_CHOICE(Settings, sound, "sound", "PLACE", sound_names,
                  "play in the page, or on this computer's output"),
    OPTION_STRING(Settings, driver, "audio-driver", 0, "NAME",
                  "audio driver for --sound here: alsa, pulseaudio … (default: the first that "
                  "works)"),
    OPTION_STRING(Settings, listen, "listen", 0, "ADDRESS",
                  "serve at this IP address, for other machines (needs --certificate and --key)"),
    OPTION_INPUT(Settings, certificate, "certificate", 0, "FILE", "certificate for https (PEM)"),
    OPTION_INPUT(Settings, key, "key", 0, "FILE", "its private key (PEM)"),
    OPTION_WATCHER(Settings, watching),
    OPTION_INPUT(Settings, library, "library", 0, "FILE",
                 "library of songs (default: the user's own, where there is one)"),
    OPTION_INPUT(Settings, music_model, "music-model", 0, "FILE",
                 "music model (default: the shipped one)"),
    OPTION_INTEGER(
        Settings, program, "program", "N", -1, 127,
        "General MIDI instrument (of the melody, if arranged), 0 = grand piano, -1 = default"),
    OPTION_INPUT(Settings, soundfont, "soundfont", 0, "FILE", "soundfont (default: the system's)"),
    OPTION_SEED(Settings, seed, "seed", "of the music"),
    OPTION_COMMON(Settings, common),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt serve",
    .positionals = "",
    .summary = "serves the page: camera, emotion and music in the browser",
    .notes =
        "Examples: affekt serve --open\n"
        "          affekt serve --library songs.db\n"
        "          affekt serve --port 8080 --sound here\n"
        "          affekt serve --listen 192.168.1.5 --certificate cert.pem --key key.pem\n"
        "Open the link that it prints: the part after # lets the page in. Without --listen\n"
        "only this machine can connect. Pictures go to this machine alone, and none is stored.\n"
        "One thread looks at a page's frames unless --threads says otherwise; more rarely help.\n"
        "GET /api documents the endpoints.\n",
};

/* As many connections as the server takes need a file each. */
static void allow_files(void) {
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files))
        return;
    rlim_t wanted = 2 * SERVER_CONNECTIONS;
    if (files.rlim_cur < wanted)
        files.rlim_cur = files.rlim_max < wanted ? files.rlim_max : wanted;
    setrlimit(RLIMIT_NOFILE, &files);
}

/* With an arena for each of the threads that come and go, memory that one has freed is of no use to
 * the others: after thirty sessions the server held 550 MB instead of 280. */
static void share_memory(void) {
#ifdef __GLIBC__
    mallopt(M_ARENA_MAX, 2);
#endif
}

static void show_link(const Settings *settings, const Web *web, BrowserPage *page) {
    char link[512];
    const Gate *gate = &web->gate;
    snprintf(link, sizeof link, "%s://%s/#%s", gate->secure ? "https" : "http",
             gate->hosts[gate->own], gate->token);
    printf("%s\n", link);
    fflush(stdout);
    if (!settings->common.quiet)
        fprintf(stderr, "affekt serve: open this link in a browser; Ctrl-C ends the server\n");
    if (!settings->open)
        return;
    Error error;
    if (browser_open(link, page, &error))
        fprintf(stderr, "affekt serve: %s\n", error.message);
}

static WebSettings web_settings(const Settings *settings, const char *library) {
    WebSettings web = {
        .visit = {.watching = settings->watching,
                  .threads = settings->common.threads,
                  .music = live_music_defaults(),
                  .soundfont = settings->soundfont,
                  .program = settings->program < 0 ? 0 : settings->program,
                  .here = !strcmp(settings->sound, "here"),
                  .driver = settings->driver,
                  .library = library},
        .music_model = settings->music_model,
        .address = settings->listen,
        .secure = settings->certificate != NULL,
    };
    web.visit.watching.landmarks = settings->watching.detect;
    web.visit.music.composer.seed = settings->seed;
    web.visit.music.program = settings->program;
    return web;
}

enum { LIBRARY_PATH = 4096 };

/* The library that is named, or the user's own, "" where there is none; -1 when it cannot be used.
 */
static int find_library(const Settings *settings, char path[LIBRARY_PATH], Error *error) {
    if (settings->library)
        snprintf(path, LIBRARY_PATH, "%s", settings->library);
    else if (database_default_path(path, LIBRARY_PATH, error))
        *path = 0; /* no home, no library */
    if (!file_exists(path)) {
        *path = 0;
        return library_check_named(settings->library, error);
    }
    if (!*path)
        return 0;
    Library *library = library_open(path, error);
    library_close(library);
    return library ? 0 : -1;
}

/* Whether there is an output of this computer, where one is asked for. */
static int try_sound(const Settings *settings, Error *error) {
    if (strcmp(settings->sound, "here") != 0)
        return 0;
    const PlayerSettings output = {.soundfont = settings->soundfont,
                                   .driver = settings->driver,
                                   .advice = "without --sound here the page plays it"};
    Player *player = player_open(&output, error);
    player_close(player);
    return player ? 0 : error_context(error, "--sound here");
}

/* Returns 0, -1, or the signal that ended it. */
static int serve(const Settings *settings, const ServerSettings *server_settings, Decoder *decoder,
                 Error *error) {
    const atomic_bool *stopped = stop_signals_catch(NULL);
    char library[LIBRARY_PATH];
    if (find_library(settings, library, error) || try_sound(settings, error))
        return -1;
    const WebSettings wanted = web_settings(settings, *library ? library : NULL);
    Web *web = web_create(&wanted, decoder, error);
    if (!web)
        return -1;
    Server *server = server_start(web, &wanted, server_settings, error);
    int status = server ? 0 : -1;
    if (server) {
        BrowserPage page = {.path = ""};
        show_link(settings, web, &page);
        while (!atomic_load(stopped))
            clock_sleep(0.1);
        browser_close(&page);
        status = stop_signals_caught() == SIGINT ? 0 : stop_signals_caught();
    }
    server_stop(server);
    web_destroy(web);
    return status;
}

static int read_text(const char *path, unsigned char **text, Error *error) {
    enum { MOST_BYTES = 1 << 20 };
    size_t size;
    *text = NULL;
    return path ? file_read(path, MOST_BYTES, text, &size, error) : 0;
}

static int run(const Settings *settings, Error *error) {
    unsigned char *certificate = NULL, *key = NULL;
    Decoder *decoder = NULL;
    int status = -1;
    if (!read_text(settings->certificate, &certificate, error) &&
        !read_text(settings->key, &key, error) && (decoder = decoder_start(error))) {
        ServerSettings server = {.port = settings->port,
                                 .address = settings->listen,
                                 .certificate = (const char *)certificate,
                                 .key = (const char *)key};
        threads_use(settings->common.threads ? settings->common.threads : 1);
        allow_files();
        share_memory();
        status = serve(settings, &server, decoder, error);
    }
    decoder_stop(decoder);
    free(key);
    free(certificate);
    return status;
}

/* 0.0.0.0, or ::, however it is written. */
static bool is_wildcard(const char *address) {
    struct in_addr v4;
    struct in6_addr v6;
    if (inet_pton(AF_INET, address, &v4) == 1)
        return v4.s_addr == INADDR_ANY;
    return inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6);
}

int serve_command(int argc, char **argv) {
    Settings settings = {
        .port = 7700, .sound = "page", .program = -1, .seed = 1, .watching = watcher_defaults()};
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    if (!settings.certificate != !settings.key)
        return options_wrong(&usage, "--certificate and --key must be given together");
    if (settings.listen && !settings.certificate)
        return options_wrong(&usage, "--listen needs --certificate and --key: browsers give the "
                                     "camera to https pages alone");
    if (settings.listen && is_wildcard(settings.listen))
        return options_wrong(&usage,
                             "--listen %s: name the one address of this machine that others open, "
                             "such as 192.168.1.5 ('ip address' lists them)",
                             settings.listen);
    if (settings.driver && strcmp(settings.sound, "here") != 0)
        return options_wrong(&usage, "--audio-driver is for --sound here");
    if (watcher_options_check(&settings.watching, &usage))
        return EXIT_USAGE;
    Error error;
    return command_status(&usage, run(&settings, &error), &error);
}
