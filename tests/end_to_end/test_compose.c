#include "compose/sound/soundfont.h"
#include "datasets/audio/audio_write.h"
#include "datasets/faces/emotion.h"
#include "datasets/music/midi.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/music_models.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

static const char *model;

static void setup(void) {
    scratch_create();
    music_model_destroy(music_model_untrained(31));
    model = scratch_path("music.safetensors");
}

START_TEST(all_writes_seven_pieces_and_their_pictures) {
    const char *folder = scratch_path("out");
    Program run = affekt("compose", "--emotion", "all", "--seconds", "8", "--png", "--model", model,
                         "--seed", "5", "--json", "-o", folder);
    program_assert(&run, EXIT_DONE);
    json_t *result = json_loads(run.output, 0, NULL);
    ck_assert_ptr_nonnull(result);
    const json_t *pieces = json_object_get(result, "pieces");
    ck_assert_int_eq(json_array_size(pieces), EMOTION_COUNT);
    for (int e = 0; e < EMOTION_COUNT; e++) {
        Error error;
        Song *song = midi_read(scratch_path(text_format("out/%s.mid", emotions[e].name)), &error);
        ck_assert_msg(song != NULL, "%s", error.message);
        const json_t *piece = json_array_get(pieces, (size_t)e);
        ck_assert_int_eq(json_integer_value(json_object_get(piece, "notes")), song->n_notes);
        ck_assert_str_eq(json_string_value(json_object_get(piece, "emotion")), emotions[e].name);
        ck_assert_int_eq(json_integer_value(json_object_get(piece, "seed")), 5);
        ck_assert(fabs(song->seconds - 8) < 4.1);
        ck_assert(file_exists(scratch_path(text_format("out/%s.png", emotions[e].name))));
        song_free(song);
    }
    json_decref(result);
    program_free(&run);
}
END_TEST

START_TEST(same_seed_same_bytes_for_any_threads) {
    static const char *const threads[] = {"1", "2", "3"};
    for (int i = 0; i < 3; i++) {
        Program run =
            affekt("compose", "--emotion", "sad", "--seconds", "10", "--seed", "7", "--model",
                   model, "--threads", threads[i], "-o", scratch_path(text_format("%d.mid", i)));
        program_assert(&run, EXIT_DONE);
        program_free(&run);
        assert_same_file(scratch_path("0.mid"), scratch_path(text_format("%d.mid", i)));
    }
    Program run = affekt("compose", "--emotion", "all", "--seconds", "10", "--seed", "7", "--model",
                         model, "-o", scratch_path("all"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_file(scratch_path("0.mid"), scratch_path("all/sad.mid"));
}
END_TEST

START_TEST(keys_are_spelt_as_musicians_spell_them) {
    static const struct {
        const char *text;
        int tonic;
        bool minor;
    } keys[] = {{"C", 0, false},   {"f#m", 6, true},  {"Bb Minor", 10, true}, {"CM", 0, false},
                {"Cb", 11, false}, {"B##", 1, false}, {"E MAJOR", 4, false},  {"g# min", 8, true}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *path = scratch_path("key.mid");
        Program run = affekt("compose", "--emotion", "calm", "--seconds", "2", "--key",
                             keys[i].text, "--openings", "1", "--model", model, "-o", path);
        program_assert(&run, EXIT_DONE);
        program_free(&run);
        Song *song = midi_read(path, NULL);
        ck_assert_int_eq(song->keys[0].tonic, keys[i].tonic);
        ck_assert(song->keys[0].minor == keys[i].minor);
        song_free(song);
    }
}
END_TEST

START_TEST(a_piece_is_continued) {
    Program run =
        affekt("compose", "--emotion", "happy", "--seconds", "12", "--key", "Bb minor", "--tempo",
               "120", "--meter", "4/4", "--model", model, "-o", scratch_path("first.mid"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    run = affekt("compose", "--emotion", "happy", "--seconds", "30", "--prime",
                 scratch_path("first.mid"), "--model", model, "-o", scratch_path("second.mid"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    Song *first = midi_read(scratch_path("first.mid"), NULL),
         *second = midi_read(scratch_path("second.mid"), NULL);
    ck_assert_int_eq(first->keys[0].tonic, 10);
    ck_assert(first->keys[0].minor);
    ck_assert_int_gt(second->n_notes, first->n_notes);
    for (int i = 0; i < first->n_notes; i++)
        ck_assert_int_eq(first->notes[i].pitch, second->notes[i].pitch);
    song_free(first);
    song_free(second);
    run = affekt("compose", "--emotion", "happy", "--seconds", "12", "--prime",
                 scratch_path("first.mid"), "--model", model, "-o", scratch_path("third.mid"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "too few");
    program_free(&run);
}
END_TEST

/* How many notes of a begin before `end` seconds; they must be b's first. */
static int common_beginning(const Song *a, const Song *b, double end) {
    int n = 0;
    for (; n < a->n_notes && a->notes[n].start < end; n++)
        ck_assert_int_eq(a->notes[n].pitch, b->notes[n].pitch);
    return n;
}

START_TEST(a_part_of_a_piece_is_continued) {
    static const char *const parts[][2] = {{"--prime-bars", "2"}, {"--prime-seconds", "4"}};
    Program run =
        affekt("compose", "--emotion", "happy", "--seconds", "16", "--tempo", "120", "--meter",
               "4/4", "--model", model, "--seed", "5", "-o", scratch_path("first.mid"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    Song *first = midi_read(scratch_path("first.mid"), NULL);
    for (int i = 0; i < 2; i++) {
        const char *path = scratch_path(text_format("%d.mid", i));
        run = affekt("compose", "--emotion", "sad", "--seconds", "16", "--seed", "6", "--model",
                     model, "--prime", scratch_path("first.mid"), parts[i][0], parts[i][1], "-o",
                     path);
        program_assert(&run, EXIT_DONE);
        program_free(&run);
        Song *second = midi_read(path, NULL);
        int kept = common_beginning(first, second, 3.95);
        ck_assert_int_gt(kept, 4);
        bool same = first->n_notes == second->n_notes; /* the rest is new */
        for (int n = kept; n < first->n_notes && same; n++)
            same = first->notes[n].pitch == second->notes[n].pitch;
        ck_assert(!same);
        song_free(second);
    }
    song_free(first);
}
END_TEST

/* Also where nobody typed its name: the emotion's, in a folder. */
START_TEST(the_piece_that_is_continued_is_not_replaced) {
    Program run =
        program_run((const char *[]){"compose", "happy", "--bars", "8", "--ensemble", "chiptune",
                                     "--seed", "1", "-o", scratch_path("in/happy.mid"), NULL});
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    size_t size, after;
    unsigned char *before = file_bytes(scratch_path("in/happy.mid"), &size);
    run = program_run((const char *[]){"compose", "happy", "--prime", scratch_path("in/happy.mid"),
                                       "--bars", "16", "-o", scratch_path("in/"), NULL});
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "would take the place of");
    program_free(&run);
    unsigned char *now = file_bytes(scratch_path("in/happy.mid"), &after);
    ck_assert_uint_eq(size, after);
    ck_assert_mem_eq(before, now, size);
    free(before);
    free(now);
}
END_TEST

START_TEST(sound_is_rendered_or_refused_in_clear_words) {
    Program run = affekt("compose", "--valence", "0.5", "--arousal", "-0.5", "--seconds", "3",
                         "--wav", "--soundfont", "/nowhere/none.sf2", "--model", model, "-o",
                         scratch_path("quiet.mid"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "none.sf2");
    ck_assert(!file_exists(scratch_path("quiet.mid")));
    program_free(&run);
}
END_TEST

/* In the folder that the test may write into, as the names are relative. */
START_TEST(names_that_nobody_typed_are_made_up) {
    char here[4096];
    const char *program = program_path();
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    char *absolute = realpath(program, NULL);
    ck_assert_ptr_nonnull(absolute);
    static const struct {
        const char *words, *file;
    } cases[] = {
        {"happy", "happy.mid"},
        {"-e sad", "sad.mid"},
        {"angry -o new", "new/angry.mid"},
        {"angry -o there/", "there/angry.mid"},
        {"fear -o deep/er/x.mid", "deep/er/x.mid"},
        {"calm -o x.mid --count 2", "x-2.mid"},
        {"--valence 1 --arousal 0", "music.mid"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *command = text_format(
            "cd '%s' && '%s' compose %s --seconds 2 --openings 1 --model '%s' >out 2>&1",
            scratch_path(""), absolute, cases[i].words, model);
        ck_assert_msg(!system(command), "%s", command);
        ck_assert_msg(file_exists(scratch_path(cases[i].file)), "%s", cases[i].file);
        char *words = (char *)file_bytes(scratch_path("out"), NULL);
        assert_contains(words, cases[i].file);
        free(words);
    }
    free(absolute);
}
END_TEST

/* Each time another piece, that can be had again by what was told. */
START_TEST(a_seed_is_drawn_told_and_kept) {
    uint64_t seeds[2];
    for (int i = 0; i < 2; i++) {
        const char *path = scratch_path(text_format("%d.mid", i));
        Program run = affekt("compose", "sad", "--seconds", "4", "--model", model, "-o", path);
        program_assert(&run, EXIT_DONE);
        Song *song = midi_read(path, NULL);
        seeds[i] = song->seed;
        ck_assert_uint_gt(song->seed, 0);
        assert_contains(run.output, text_format("; seed %d,", (int)song->seed));
        song_free(song);
        program_free(&run);
    }
    ck_assert_uint_ne(seeds[0], seeds[1]);
    Program run = affekt("compose", "sad", "--seconds", "4", "--model", model, "--seed",
                         text_format("%d", (int)seeds[1]), "-o", scratch_path("again.mid"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    assert_same_file(scratch_path("1.mid"), scratch_path("again.mid"));
}
END_TEST

START_TEST(wrong_wishes_are_wrong_usage) {
    static const char *const wrong[][8] = {
        {"--emotion", "bored"},
        {"--emotion", "happy", "--valence", "1"},
        {"--valence", "1"},
        {"--emotion", "happy", "--key", "H"},
        {"--emotion", "happy", "--key", "Cbbb"},
        {"--emotion", "all"},
        {"--emotion", "happy", "--meter", "13/4"},
        {"--emotion", "happy", "--grid", "performed", "--bars", "8"},
        {"--emotion", "happy", "--prime", "x.mid", "--key", "C"},
        {"--emotion", "happy", "--style", "performed", "--loop"},
        {"--emotion", "happy", "--loop", "--bars", "1"},
        {"--emotion", "happy", "--style", "arranged", "--harmonize", "x.mid", "--loop"},
        {"--emotion", "happy", "--style", "arranged", "--harmonize", "x.mid", "--key", "C"},
        {"--emotion", "happy", "--style", "arranged", "--ensemble", "choir"},
        {"--emotion", "happy", "--meter", "7/8"},
        {"--emotion", "happy", "--prime-bars", "4"},
        {"--emotion", "happy", "--prime", "README.md", "-o", "./README.md"},
        {"--emotion", "happy", "--audio", "flac", "--wav"},
        {"--emotion", "happy", "--library", "a.db"},
        {"--emotion", "happy", "--prime", "x.mid", "--prime-bars", "4", "--prime-seconds", "4"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *words[16] = {"compose", "-o", scratch_path("x.mid")};
        for (int w = 0; w < 8 && wrong[i][w]; w++)
            words[3 + w] = wrong[i][w];
        Program run = program_run(words);
        program_assert(&run, EXIT_USAGE);
        program_free(&run);
    }
}
END_TEST

/* What was asked for, and whether the piece has bars and several parts. */
START_TEST(music_is_arranged_unless_something_else_is_wanted) {
    const struct {
        const char *words[4];
        bool arranged;
    } cases[] = {{{"--genre", "jazz"}, true},
                 {{"--model", model}, false},
                 {{"--style", "performed", "--openings", "1"}, false},
                 {{"--grid", "performed", "--openings", "1"}, false},
                 {{"--style", "performed", "--model", model}, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = scratch_path("x.mid");
        const char *words[16] = {"compose", "happy", "--seconds", "6", "--seed", "3", "-o", path};
        for (int w = 0; w < 4 && cases[i].words[w]; w++)
            words[8 + w] = cases[i].words[w];
        Program run = program_run(words);
        program_assert(&run, EXIT_DONE);
        program_free(&run);
        Song *song = midi_read(path, NULL);
        int parts = 0;
        for (int n = 0; n < song->n_notes; n++)
            parts |= 1 << song->notes[n].channel;
        ck_assert_msg((parts > 1) == cases[i].arranged, "%s", cases[i].words[0]);
        if (cases[i].arranged)
            ck_assert_int_eq(song->grid, SONG_GRID_METRIC);
        song_free(song);
    }
    Program run = affekt("compose", "happy", "--style", "arranged", "--model", model, "-o",
                         scratch_path("y.mid"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "not a model of lead sheets");
    program_free(&run);
}
END_TEST

START_TEST(a_format_that_cannot_be_written_is_refused_before_composing) {
    const char *odd = scratch_path("piece.voc");
    Program run = affekt("compose", "--emotion", "happy", "--model", model, "-o", odd);
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "piece.voc' is the piece's name and must end in .mid");
    ck_assert(!file_exists(odd));
    program_free(&run);
    run = affekt("compose", "--emotion", "happy", "--model", model, "--audio", "voc");
    program_assert(&run, EXIT_USAGE);
    assert_contains(run.diagnostics, "wav, flac, ogg");
    program_free(&run);
}
END_TEST

START_TEST(the_ending_of_the_name_says_what_is_written) {
    Program run = affekt("compose", "sad", "--seconds", "20", "--ensemble", "band", "-o",
                         scratch_path("a.musicxml"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    char *score = (char *)file_bytes(scratch_path("a.musicxml"), NULL);
    assert_contains(score, "<part-name>Drums</part-name>");
    assert_contains(score, "<harmony>");
    free(score);
    char font[SOUNDFONT_PATH];
    if (audio_write_check("a.flac", NULL) || soundfont_find(NULL, font, NULL))
        return;
    run = affekt("compose", "sad", "--seconds", "6", "--model", model, "--audio", "ogg", "-o",
                 scratch_path("b.flac"));
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    unsigned char *sound = file_bytes(scratch_path("b.flac"), NULL);
    ck_assert_mem_eq(sound, "fLaC", 4);
    free(sound);
    sound = file_bytes(scratch_path("b.ogg"), NULL);
    ck_assert_mem_eq(sound, "OggS", 4);
    free(sound);
    ck_assert(!file_exists(scratch_path("b.mid")));
}
END_TEST

START_TEST(unknown_genre_names_the_known_ones) {
    Program run = affekt("compose", "--emotion", "happy", "--genre", "polka", "--model", model,
                         "-o", scratch_path("x.mid"));
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "unknown, pop, folk");
    program_free(&run);
}
END_TEST

Suite *compose_suite(void) {
    Suite *suite = suite_create("compose");
    TCase *program = tcase_create("program");
    tcase_add_checked_fixture(program, setup, scratch_remove);
    tcase_set_timeout(program, 120);
    tcase_add_test(program, all_writes_seven_pieces_and_their_pictures);
    tcase_add_test(program, same_seed_same_bytes_for_any_threads);
    tcase_add_test(program, keys_are_spelt_as_musicians_spell_them);
    tcase_add_test(program, a_piece_is_continued);
    tcase_add_test(program, a_part_of_a_piece_is_continued);
    tcase_add_test(program, the_piece_that_is_continued_is_not_replaced);
    tcase_add_test(program, sound_is_rendered_or_refused_in_clear_words);
    tcase_add_test(program, names_that_nobody_typed_are_made_up);
    tcase_add_test(program, a_seed_is_drawn_told_and_kept);
    tcase_add_test(program, wrong_wishes_are_wrong_usage);
    tcase_add_test(program, music_is_arranged_unless_something_else_is_wanted);
    tcase_add_test(program, a_format_that_cannot_be_written_is_refused_before_composing);
    tcase_add_test(program, the_ending_of_the_name_says_what_is_written);
    tcase_add_test(program, unknown_genre_names_the_known_ones);
    suite_add_tcase(suite, program);
    return suite;
}
