#include "compose/play/mpris.h"

#include "nn/base/plain_text.h"

#ifdef HAVE_LIBSYSTEMD

#    include <errno.h>
#    include <inttypes.h>
#    include <math.h>
#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>
#    include <systemd/sd-bus.h>
#    include <unistd.h>

enum { WAITING = 32, TEXT = 512 };

static const char path[] = "/org/mpris/MediaPlayer2", base[] = "org.mpris.MediaPlayer2",
                  player[] = "org.mpris.MediaPlayer2.Player";

/* What the bus sees of the player. */
typedef struct Shown {
    char title[TEXT], artist[TEXT], album[TEXT], url[TEXT], track[64];
    bool playing, any;
    int64_t length; /* microseconds */
    double volume;
} Shown;

struct Mpris {
    sd_bus *bus;
    char name[64];
    int commands[WAITING]; /* (n_commands) not yet taken */
    int n_commands;
    double wanted_volume;
    int64_t wanted_position; /* microseconds */
    Shown shown;
    bool paused;      /* once all commands so far have been done */
    int64_t position; /* microseconds */
    long played;
};

static void ask(Mpris *mpris, int command) {
    if (mpris->n_commands == WAITING)
        return;
    mpris->commands[mpris->n_commands++] = command;
    mpris->paused ^= command == JUKEBOX_PAUSE;
}

/* ------------------------------------------------------------------ methods */

static int reply(sd_bus_message *message) {
    return sd_bus_reply_method_return(message, NULL);
}

static int on_call(sd_bus_message *message, void *context, sd_bus_error *error) {
    static const struct {
        const char *member;
        int command, when; /* when: 1 only outside a pause, -1 only in one, 0 always */
    } calls[] = {{"Next", JUKEBOX_NEXT, 0},   {"Previous", JUKEBOX_PREVIOUS, 0},
                 {"Pause", JUKEBOX_PAUSE, 1}, {"PlayPause", JUKEBOX_PAUSE, 0},
                 {"Play", JUKEBOX_PAUSE, -1}, {"Stop", JUKEBOX_PAUSE, 1},
                 {"Quit", MPRIS_QUIT, 0}};
    (void)error;
    Mpris *mpris = context;
    const char *member = sd_bus_message_get_member(message);
    for (size_t i = 0; member && i < sizeof calls / sizeof *calls; i++)
        if (!strcmp(calls[i].member, member) &&
            (!calls[i].when || mpris->paused == (calls[i].when < 0))) {
            ask(mpris, calls[i].command);
            break;
        }
    return reply(message);
}

/* Past the end is the next song, as the specification has it. */
static int on_seek(sd_bus_message *message, void *context, sd_bus_error *error) {
    (void)error;
    Mpris *mpris = context;
    int64_t offset, wanted;
    int code = sd_bus_message_read(message, "x", &offset);
    if (code < 0)
        return code;
    if (__builtin_add_overflow(mpris->position, offset, &wanted))
        return -ERANGE;
    mpris->wanted_position = wanted > 0 ? wanted : 0;
    if (mpris->shown.any)
        ask(mpris, mpris->shown.length > 0 && wanted > mpris->shown.length ? (int)JUKEBOX_NEXT
                                                                           : (int)MPRIS_SEEK);
    return reply(message);
}

/* For another song than the one that plays, or outside it: nothing. */
static int on_set_position(sd_bus_message *message, void *context, sd_bus_error *error) {
    (void)error;
    Mpris *mpris = context;
    const char *track;
    int64_t wanted;
    int code = sd_bus_message_read(message, "ox", &track, &wanted);
    if (code < 0)
        return code;
    const Shown *shown = &mpris->shown;
    bool inside = wanted >= 0 && (shown->length <= 0 || wanted <= shown->length);
    if (shown->any && inside && !strcmp(track, shown->track)) {
        mpris->wanted_position = wanted;
        ask(mpris, MPRIS_SEEK);
    }
    return reply(message);
}

/* ------------------------------------------------------------------ properties */

static int get_true(sd_bus *bus, const char *at, const char *interface, const char *property,
                    sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)context, (void)error;
    return sd_bus_message_append(answer, "b", 1);
}

static int get_false(sd_bus *bus, const char *at, const char *interface, const char *property,
                     sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)context, (void)error;
    return sd_bus_message_append(answer, "b", 0);
}

static int get_identity(sd_bus *bus, const char *at, const char *interface, const char *property,
                        sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)context, (void)error;
    return sd_bus_message_append(answer, "s", "Affekt");
}

static int get_nothing(sd_bus *bus, const char *at, const char *interface, const char *property,
                       sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)context, (void)error;
    return sd_bus_message_append(answer, "as", 0);
}

static int get_rate(sd_bus *bus, const char *at, const char *interface, const char *property,
                    sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)context, (void)error;
    return sd_bus_message_append(answer, "d", 1.0);
}

static int get_status(sd_bus *bus, const char *at, const char *interface, const char *property,
                      sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)error;
    const Shown *shown = &((const Mpris *)context)->shown;
    return sd_bus_message_append(answer, "s",
                                 shown->playing ? "Playing"
                                 : shown->any   ? "Paused"
                                                : "Stopped");
}

static int get_volume(sd_bus *bus, const char *at, const char *interface, const char *property,
                      sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(answer, "d", ((const Mpris *)context)->shown.volume);
}

static int set_volume(sd_bus *bus, const char *at, const char *interface, const char *property,
                      sd_bus_message *value, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)error;
    Mpris *mpris = context;
    double wanted;
    int code = sd_bus_message_read(value, "d", &wanted);
    if (code < 0 || isnan(wanted))
        return code < 0 ? code : -EINVAL;
    mpris->wanted_volume = fmin(fmax(wanted, 0), 1);
    ask(mpris, MPRIS_VOLUME);
    return 0;
}

static int get_position(sd_bus *bus, const char *at, const char *interface, const char *property,
                        sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)error;
    return sd_bus_message_append(answer, "x", ((const Mpris *)context)->position);
}

static int get_metadata(sd_bus *bus, const char *at, const char *interface, const char *property,
                        sd_bus_message *answer, void *context, sd_bus_error *error) {
    (void)bus, (void)at, (void)interface, (void)property, (void)error;
    const Shown *shown = &((const Mpris *)context)->shown;
    if (!shown->any)
        return sd_bus_message_append(answer, "a{sv}", 1, "mpris:trackid", "o",
                                     "/org/mpris/MediaPlayer2/TrackList/NoTrack");
    int code = sd_bus_message_open_container(answer, 'a', "{sv}");
    if (code >= 0)
        code = sd_bus_message_append(answer, "{sv}", "mpris:trackid", "o", shown->track);
    if (code >= 0 && shown->length > 0)
        code = sd_bus_message_append(answer, "{sv}", "mpris:length", "x", shown->length);
    if (code >= 0)
        code = sd_bus_message_append(answer, "{sv}", "xesam:title", "s", shown->title);
    if (code >= 0 && *shown->artist)
        code = sd_bus_message_append(answer, "{sv}", "xesam:artist", "as", 1, shown->artist);
    if (code >= 0 && *shown->album)
        code = sd_bus_message_append(answer, "{sv}", "xesam:album", "s", shown->album);
    if (code >= 0 && *shown->url)
        code = sd_bus_message_append(answer, "{sv}", "xesam:url", "s", shown->url);
    return code < 0 ? code : sd_bus_message_close_container(answer);
}

#    define CHANGES SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE
#    define FIXED   SD_BUS_VTABLE_PROPERTY_CONST

static const sd_bus_vtable base_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Raise", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Quit", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("CanQuit", "b", get_true, 0, FIXED),
    SD_BUS_PROPERTY("CanRaise", "b", get_false, 0, FIXED),
    SD_BUS_PROPERTY("HasTrackList", "b", get_false, 0, FIXED),
    SD_BUS_PROPERTY("Identity", "s", get_identity, 0, FIXED),
    SD_BUS_PROPERTY("SupportedUriSchemes", "as", get_nothing, 0, FIXED),
    SD_BUS_PROPERTY("SupportedMimeTypes", "as", get_nothing, 0, FIXED),
    SD_BUS_VTABLE_END,
};

static const sd_bus_vtable player_table[] = {
    SD_BUS_VTABLE_START(0),
    SD_BUS_METHOD("Next", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Previous", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Pause", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("PlayPause", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Play", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Stop", "", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("Seek", "x", "", on_seek, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_METHOD("SetPosition", "ox", "", on_set_position, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_SIGNAL("Seeked", "x", 0),
    SD_BUS_METHOD("OpenUri", "s", "", on_call, SD_BUS_VTABLE_UNPRIVILEGED),
    SD_BUS_PROPERTY("PlaybackStatus", "s", get_status, 0, CHANGES),
    SD_BUS_PROPERTY("Metadata", "a{sv}", get_metadata, 0, CHANGES),
    SD_BUS_WRITABLE_PROPERTY("Volume", "d", get_volume, set_volume, 0, CHANGES),
    SD_BUS_PROPERTY("Position", "x", get_position, 0, 0),
    SD_BUS_PROPERTY("Rate", "d", get_rate, 0, FIXED),
    SD_BUS_PROPERTY("MinimumRate", "d", get_rate, 0, FIXED),
    SD_BUS_PROPERTY("MaximumRate", "d", get_rate, 0, FIXED),
    SD_BUS_PROPERTY("CanGoNext", "b", get_true, 0, FIXED),
    SD_BUS_PROPERTY("CanGoPrevious", "b", get_true, 0, FIXED),
    SD_BUS_PROPERTY("CanPlay", "b", get_true, 0, FIXED),
    SD_BUS_PROPERTY("CanPause", "b", get_true, 0, FIXED),
    SD_BUS_PROPERTY("CanSeek", "b", get_true, 0, FIXED),
    SD_BUS_PROPERTY("CanControl", "b", get_true, 0, FIXED),
    SD_BUS_VTABLE_END,
};

/* ------------------------------------------------------------------ opening */

static int connect_bus(Mpris *mpris) {
    int code = sd_bus_open_user(&mpris->bus);
    if (code >= 0)
        code = sd_bus_add_object_vtable(mpris->bus, NULL, path, base, base_table, mpris);
    if (code >= 0)
        code = sd_bus_add_object_vtable(mpris->bus, NULL, path, player, player_table, mpris);
    if (code < 0)
        return code;
    snprintf(mpris->name, sizeof mpris->name, "%s.affekt", base);
    code = sd_bus_request_name(mpris->bus, mpris->name, 0);
    if (code != -EEXIST)
        return code;
    snprintf(mpris->name, sizeof mpris->name, "%s.affekt.instance%ld", base, (long)getpid());
    return sd_bus_request_name(mpris->bus, mpris->name, 0);
}

Mpris *mpris_open(Error *error) {
    Mpris *mpris = calloc(1, sizeof *mpris);
    if (!mpris) {
        error_memory(error, "the session's bus", sizeof *mpris);
        return NULL;
    }
    int code = connect_bus(mpris);
    if (code >= 0)
        return mpris;
    error_set(error, "the session's bus cannot be used: %s", strerror(-code));
    mpris_close(mpris);
    return NULL;
}

void mpris_close(Mpris *mpris) {
    if (!mpris)
        return;
    sd_bus_flush_close_unref(mpris->bus);
    free(mpris);
}

const char *mpris_name(const Mpris *mpris) {
    return mpris->name;
}

/* ------------------------------------------------------------------ what plays */

/* D-Bus closes the connection on what is not UTF-8. */
static void copy_text(char to[TEXT], const char *text) {
    size_t used = 0;
    while (*text && used + 4 < TEXT) {
        unsigned code_point;
        int bytes = utf8_character(text, &code_point);
        if (bytes)
            memcpy(to + used, text, (size_t)bytes);
        else
            to[used] = '?';
        used += bytes ? (size_t)bytes : 1;
        text += bytes ? bytes : 1;
    }
    to[used] = 0;
}

static void copy_url(char to[TEXT], const char *file) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    size_t used = (size_t)snprintf(to, TEXT, "file://");
    for (; *file && used + 4 < TEXT; file++)
        used += (size_t)snprintf(to + used, TEXT - used, strchr(plain, *file) ? "%c" : "%%%02X",
                                 (unsigned char)*file);
    if (*file)
        *to = 0;
}

static Shown shown_of(const Mpris *mpris, const JukeboxStatus *status) {
    Shown shown = {.any = status->item != NULL,
                   .playing = status->item && !status->paused,
                   .volume = status->volume};
    if (!status->item)
        return shown;
    copy_text(shown.title, library_song_title(&status->song));
    copy_text(shown.artist, status->song.artist);
    copy_text(shown.album, status->song.album);
    if (*status->song.path)
        copy_url(shown.url, status->song.path);
    shown.length = (int64_t)(status->seconds * 1e6);
    snprintf(shown.track, sizeof shown.track, "/org/affekt/track/%ld", mpris->played);
    return shown;
}

void mpris_show(Mpris *mpris, const JukeboxStatus *status) {
    const int64_t jump = 2000000;
    int64_t position = (int64_t)(status->heard * 1e6), moved = position - mpris->position;
    mpris->position = position;
    mpris->played = status->played;
    Shown shown = shown_of(mpris, status), before = mpris->shown;
    mpris->shown = shown;
    mpris->paused = status->paused;
    if (shown.any && !strcmp(shown.track, before.track) && (moved > jump || moved < 0))
        sd_bus_emit_signal(mpris->bus, path, player, "Seeked", "x", position);
    if (strcmp(shown.track, before.track) != 0 || shown.any != before.any)
        sd_bus_emit_properties_changed(mpris->bus, path, player, "Metadata", NULL);
    if (shown.playing != before.playing || shown.any != before.any)
        sd_bus_emit_properties_changed(mpris->bus, path, player, "PlaybackStatus", NULL);
    if (shown.volume != before.volume)
        sd_bus_emit_properties_changed(mpris->bus, path, player, "Volume", NULL);
}

int mpris_next(Mpris *mpris) {
    while (!mpris->n_commands && sd_bus_process(mpris->bus, NULL) > 0)
        ;
    if (!mpris->n_commands)
        return -1;
    int command = mpris->commands[0];
    memmove(mpris->commands, mpris->commands + 1,
            (size_t)--mpris->n_commands * sizeof *mpris->commands);
    return command;
}

double mpris_volume(const Mpris *mpris) {
    return mpris->wanted_volume;
}

double mpris_position(const Mpris *mpris) {
    return (double)mpris->wanted_position / 1e6;
}

#else

Mpris *mpris_open(Error *error) {
    error_set(error, "this build has no media keys; install libsystemd-dev and build again");
    return NULL;
}

void mpris_close(Mpris *mpris) {
    (void)mpris;
}

const char *mpris_name(const Mpris *mpris) {
    (void)mpris;
    return "";
}

void mpris_show(Mpris *mpris, const JukeboxStatus *status) {
    (void)mpris, (void)status;
}

int mpris_next(Mpris *mpris) {
    (void)mpris;
    return -1;
}

double mpris_volume(const Mpris *mpris) {
    (void)mpris;
    return 1;
}

double mpris_position(const Mpris *mpris) {
    (void)mpris;
    return 0;
}

#endif
