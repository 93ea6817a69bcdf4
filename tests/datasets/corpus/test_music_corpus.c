/* Folders of MIDI files as cached tokens. */
#include "datasets/corpus/music_corpus.h"

#include "datasets/music/midi.h"
#include "datasets/music/music_encode.h"
#include "nn/base/checksum.h"
#include "nn/base/threads.h"
#include "nn/io/file.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <utime.h>

static void fill_folder(void) {
    for (int i = 0; i < 12; i++)
        music_folder_add(text_format("p%d.mid", i), 16 + i, i);
}

static MusicCorpus *open_corpus(const char *cache) {
    Error error;
    MusicCorpus *corpus =
        music_corpus_open(music_folder(), &(MusicCorpusSettings){.cache = cache}, &error);
    ck_assert_msg(corpus != NULL, "%s", error.message);
    return corpus;
}

static void assert_same_pieces(const MusicCorpus *a, const MusicCorpus *b) {
    ck_assert_int_eq(a->n_pieces, b->n_pieces);
    ck_assert_uint_eq(a->checksum, b->checksum);
    for (int i = 0; i < a->n_pieces; i++) {
        ck_assert_int_eq(a->pieces[i].count, b->pieces[i].count);
        ck_assert_mem_eq(a->pieces[i].tokens, b->pieces[i].tokens, (size_t)a->pieces[i].count * 2);
    }
}

START_TEST(other_names_of_midi_files_and_repairs_are_taken_and_counted) {
    fill_folder();
    music_folder_add("sung.KAR.mid", 16, 3);
    ck_assert_int_eq(rename(scratch_path("music/sung.KAR.mid"), scratch_path("music/sung.KAR")), 0);
    size_t size;
    unsigned char *bytes = file_bytes(scratch_path("music/p3.mid"), &size);
    FILE *longer = fopen(scratch_path("music/faulty.MID"), "wb");
    fwrite(bytes, 1, size, longer);
    fputs("stray", longer);
    fclose(longer);
    free(bytes);
    const char *cache = scratch_path("cache");
    for (int again = 0; again < 2; again++) {
        MusicCorpus *corpus = open_corpus(cache);
        ck_assert_int_eq(corpus->n_pieces, 14);
        ck_assert_int_eq(corpus->n_repaired, 1);
        ck_assert_int_eq(corpus->from_cache, again);
        music_corpus_free(corpus);
    }
}
END_TEST

START_TEST(pieces_hold_the_tokens_of_their_files) {
    fill_folder();
    MusicCorpus *corpus = open_corpus(NULL);
    ck_assert_int_eq(corpus->n_pieces, 12);
    long long total = 0;
    for (int i = 0; i < corpus->n_pieces; i++) {
        const MusicEncodeSettings settings = {.trim = true};
        uint16_t *tokens;
        int count;
        Song *song = midi_read(corpus->pieces[i].entry->path, NULL);
        ck_assert_int_eq(music_encode(song, &settings, &tokens, &count, NULL), 0);
        ck_assert_int_eq(corpus->pieces[i].count, count);
        ck_assert_mem_eq(corpus->pieces[i].tokens, tokens, (size_t)count * 2);
        total += count;
        free(tokens);
        song_free(song);
    }
    ck_assert_int_eq(corpus->n_tokens, total);
    music_corpus_free(corpus);
}
END_TEST

START_TEST(the_checksum_tells_other_labels) {
    static const char *const labels[] = {"file,valence,arousal\np3.mid,1,1\n",
                                         "file,valence,arousal\np3.mid,1,-1\n",
                                         "file,genre\np3.mid,polka\n", "file\n"};
    enum { LABELS = sizeof labels / sizeof *labels };
    uint64_t checksums[LABELS];
    fill_folder();
    for (int i = 0; i < LABELS; i++) {
        music_folder_write("labels.csv", labels[i]);
        MusicCorpus *corpus = open_corpus(scratch_path("tokens.cache"));
        ck_assert_int_eq(corpus->from_cache, i > 0);
        checksums[i] = corpus->checksum;
        for (int before = 0; before < i; before++)
            ck_assert_uint_ne(checksums[before], checksums[i]);
        music_corpus_free(corpus);
    }
}
END_TEST

static void count_temporary_files(void *context, int done, int total) {
    int *most = context, now = scratch_count();
    (void)done, (void)total;
    *most = now > *most ? now : *most;
}

START_TEST(reading_without_a_cache_leaves_nothing_when_it_is_interrupted) {
    if (!scratch_has_nameless_files())
        return;
    fill_folder();
    int before = scratch_count(), most = 0;
    ck_assert_int_eq(setenv("TMPDIR", scratch_path("."), 1), 0);
    MusicCorpusSettings settings = {.progress = count_temporary_files, .progress_context = &most};
    MusicCorpus *corpus = music_corpus_open(music_folder(), &settings, NULL);
    ck_assert_ptr_nonnull(corpus);
    ck_assert_int_eq(most, before);
    ck_assert_int_eq(scratch_count(), before);
    music_corpus_free(corpus);
}
END_TEST

START_TEST(the_cache_is_used_again_until_a_file_changes) {
    fill_folder();
    const char *cache = scratch_path("tokens.cache");
    MusicCorpus *first = open_corpus(cache), *second = open_corpus(cache);
    ck_assert(!first->from_cache);
    ck_assert(second->from_cache);
    assert_same_pieces(first, second);
    music_corpus_free(second);
    music_folder_add("p3.mid", 99, 0);
    second = open_corpus(cache);
    ck_assert(!second->from_cache);
    ck_assert_uint_ne(first->checksum, second->checksum);
    music_corpus_free(second);
    music_folder_add("p3.mid", 99, 1); /* the same size, maybe in the same second */
    second = open_corpus(cache);
    ck_assert(!second->from_cache);
    music_corpus_free(second);
    utime(scratch_path("music/p4.mid"), &(struct utimbuf){1, 1});
    second = open_corpus(cache);
    ck_assert(!second->from_cache);
    music_corpus_free(second);
    music_corpus_free(first);
}
END_TEST

START_TEST(a_damaged_cache_is_written_anew) {
    fill_folder();
    const char *cache = scratch_path("tokens.cache");
    MusicCorpus *sound = open_corpus(cache);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(file_read(cache, 1 << 20, &bytes, &size, NULL), 0);
    for (size_t at = 0; at < size; at += 41) {
        bytes[at] ^= 1;
        scratch_write_bytes("damaged.cache", bytes, size);
        bytes[at] ^= 1;
        MusicCorpus *corpus = open_corpus(scratch_path("damaged.cache"));
        ck_assert_msg(!corpus->from_cache, "byte %zu", at);
        assert_same_pieces(sound, corpus);
        music_corpus_free(corpus);
    }
    for (size_t cut = 0; cut < size; cut += 331) {
        scratch_write_bytes("damaged.cache", bytes, cut);
        MusicCorpus *corpus = open_corpus(scratch_path("damaged.cache"));
        ck_assert(!corpus->from_cache);
        music_corpus_free(corpus);
    }
    free(bytes);
    music_corpus_free(sound);
}
END_TEST

/* The header of the cache is eight numbers, the last of them the checksum of what follows. */
START_TEST(a_forged_cache_is_written_anew) {
    enum { N_FILES = 3, N_TOKENS = 4, CHECKSUM = 7, HEADER = 8 };
    fill_folder();
    const char *cache = scratch_path("tokens.cache");
    MusicCorpus *sound = open_corpus(cache);
    unsigned char *bytes;
    size_t size;
    ck_assert_int_eq(file_read(cache, 1 << 20, &bytes, &size, NULL), 0);
    uint64_t *words = (uint64_t *)bytes;
    uint64_t *row = words + HEADER + (2 * words[N_TOKENS] + 7) / 8;
    uint64_t *const places[] = {&row[0], &row[1], &row[2 * words[N_FILES] - 2], words + HEADER};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        uint64_t before = *places[i];
        *places[i] = UINT64_MAX - 3 * i;
        Checksum checksum = {0};
        checksum_add(&checksum, words + HEADER, size - HEADER * sizeof *words);
        words[CHECKSUM] = checksum_end(&checksum);
        scratch_write_bytes("forged.cache", bytes, size);
        MusicCorpus *corpus = open_corpus(scratch_path("forged.cache"));
        ck_assert_msg(!corpus->from_cache, "place %zu", i);
        assert_same_pieces(sound, corpus);
        music_corpus_free(corpus);
        *places[i] = before;
    }
    free(bytes);
    music_corpus_free(sound);
}
END_TEST

START_TEST(the_checksum_does_not_tell_where_the_files_lie) {
    fill_folder();
    music_folder_write("broken.mid", "MThd and no more");
    Error error;
    MusicCorpus *here = open_corpus(NULL);
    ck_assert_int_eq(mkdir(scratch_path("deeper"), 0700), 0);
    ck_assert_int_eq(rename(music_folder(), scratch_path("deeper/music")), 0);
    MusicCorpus *there =
        music_corpus_open(scratch_path("deeper/music"), &(MusicCorpusSettings){0}, &error);
    ck_assert_msg(there != NULL, "%s", error.message);
    ck_assert_int_eq(here->n_failures, 1);
    ck_assert_str_ne(here->failures[0], there->failures[0]);
    assert_same_pieces(here, there);
    music_corpus_free(here);
    music_corpus_free(there);
}
END_TEST

START_TEST(broken_files_are_listed_and_the_rest_is_read) {
    fill_folder();
    music_folder_write("broken.mid", "MThd and no more");
    music_folder_write("empty.mid", "");
    const char *cache = scratch_path("tokens.cache");
    for (int again = 0; again < 2; again++) {
        MusicCorpus *corpus = open_corpus(cache);
        ck_assert_int_eq(corpus->n_pieces, 12);
        ck_assert_int_eq(corpus->n_failures, 2);
        assert_contains(corpus->failures[0], "broken.mid: byte");
        assert_contains(corpus->failures[1], "empty.mid: byte 0: not a MIDI file");
        ck_assert(corpus->from_cache == again);
        music_corpus_free(corpus);
    }
}
END_TEST

START_TEST(files_left_out_are_listed_in_a_file) {
    Error error = {""};
    BadInputs bad;
    fill_folder();
    music_folder_write("broken.mid", "MThd and no more");
    music_folder_write("empty.mid", "");
    const char *list = scratch_path("bad.txt");
    ck_assert_int_eq(bad_inputs_begin(&bad, true, list, &error), 0);
    MusicCorpus *corpus =
        music_corpus_open(music_folder(), &(MusicCorpusSettings){.bad = &bad}, &error);
    ck_assert_msg(corpus, "%s", error.message);
    music_corpus_free(corpus);
    ck_assert_int_eq(bad_inputs_end(&bad, 0, &error), 0);
    char *text = (char *)file_bytes(list, NULL);
    assert_contains(text, "broken.mid: byte");
    assert_contains(text, "empty.mid: byte 0: not a MIDI file");
    free(text);
}
END_TEST

START_TEST(a_folder_of_broken_files_alone_is_refused) {
    Error error;
    music_folder_write("broken.mid", "no music");
    ck_assert_ptr_null(music_corpus_open(music_folder(), NULL, &error));
    assert_contains(error.message, "none of 1 MIDI files could be read; the first:");
    assert_contains(error.message, "broken.mid");
}
END_TEST

START_TEST(any_number_of_threads_writes_the_same_cache) {
    fill_folder();
    unsigned char *bytes[2];
    size_t sizes[2];
    for (int i = 0; i < 2; i++) {
        const char *cache = scratch_path(text_format("%d.cache", i));
        threads_use(i ? 3 : 1);
        music_corpus_free(open_corpus(cache));
        ck_assert_int_eq(file_read(cache, 1 << 20, &bytes[i], &sizes[i], NULL), 0);
    }
    ck_assert_uint_eq(sizes[0], sizes[1]);
    ck_assert_mem_eq(bytes[0], bytes[1], sizes[0]);
    free(bytes[0]);
    free(bytes[1]);
}
END_TEST

START_TEST(a_cache_that_cannot_be_written_is_told) {
    Error error;
    fill_folder();
    MusicCorpusSettings settings = {.cache = scratch_path("missing/tokens.cache")};
    ck_assert_ptr_null(music_corpus_open(music_folder(), &settings, &error));
    assert_contains(error.message, "missing/tokens.cache");
}
END_TEST

static void count_progress(void *context, int done, int total) {
    int *last = context;
    ck_assert_int_ge(done, *last);
    ck_assert_int_eq(total, 12);
    *last = done;
}

START_TEST(progress_is_told_up_to_the_last_file) {
    Error error;
    int last = 0;
    fill_folder();
    MusicCorpusSettings settings = {.progress = count_progress, .progress_context = &last};
    music_corpus_free(music_corpus_open(music_folder(), &settings, &error));
    ck_assert_int_eq(last, 12);
}
END_TEST

Suite *music_corpus_suite(void) {
    Suite *suite = suite_create("music_corpus");
    TCase *tcase = tcase_create("music_corpus");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, other_names_of_midi_files_and_repairs_are_taken_and_counted);
    tcase_add_test(tcase, pieces_hold_the_tokens_of_their_files);
    tcase_add_test(tcase, the_checksum_tells_other_labels);
    tcase_add_test(tcase, reading_without_a_cache_leaves_nothing_when_it_is_interrupted);
    tcase_add_test(tcase, the_cache_is_used_again_until_a_file_changes);
    tcase_add_test(tcase, a_damaged_cache_is_written_anew);
    tcase_add_test(tcase, a_forged_cache_is_written_anew);
    tcase_add_test(tcase, the_checksum_does_not_tell_where_the_files_lie);
    tcase_add_test(tcase, broken_files_are_listed_and_the_rest_is_read);
    tcase_add_test(tcase, files_left_out_are_listed_in_a_file);
    tcase_add_test(tcase, a_folder_of_broken_files_alone_is_refused);
    tcase_add_test(tcase, any_number_of_threads_writes_the_same_cache);
    tcase_add_test(tcase, a_cache_that_cannot_be_written_is_told);
    tcase_add_test(tcase, progress_is_told_up_to_the_last_file);
    suite_add_tcase(suite, tcase);
    return suite;
}
