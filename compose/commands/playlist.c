/* affekt playlist: songs of the library for a mood. */
#include "compose/commands/commands.h"
#include "compose/commands/library_common.h"
#include "compose/library/feedback.h"
#include "compose/library/mpd_server.h"
#include "compose/library/playlist_file.h"
#include "nn/base/plain_text.h"
#include "nn/command_line/progress.h"
#include "nn/io/file.h"

#include <math.h>
#include <string.h>
#include <strings.h>
#include <time.h>

typedef struct Settings {
    LibrarySettings library;
    const char *emotion, *policy, *languages, *genre, *out, *mpd;
    float valence, arousal, minutes;
    uint64_t seed;
    bool strict, absolute, explain, draw;
} Settings;

static const Option options[] = {
    OPTION_STRING(
        Settings, emotion, "emotion", 'e', "NAME",
        "the emotion felt; 'all' writes a list for each of the seven into the folder --out"),
    OPTION_FLOAT(Settings, valence, "valence", "F", -1, 1,
                 "instead of an emotion: unpleasant -1 … +1 pleasant"),
    OPTION_FLOAT(Settings, arousal, "arousal", "F", -1, 1, "and calm -1 … +1 excited"),
    OPTION_CHOICE(Settings, policy, "policy", "NAME", mood_policy_names,
                  "mirror plays the mood, regulate begins with it and leads on"),
    OPTION_FLOAT(Settings, minutes, "minutes", "M", 0.1, 10000, "length of the list"),
    OPTION_STRING(Settings, languages, "language", 0, "LIST",
                  "only songs in these languages (hi,ta,en) or of unknown language"),
    OPTION_FLAG(Settings, strict, "strict", "with --language, no songs of unknown language"),
    OPTION_STRING(Settings, genre, "genre", 0, "NAME", "only songs of that genre"),
    OPTION_OUTPUT(Settings, out, "out", 'o', "FILE",
                  "the list to write: .m3u8, .m3u, .xspf or .jspf"),
    OPTION_STRING(Settings, mpd, "mpd", 0, "ADDRESS",
                  "let MPD play the list once, in order: its socket (/run/mpd/socket), or "
                  "host:port"),
    OPTION_FLAG(Settings, absolute, "absolute", "write absolute paths"),
    OPTION_FLAG(Settings, explain, "explain", "say why each song was chosen"),
    OPTION_FLAG(Settings, draw, "explore",
                "exploration of songs that your feedback says little about"),
    OPTION_SEED(Settings, seed, "seed", "another seed chooses other songs among equally good ones"),
    OPTION_LIBRARY(Settings, library),
    OPTION_END,
};

static const Usage usage = {
    .command = "affekt playlist",
    .positionals = "",
    .summary = "chooses songs of the library for a mood and puts them in an order",
    .notes = "Examples: affekt playlist --emotion sad --policy regulate --minutes 20 -o lift.m3u8\n"
             "          affekt playlist --emotion all -o lists/\n"
             "          affekt playlist --emotion happy --mpd /run/mpd/socket\n"
             "Without --out the list is printed only.\n",
};

static void print_list(const LibrarySongs *songs, const Playlist *playlist, bool explain) {
    char duration[DURATION_TEXT];
    for (int i = 0; i < playlist->count; i++) {
        const PlaylistEntry *entry = &playlist->entries[i];
        const LibrarySong *song = &songs->list[entry->song];
        PlainText name;
        printf("%7s  %s\n", duration_text(entry->start, duration), library_song_name(song, &name));
        if (explain)
            printf("         %s\n", entry->reason);
    }
}

static json_t *entry_json(const LibrarySongs *songs, const PlaylistEntry *entry) {
    json_t *object = library_song_json(&songs->list[entry->song]);
    json_t *why =
        json_pack("{s:f, s:{s:f, s:f}, s:s, s:{s:f, s:f, s:f, s:f, s:f, s:f}}", "start",
                  entry->start, "wanted", "valence", (double)entry->wanted.valence, "arousal",
                  (double)entry->wanted.arousal, "reason", entry->reason, "cost", "mood",
                  (double)entry->cost.mood, "transition", (double)entry->cost.transition, "recency",
                  (double)entry->cost.recency, "artist", (double)entry->cost.artist, "liking",
                  (double)entry->cost.liking, "total", (double)entry->cost.total);
    json_object_update(object, why);
    json_decref(why);
    return object;
}

/* What all lists of a run share. */
typedef struct Session {
    const Settings *settings;
    LibrarySongs songs;
    Listener listener;
    PlaylistSettings list;
    json_t *lists;
} Session;

static int hand_to_mpd(const Session *session, const Playlist *playlist, Error *error) {
    int left_out = 0;
    MpdServer *mpd = mpd_server_open(session->settings->mpd, error);
    int status = mpd ? mpd_server_play_list(mpd, &session->songs, playlist, &left_out, error) : -1;
    mpd_server_close(mpd);
    if (!status && left_out && !session->settings->library.common.quiet)
        fprintf(stderr, "affekt playlist: MPD did not take %d of the songs\n", left_out);
    return status;
}

static int make_list(Session *session, const char *name, const char *path, Error *error) {
    const Settings *settings = session->settings;
    Playlist playlist;
    char duration[DURATION_TEXT];
    if (playlist_choose(&session->songs, &session->listener, &session->list, &playlist, error))
        return -1;
    int status =
        path ? playlist_file_write(path, &session->songs, &playlist, settings->absolute, error) : 0;
    if (!status && settings->mpd)
        status = hand_to_mpd(session, &playlist, error);
    if (!status && session->lists) {
        json_t *songs = json_array();
        for (int i = 0; i < playlist.count; i++)
            json_array_append_new(songs, entry_json(&session->songs, &playlist.entries[i]));
        json_array_append_new(session->lists, json_pack("{s:s, s:s, s:f, s:o}", "emotion", name,
                                                        "policy", settings->policy, "seconds",
                                                        playlist.seconds, "songs", songs));
    } else if (!status) {
        PlainText file;
        if (path)
            printf("%s: ", plain_text(path, &file));
        printf("%s, %d song%s, %s\n", name, playlist.count, playlist.count == 1 ? "" : "s",
               duration_text(playlist.seconds, duration));
        if (!path || settings->explain)
            print_list(&session->songs, &playlist, settings->explain);
    }
    playlist_free(&playlist);
    return status;
}

static int make_all(Session *session, Error *error) {
    const char *folder = session->settings->out;
    int status = folder ? directory_create(folder, error) : 0;
    for (int emotion = 0; emotion < EMOTION_COUNT && !status; emotion++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s.m3u8", folder ? folder : "", emotions[emotion].name);
        session->list.felt = mood_of_emotion((Emotion)emotion);
        status = make_list(session, emotions[emotion].name, folder ? path : NULL, error);
    }
    return status;
}

static int make_lists(Session *session, const MoodEstimate *mood, Error *error) {
    const Settings *settings = session->settings;
    if (settings->emotion && !strcasecmp(settings->emotion, "all"))
        return make_all(session, error);
    session->list.felt = settings->emotion
                             ? mood_of_emotion((Emotion)emotion_from_name(settings->emotion))
                             : (Mood){.valence = mood->valence, .arousal = mood->arousal};
    return make_list(session, settings->emotion ? settings->emotion : "as asked", settings->out,
                     error);
}

static int run(const Settings *settings, const MoodEstimate *mood, Error *error) {
    Session session = {
        .settings = settings,
        .list = {.policy = (MoodPolicy)choice_index(mood_policy_names, settings->policy),
                 .seconds = 60 * (double)settings->minutes,
                 .languages = settings->languages,
                 .strict = settings->strict,
                 .genre = settings->genre,
                 .seed = settings->seed,
                 .draw = settings->draw,
                 .now = (double)time(NULL)}};
    Library *library = library_open_named(&settings->library, error);
    int status = library ? library_songs(library, &session.songs, error) : -1;
    if (!status)
        status = feedback_learn(library, &session.listener, error);
    session.lists = settings->library.json ? json_array() : NULL;
    if (!status)
        status = make_lists(&session, mood, error);
    if (!status && session.lists) {
        json_dumpf(session.lists, stdout, JSON_INDENT(1) | JSON_REAL_PRECISION(6));
        printf("\n");
    }
    json_decref(session.lists);
    library_songs_free(&session.songs);
    library_close(library);
    return status;
}

int playlist_command(int argc, char **argv) {
    Settings settings = {
        .policy = "mirror", .valence = NAN, .arousal = NAN, .minutes = 60, .seed = 1, .draw = true};
    MoodEstimate mood;
    int status = options_parse(&usage, options, &settings, argc, argv, NULL);
    if (status != OPTIONS_RUN)
        return status;
    bool all = settings.emotion && !strcasecmp(settings.emotion, "all");
    if (library_read_mood(&usage, all ? NULL : settings.emotion, settings.valence, settings.arousal,
                          &mood))
        return EXIT_USAGE;
    if (!settings.emotion && isnan(mood.valence))
        return options_wrong(&usage, "give --emotion, or both --valence and --arousal");
    if (settings.strict && !settings.languages)
        return options_wrong(&usage, "--strict requires --language");
    if (settings.absolute && !settings.out)
        return options_wrong(&usage, "--absolute requires --out");
    if (all && settings.mpd)
        return options_wrong(&usage, "--mpd plays one list, not all seven");
    if (all && !isnan(mood.valence))
        return options_wrong(&usage, "--emotion and --valence, --arousal are mutually exclusive");
    if (settings.out && !all && !playlist_file_is_name(settings.out))
        return options_wrong(&usage, "--out: '%s' must end in .m3u8, .m3u, .xspf or .jspf",
                             settings.out);
    Error error;
    return command_status(&usage, run(&settings, &mood, &error), &error);
}
