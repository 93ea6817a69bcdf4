#include "compose/library/scan.h"

#include "compose/library/analyst.h"
#include "compose/library/feedback.h"
#include "nn/io/file.h"
#include "tests/support/io_faults.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/song_library.h"
#include "tests/support/text.h"

#include <dlfcn.h>
#include <errno.h>
#include <fts.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(unchanged_files_are_passed_over_and_changed_ones_read_anew) {
    music_folder_add("a.mid", 60, 0);
    music_folder_add("b.mid", 60, 5);
    Library *library = song_library_open();
    ck_assert_int_eq(song_library_add(library).read, 2);
    ck_assert_int_eq(song_library_scan(library).unchanged, 2);
    music_folder_add("b.mid", 90, 5);
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.unchanged, 1);
    ck_assert_int_eq(report.read, 1);
    library_close(library);
}
END_TEST

/* The library's only song (library_songs_free). */
static LibrarySongs only_song(Library *library) {
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(library, &songs, NULL), 0);
    ck_assert_int_eq(songs.count, 1);
    return songs;
}

static void assert_moves(Library *library, const char *from, const char *to) {
    ck_assert_int_eq(rename(scratch_path(from), scratch_path(to)), 0);
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.moved, 1);
    ck_assert_int_eq(report.read, 0);
}

START_TEST(a_moved_song_keeps_what_was_said_of_it) {
    music_folder_add("a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    LibrarySongs songs = only_song(library);
    MoodEstimate mood = {-0.5f, 0.25f, 0.1f, 0.1f};
    ck_assert_int_eq(library_set_mood(library, songs.list[0].id, ORIGIN_USER, mood, NULL), 0);
    library_songs_free(&songs);
    assert_moves(library, "music/a.mid", "music/z.mid");
    songs = only_song(library);
    ck_assert_int_eq(songs.list[0].origin, ORIGIN_USER);
    assert_contains(songs.list[0].path, "music/z.mid");
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

/* The user's mood of the song with this name; NAN where there is none. */
static float said_of(Library *library, const char *name) {
    LibrarySongs songs;
    float said = NAN;
    ck_assert_int_eq(library_songs(library, &songs, NULL), 0);
    for (int i = 0; i < songs.count; i++)
        if (songs.list[i].present && songs.list[i].origin == ORIGIN_USER &&
            strstr(songs.list[i].path, name))
            said = songs.list[i].mood.valence;
    library_songs_free(&songs);
    return said;
}

static void rename_song(const char *from, const char *to) {
    char path[4096];
    snprintf(path, sizeof path, "%s", scratch_path(from));
    ck_assert_int_eq(rename(path, scratch_path(to)), 0);
}

/* What the user says of the library's songs, in the order of their paths, as valence. */
static void say_of(Library *library, const float *valences, int count) {
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(library, &songs, NULL), 0);
    for (int i = 0; i < count; i++) {
        MoodEstimate mood = {valences[i], 0.25f, 0.1f, 0.1f};
        ck_assert_int_eq(library_set_mood(library, songs.list[i].id, ORIGIN_USER, mood, NULL), 0);
    }
    library_songs_free(&songs);
}

START_TEST(songs_that_change_places_keep_what_was_said_of_them) {
    music_folder_add("1.mid", 60, 0);
    music_folder_add("2.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    say_of(library, (const float[]){-0.75f, 0.75f}, 2);
    rename_song("music/2.mid", "music/3.mid"); /* as albums are numbered anew */
    rename_song("music/1.mid", "music/2.mid");
    ck_assert_int_eq(song_library_scan(library).moved, 2);
    ck_assert_float_eq(said_of(library, "/2.mid"), -0.75f);
    ck_assert_float_eq(said_of(library, "/3.mid"), 0.75f);
    rename_song("music/2.mid", "music/x.mid");
    rename_song("music/3.mid", "music/2.mid");
    rename_song("music/x.mid", "music/3.mid");
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.moved, 2);
    ck_assert_int_eq(report.songs, 2);
    ck_assert_int_eq(report.gone, 0);
    ck_assert_float_eq(said_of(library, "/2.mid"), 0.75f);
    ck_assert_float_eq(said_of(library, "/3.mid"), -0.75f);
    library_close(library);
}
END_TEST

START_TEST(a_song_whose_file_another_takes_comes_back_with_what_was_said_of_it) {
    music_folder_add("1.mid", 60, 0);
    music_folder_add("2.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    say_of(library, (const float[]){0.75f}, 1);
    rename_song("music/1.mid", "away.mid");
    rename_song("music/2.mid", "music/1.mid");
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.songs, 1);
    ck_assert_int_eq(report.gone, 1);
    ck_assert_float_nan(said_of(library, "/1.mid"));
    rename_song("away.mid", "music/7.mid");
    report = song_library_scan(library);
    ck_assert_int_eq(report.songs, 2);
    ck_assert_int_eq(report.gone, 0);
    ck_assert_float_eq(said_of(library, "/7.mid"), 0.75f);
    library_close(library);
}
END_TEST

START_TEST(a_moved_song_listens_to_its_new_folder) {
    static const char *const places[] = {"music/a.mid", "music/happy/a.mid", "music/sad/a.mid",
                                         "music/tamil/a.mid", "music/b.mid"};
    static const struct {
        int valence; /* sign of the folder's, 0: of no folder */
        const char *language;
    } said[] = {{0, ""}, {1, ""}, {-1, ""}, {0, "ta"}, {0, ""}};
    music_folder_add("a.mid", 60, 0);
    ck_assert_int_eq(directory_create(scratch_path("music/happy"), NULL), 0);
    ck_assert_int_eq(directory_create(scratch_path("music/sad"), NULL), 0);
    ck_assert_int_eq(directory_create(scratch_path("music/tamil"), NULL), 0);
    Library *library = song_library_open();
    song_library_add(library);
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        if (i)
            assert_moves(library, places[i - 1], places[i]);
        LibrarySongs songs = only_song(library);
        const LibrarySong *song = &songs.list[0];
        ck_assert_int_eq(song->origin == ORIGIN_FOLDER, said[i].valence != 0);
        if (said[i].valence)
            ck_assert_float_gt((float)said[i].valence * song->mood.valence, 0);
        ck_assert_str_eq(song->language, said[i].language);
        library_songs_free(&songs);
    }
    library_close(library);
}
END_TEST

START_TEST(songs_that_are_gone_are_kept_and_come_back) {
    music_folder_add("a.mid", 60, 0);
    music_folder_add("b.mid", 60, 5);
    Library *library = song_library_open();
    song_library_add(library);
    ck_assert_int_eq(rename(scratch_path("music/a.mid"), scratch_path("a.mid")), 0);
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.gone, 1);
    ck_assert_int_eq(report.songs, 1);
    ck_assert_int_eq(rename(scratch_path("a.mid"), scratch_path("music/a.mid")), 0);
    report = song_library_scan(library);
    ck_assert_int_eq(report.gone, 0);
    ck_assert_int_eq(report.songs, 2);
    library_close(library);
}
END_TEST

START_TEST(a_folder_that_has_vanished_loses_no_songs) {
    music_folder_add("a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    ck_assert_int_eq(rename(scratch_path("music"), scratch_path("elsewhere")), 0);
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.folders_missing, 1);
    ck_assert_int_eq(report.gone, 1);
    ck_assert_int_eq(rename(scratch_path("elsewhere"), scratch_path("music")), 0);
    ck_assert_int_eq(song_library_scan(library).songs, 1);
    library_close(library);
}
END_TEST

START_TEST(a_folder_that_may_not_be_read_is_named) {
    const uid_t nobody = 65534;
    music_folder_add("shut/a.mid", 60, 0);
    music_folder_add("b.mid", 60, 5);
    if (!geteuid()) /* who may read everything */
        ck_assert_int_eq(chown(scratch_path(""), nobody, (gid_t)-1) || seteuid(nobody), 0);
    Library *library = song_library_open();
    ck_assert_int_eq(song_library_add(library).unreadable, 0);
    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(chmod(scratch_path("music/shut"), 0), 0);
    if (!geteuid())
        ck_assert_int_eq(seteuid(nobody), 0);
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.unreadable, 1);
    ck_assert_int_eq(report.gone, 1);
    assert_contains(report.why_unreadable, "music/shut: Permission denied");
    ck_assert_int_eq(seteuid(getuid()), 0);
    ck_assert_int_eq(chmod(scratch_path("music/shut"), 0700), 0);
    report = song_library_scan(library);
    ck_assert_int_eq(report.unreadable, 0);
    ck_assert_int_eq(report.songs, 2);
    library_close(library);
}
END_TEST

/* Whether reading a folder breaks off after its name, as when memory is out. */
static bool breaks_off;

/* In place of the C library's. */
FTSENT *fts_read(FTS *tree) {
    FTSENT *(*next)(FTS *);
    void *found = dlsym(RTLD_NEXT, "fts_read");
    memcpy(&next, &found, sizeof next);
    FTSENT *entry = next(tree);
    if (!breaks_off || (entry && entry->fts_info == FTS_D && entry->fts_level == FTS_ROOTLEVEL))
        return entry;
    errno = ENOMEM;
    return NULL;
}

START_TEST(a_folder_whose_reading_breaks_off_loses_no_songs) {
    music_folder_add("a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    Error error;
    ScanReport report;
    Progress progress = progress_start(true, 0);
    MoodModel *model = mood_model_load(NULL, &error);
    ck_assert_msg(model != NULL, "%s", error.message);
    const ScanSettings settings = {.model = model, .children = 1, .progress = &progress};
    breaks_off = true;
    int status = library_scan(library, &settings, &report, &error);
    breaks_off = false;
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "cannot read /");
    LibrarySongs songs = only_song(library);
    ck_assert(songs.list[0].present);
    library_songs_free(&songs);
    mood_model_destroy(model);
    library_close(library);
}
END_TEST

START_TEST(a_song_without_an_estimate_ends_no_scan) {
    float features[AUDIO_FEATURES];
    music_folder_add("a.mid", 60, 0);
    Library *library = song_library_open();
    song_library_add(library);
    for (int i = 0; i < AUDIO_FEATURES; i++)
        features[i] = NAN;
    Statement *set = statement_begin(library_database(library),
                                     "UPDATE songs SET kind = 1, features = ?1, model = 0", NULL);
    statement_bind_blob(set, 1, features, sizeof features);
    ck_assert_int_eq(statement_run(set, NULL), 0);
    statement_end(set);
    ck_assert_int_eq(song_library_scan(library).unchanged, 1);
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(library, &songs, NULL), 0);
    ck_assert(!songs.list[0].has_mood); /* the estimate before is no other model's */
    library_songs_free(&songs);
    library_close(library);
}
END_TEST

START_TEST(links_lead_to_no_song_twice) {
    music_folder_add("a/a.mid", 60, 0);
    ck_assert_int_eq(symlink("..", scratch_path("music/a/up")), 0);
    ck_assert_int_eq(symlink("a", scratch_path("music/b")), 0);
    ck_assert_int_eq(symlink("nowhere", scratch_path("music/c.mid")), 0);
    Library *library = song_library_open();
    ScanReport report = song_library_add(library);
    ck_assert_int_eq(report.songs, 1);
    library_close(library);
}
END_TEST

START_TEST(broken_files_and_odd_names_cost_only_themselves) {
    music_folder_add("a\xff\n\x1b[2J.mid", 60, 0);
    music_folder_write("broken.mid", "MThd, but no more");
    music_folder_write("broken.mp3", "no sound at all");
    music_folder_write("empty.flac", "");
    Library *library = song_library_open();
    ScanReport report = song_library_add(library);
    ck_assert_int_eq(report.read, 1);
    ck_assert_int_eq(report.failed, 3);
    LibrarySongs songs;
    ck_assert_int_eq(library_songs(library, &songs, NULL), 0);
    assert_contains(songs.list[0].path, "a\xff\n\x1b[2J.mid");
    ck_assert_str_eq(songs.list[0].failure, "");
    ck_assert_str_ne(songs.list[1].failure, "");
    library_songs_free(&songs);
    /* They are not tried again until they change. */
    ck_assert_int_eq(song_library_scan(library).failed, 0);
    library_close(library);
}
END_TEST

/* ------------------------------------------------------------------ children */

typedef struct Taken {
    int count, failed;
    char failure[SONG_FAILURE];
} Taken;

static int take(void *context, int i, const SongFacts *facts, Error *error) {
    (void)i, (void)error;
    Taken *taken = context;
    taken->count++;
    taken->failed += *facts->failure != 0;
    if (*facts->failure)
        memcpy(taken->failure, facts->failure, sizeof taken->failure);
    return 0;
}

START_TEST(a_file_that_hangs_costs_that_file_only) {
    music_folder_add("a.mid", 60, 0);
    music_folder_add("b.mid", 60, 1);
    const char *paths[] = {scratch_path("music/a.mid"), "", scratch_path("music/b.mid")};
    /* A file on a file system whose reads never end. */
    const char *hanging = scratch_path("music/hang.mid");
    ck_assert_int_eq(mkfifo(hanging, 0600), 0);
    paths[1] = hanging;
    Taken taken = {0};
    AnalystWork work = {
        .paths = paths, .count = 3, .children = 1, .seconds = 4, .take = take, .context = &taken};
    Error error;
    ck_assert_msg(!analyst_read(&work, &error), "%s", error.message);
    ck_assert_int_eq(taken.count, 3);
    ck_assert_int_eq(taken.failed, 1);
}
END_TEST

/* ------------------------------------------------------------------ kill -9 */

/* Writes verdicts until it is killed, and says on the pipe how many are confirmed. */
static void write_until_killed(int out) {
    Library *library = song_library_open();
    LibrarySong song = {.id = 1, .artist = "", .genre = "", .tempo = NAN};
    for (int confirmed = 1;; confirmed++)
        if (feedback_add(library, &song, (Mood){.valence = NAN, .arousal = NAN}, VERDICT_LIKE,
                         confirmed, NULL) ||
            write(out, &confirmed, sizeof confirmed) < 0)
            _exit(1);
}

static int count_events(Library *library) {
    Statement *row =
        statement_begin(library_database(library), "SELECT count(*) FROM events", NULL);
    ck_assert_int_eq(statement_next(row, NULL), 1);
    int count = (int)statement_integer(row, 0);
    statement_end(row);
    return count;
}

START_TEST(nothing_confirmed_is_lost_when_the_writer_is_killed) {
    library_close(song_library_open());
    int total = 0;
    for (int round = 0; round < 100; round++) {
        int channel[2], confirmed = 0, last = 0;
        ck_assert_int_eq(pipe(channel), 0);
        pid_t writer = fork();
        if (!writer)
            write_until_killed(channel[1]);
        close(channel[1]);
        while (last < 1 + round % 5 && read(channel[0], &confirmed, sizeof confirmed) > 0)
            last = confirmed;
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
        while (read(channel[0], &confirmed, sizeof confirmed) > 0)
            last = confirmed;
        close(channel[0]);
        Library *library = song_library_open();
        int count = count_events(library);
        ck_assert_int_ge(count, total + last);
        ck_assert_int_le(count, total + last + 1);
        total = count;
        library_close(library);
    }
}
END_TEST

START_TEST(a_scan_that_is_killed_goes_on_where_it_was) {
    enum { SONGS = 24, MOST_ROUNDS = 40 };
    for (int i = 0; i < SONGS; i++)
        music_folder_add(text_format("%d.mid", i), 60 + i, i % 12);
    Library *library = song_library_open();
    ck_assert_int_eq(library_add_folder(library, music_folder(), NULL), 0);
    library_close(library);
    for (int round = 0; round < MOST_ROUNDS; round++) {
        pid_t scanner = fork();
        if (!scanner) {
            song_library_scan(song_library_open());
            _exit(0);
        }
        usleep(5000 * (useconds_t)(1 + round % 20));
        kill(scanner, SIGKILL);
        waitpid(scanner, NULL, 0);
    }
    library = song_library_open();
    ScanReport report = song_library_scan(library);
    ck_assert_int_eq(report.songs, SONGS);
    ck_assert_int_eq(report.unchanged + report.read, SONGS);
    ck_assert_int_eq(report.failed, 0);
    ck_assert_int_eq(song_library_scan(library).unchanged, SONGS);
    library_close(library);
}
END_TEST

START_TEST(a_full_disk_loses_nothing_confirmed) {
    Library *library = song_library_open();
    LibrarySong song = {.id = 1, .artist = "", .genre = "", .tempo = NAN};
    const Mood nothing = {.valence = NAN, .arousal = NAN};
    Error error = {0};
    int confirmed = 0, status = 0;
    io_faults_limit_size(96 * 1024);
    while (confirmed < 10000 &&
           !(status = feedback_add(library, &song, nothing, VERDICT_LIKE, confirmed, &error)))
        confirmed++;
    io_faults_unlimit_size();
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "library.db");
    library_close(library);
    library = song_library_open();
    ck_assert_int_eq(count_events(library), confirmed);
    ck_assert_int_eq(feedback_add(library, &song, nothing, VERDICT_LIKE, 1, &error), 0);
    library_close(library);
}
END_TEST

Suite *scan_suite(void) {
    Suite *suite = suite_create("scan");
    TCase *tcase = tcase_create("scan");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, unchanged_files_are_passed_over_and_changed_ones_read_anew);
    tcase_add_test(tcase, a_moved_song_keeps_what_was_said_of_it);
    tcase_add_test(tcase, songs_that_change_places_keep_what_was_said_of_them);
    tcase_add_test(tcase, a_song_whose_file_another_takes_comes_back_with_what_was_said_of_it);
    tcase_add_test(tcase, a_moved_song_listens_to_its_new_folder);
    tcase_add_test(tcase, songs_that_are_gone_are_kept_and_come_back);
    tcase_add_test(tcase, a_folder_that_has_vanished_loses_no_songs);
    tcase_add_test(tcase, a_folder_that_may_not_be_read_is_named);
    tcase_add_test(tcase, a_folder_whose_reading_breaks_off_loses_no_songs);
    tcase_add_test(tcase, a_song_without_an_estimate_ends_no_scan);
    tcase_add_test(tcase, links_lead_to_no_song_twice);
    tcase_add_test(tcase, broken_files_and_odd_names_cost_only_themselves);
    tcase_add_test(tcase, a_file_that_hangs_costs_that_file_only);
    tcase_add_test(tcase, nothing_confirmed_is_lost_when_the_writer_is_killed);
    tcase_add_test(tcase, a_scan_that_is_killed_goes_on_where_it_was);
    tcase_add_test(tcase, a_full_disk_loses_nothing_confirmed);
    suite_add_tcase(suite, tcase);
    return suite;
}
