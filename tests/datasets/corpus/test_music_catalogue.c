/* What a folder of MIDI files is said to hold. */
#include "datasets/corpus/music_catalogue.h"

#include "tests/support/data.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>

static MusicCatalogue *open_folder(const MusicCatalogueSettings *settings) {
    Error error;
    MusicCatalogue *catalogue = music_catalogue_create(music_folder(), settings, &error);
    ck_assert_msg(catalogue != NULL, "%s", error.message);
    return catalogue;
}

static const MusicEntry *find(const MusicCatalogue *catalogue, const char *file) {
    for (int i = 0; i < catalogue->n_entries; i++)
        if (!strcmp(catalogue->entries[i].file, file))
            return &catalogue->entries[i];
    ck_abort_msg("no %s in the catalogue", file);
    return NULL;
}

START_TEST(labels_are_read_and_what_is_empty_is_unknown) {
    music_folder_add("pop/a.mid", 8, 0);
    music_folder_add("pop/deep/b.MIDI", 8, 1);
    music_folder_add("jazz/c.mid", 8, 2);
    music_folder_write("pop/labels.csv", "file,valence,arousal,quadrant,genre\n"
                                         "a.mid,1,-0.5,Q4,pop\ndeep/b.MIDI,,,,\n");
    music_folder_write("jazz/labels.csv", "file,valence,arousal,quadrant,genre\nc.mid,,,,jazz\n");
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_int_eq(catalogue->n_entries, 3);
    const MusicEntry *a = find(catalogue, "a.mid"), *b = find(catalogue, "deep/b.MIDI"),
                     *c = find(catalogue, "c.mid");
    ck_assert_float_eq(a->valence, 1);
    ck_assert_float_eq(a->arousal, -0.5f);
    ck_assert_str_eq(catalogue->genres[a->genre], "pop");
    ck_assert_str_eq(catalogue->corpora[a->corpus], "pop");
    ck_assert(isnan(b->valence) && isnan(b->arousal));
    ck_assert_int_eq(b->genre, 0);
    ck_assert_int_eq(b->corpus, a->corpus);
    ck_assert_str_eq(catalogue->genres[c->genre], "jazz");
    ck_assert_str_eq(catalogue->corpora[c->corpus], "jazz");
    ck_assert_int_eq(catalogue->n_genres, 3);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(an_empty_table_is_told) {
    music_folder_add("a.mid", 8, 0);
    static const char *const names[] = {"labels.csv", "stats.csv"}, *const texts[] = {
                                                                        "", "\xef\xbb\xbf"};
    for (int i = 0; i < 4; i++) {
        music_folder_write("labels.csv", "file\na.mid\n");
        music_folder_write(names[i / 2], texts[i % 2]);
        Error error;
        ck_assert_ptr_null(music_catalogue_create(music_folder(), NULL, &error));
        assert_contains(error.message, names[i / 2]);
        assert_contains(error.message, "an empty file");
    }
}
END_TEST

START_TEST(a_genre_that_is_called_unknown_is) {
    music_folder_add("a.mid", 8, 0);
    music_folder_add("b.mid", 8, 0);
    music_folder_write("labels.csv", "file,genre\na.mid,unknown\nb.mid,pop\n");
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_int_eq(catalogue->n_genres, 2);
    ck_assert_int_eq(find(catalogue, "a.mid")->genre, 0);
    ck_assert_int_eq(find(catalogue, "b.mid")->genre, 1);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(a_quadrant_alone_is_its_corner) {
    music_folder_write("c/labels.csv", "file,quadrant,valence,arousal\n"
                                       "1.mid,Q1\n2.mid,Q2\n3.mid,Q3\n4.mid,Q4\n5.mid,Q3,.2,.3\n");
    for (int i = 1; i <= 5; i++)
        music_folder_add(text_format("c/%d.mid", i), 8, 0);
    MusicCatalogue *catalogue = open_folder(NULL);
    static const float expected[][2] = {{1, 1}, {-1, 1}, {-1, -1}, {1, -1}, {.2f, .3f}};
    for (int i = 1; i <= 5; i++) {
        const MusicEntry *entry = find(catalogue, text_format("%d.mid", i));
        ck_assert_float_eq(entry->valence, expected[i - 1][0]);
        ck_assert_float_eq(entry->arousal, expected[i - 1][1]);
    }
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(a_bare_tree_of_files_is_a_corpus_of_unknowns) {
    music_folder_add("a.mid", 8, 0);
    music_folder_add("x/y/b.mid", 8, 0);
    music_folder_write("notes.txt", "not music");
    music_folder_write("._a.mid", "not music");
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_int_eq(catalogue->n_entries, 2);
    ck_assert_int_eq(catalogue->n_genres, 1);
    ck_assert_str_eq(catalogue->corpora[0], "music");
    ck_assert_str_eq(find(catalogue, "x/y/b.mid")->file, "x/y/b.mid");
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(labels_for_the_whole_folder_name_files_from_its_root) {
    music_folder_add("a.mid", 8, 0);
    music_folder_add("pop/b.mid", 8, 0);
    music_folder_write("pop/labels.csv", "file,valence,arousal,quadrant,genre\n");
    const char *labels = scratch_write(
        "l.csv", "file,valence,arousal,quadrant,genre\na.mid,0.5,0,,x\npop/b.mid,-1,1,,y\n");
    MusicCatalogue *catalogue = open_folder(&(MusicCatalogueSettings){.labels = labels});
    ck_assert_float_eq(find(catalogue, "a.mid")->valence, 0.5f);
    ck_assert_float_eq(find(catalogue, "b.mid")->valence, -1);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(given_splits_are_kept_and_songs_are_never_cut) {
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_write("c/stats.csv",
                       "file,song,split\na_1.mid,s,train\na_2.mid,s,val\nb.mid,t,test\n");
    music_folder_add("c/a_1.mid", 8, 0);
    music_folder_add("c/a_2.mid", 8, 0);
    music_folder_add("c/b.mid", 8, 0);
    for (int i = 0; i < 60; i++)
        music_folder_add(text_format("d/song%d_%d.mid", i / 2, i % 2), 8, 0);
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_int_eq((int)find(catalogue, "a_1.mid")->split, MUSIC_TRAIN);
    ck_assert_int_eq((int)find(catalogue, "a_2.mid")->split, MUSIC_VALIDATION);
    ck_assert_int_eq((int)find(catalogue, "b.mid")->split, MUSIC_TEST);
    int counts[4] = {0};
    for (int i = 0; i < 30; i++) {
        const MusicEntry *first = find(catalogue, text_format("d/song%d_0.mid", i));
        const MusicEntry *second = find(catalogue, text_format("d/song%d_1.mid", i));
        ck_assert_uint_eq(first->song, second->song);
        ck_assert_int_eq((int)first->split, (int)second->split);
        counts[first->split]++;
    }
    ck_assert_int_ge(counts[MUSIC_TRAIN], 18);
    ck_assert_int_ge(counts[MUSIC_VALIDATION] + counts[MUSIC_TEST], 1);
    music_catalogue_free(catalogue);
}
END_TEST

/* Without labels too: what is given must not be ignored. */
START_TEST(splits_alone_make_a_corpus) {
    for (int i = 0; i < 3; i++)
        music_folder_add(text_format("c/%c.mid", 'a' + i), 8, i);
    music_folder_write("c/stats.csv", "file,split\na.mid,test\nb.mid,val\nc.mid,train\n");
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_int_eq(catalogue->n_corpora, 2);
    static const MusicSplit splits[] = {MUSIC_TEST, MUSIC_VALIDATION, MUSIC_TRAIN};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(catalogue->entries[i].split, splits[i]);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(files_that_are_merely_numbered_are_songs_of_their_own) {
    for (int i = 0; i < 40; i++)
        music_folder_add(text_format("tune_%02d.mid", i), 8, 0);
    MusicCatalogue *catalogue = open_folder(NULL);
    int counts[4] = {0};
    for (int i = 0; i < 40; i++)
        counts[catalogue->entries[i].split]++;
    ck_assert_int_ge(counts[MUSIC_TRAIN], 25);
    ck_assert_int_ge(counts[MUSIC_VALIDATION], 1);
    ck_assert(!catalogue->entries[0].excerpt);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(a_small_folder_has_a_song_to_validate_on) {
    for (int songs = 1; songs <= 6; songs++) {
        music_folder_add(text_format("%c.mid", 'a' + songs), 8, 0);
        MusicCatalogue *catalogue = open_folder(NULL);
        int counts[4] = {0};
        for (int i = 0; i < songs; i++)
            counts[catalogue->entries[i].split]++;
        ck_assert_int_gt(counts[MUSIC_TRAIN], 0);
        ck_assert_int_eq(counts[MUSIC_VALIDATION] > 0, songs > 1);
        music_catalogue_free(catalogue);
    }
}
END_TEST

START_TEST(near_duplicates_of_another_corpus_fall_on_the_same_side) {
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_write("d/labels.csv", "file,valence,arousal,quadrant,genre\n");
    char stats[4096] = "file,near_dup\n";
    for (int i = 0; i < 40; i++) {
        music_folder_add(text_format("c/one%dx.mid", i), 8, 0);
        music_folder_add(text_format("d/other%dy.mid", i), 8, 0);
        strcat(stats, text_format("one%dx.mid,elsewhere/z.mid:0.9;d/other%dy.mid:0.51\n", i, i));
    }
    music_folder_write("c/stats.csv", stats);
    MusicCatalogue *catalogue = open_folder(NULL);
    for (int i = 0; i < 40; i++) {
        const MusicEntry *one = find(catalogue, text_format("one%dx.mid", i));
        const MusicEntry *other = find(catalogue, text_format("other%dy.mid", i));
        ck_assert_uint_eq(one->song, other->song);
        ck_assert_int_eq((int)one->split, (int)other->split);
    }
    music_catalogue_free(catalogue);
}
END_TEST

/* Songs of which one table gives the split and another, or none, says nothing. */
START_TEST(a_split_that_is_given_to_a_song_holds_for_its_other_files) {
    static const char *const splits[] = {"train", "validation", "test"};
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_write("d/labels.csv", "file,valence,arousal,quadrant,genre\n");
    char stats[4096] = "file,split,near_dup\n";
    for (int i = 0; i < 30; i++) {
        music_folder_add(text_format("c/one%dx.mid", i), 8, 0);
        music_folder_add(text_format("d/other%dy.mid", i), 8, 0);
        strcat(stats, text_format("one%dx.mid,%s,d/other%dy.mid:0.9\n", i, splits[i % 3], i));
    }
    music_folder_write("c/stats.csv", stats);
    MusicCatalogue *catalogue = open_folder(NULL);
    for (int i = 0; i < 30; i++) {
        ck_assert_int_eq((int)find(catalogue, text_format("one%dx.mid", i))->split, i % 3);
        ck_assert_int_eq((int)find(catalogue, text_format("other%dy.mid", i))->split, i % 3);
    }
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(near_duplicates_however_many_are_joined) {
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_write("d/labels.csv", "file,valence,arousal,quadrant,genre\n");
    char stats[8192] = "file,near_dup\none.mid,";
    for (int i = 0; i < 300; i++)
        strcat(stats, text_format("d/nowhere%d.mid:0.6;", i));
    music_folder_write("c/stats.csv", strcat(stats, "d/other.mid:0.6\n"));
    music_folder_add("c/one.mid", 8, 0);
    music_folder_add("d/other.mid", 8, 0);
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_uint_eq(find(catalogue, "one.mid")->song, find(catalogue, "other.mid")->song);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(phrases_are_left_out_where_their_pieces_are_there) {
    music_folder_write("v/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_add("v/labelled/a.mid", 8, 0);
    music_folder_add("v/phrases/a_0.mid", 8, 0);
    music_folder_add("w/phrases/b_0.mid", 8, 0);
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert_int_eq(catalogue->n_entries, 2);
    find(catalogue, "labelled/a.mid");
    find(catalogue, "w/phrases/b_0.mid");
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(clips_of_shared_songs_are_excerpts) {
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_write("c/stats.csv", "file,song\na.mid,s\nb.mid,s\nc.mid,t\n");
    for (int i = 0; i < 3; i++)
        music_folder_add(text_format("c/%c.mid", 'a' + i), 8, 0);
    music_folder_add("whole.mid", 8, 0);
    MusicCatalogue *catalogue = open_folder(NULL);
    ck_assert(find(catalogue, "a.mid")->excerpt);
    ck_assert(find(catalogue, "c.mid")->excerpt);
    ck_assert(!find(catalogue, "whole.mid")->excerpt);
    music_catalogue_free(catalogue);
}
END_TEST

START_TEST(a_file_of_splits_replaces_those_of_its_corpus) {
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\n");
    music_folder_add("c/a.mid", 8, 0);
    music_folder_add("c/b.mid", 8, 0);
    music_folder_add("other.mid", 8, 0);
    music_folder_write("c/official.csv", "file,split\na.mid,test\n");
    MusicCatalogue *catalogue =
        open_folder(&(MusicCatalogueSettings){.splits = scratch_path("music/c/official.csv")});
    ck_assert_int_eq((int)find(catalogue, "a.mid")->split, MUSIC_TEST);
    ck_assert_int_eq((int)find(catalogue, "b.mid")->split, MUSIC_UNSPLIT);
    ck_assert_int_ne((int)find(catalogue, "other.mid")->split, MUSIC_UNSPLIT);
    music_catalogue_free(catalogue);
}
END_TEST

static void assert_refused(const MusicCatalogueSettings *settings, const char *why) {
    Error error;
    ck_assert_ptr_null(music_catalogue_create(music_folder(), settings, &error));
    assert_contains(error.message, why);
}

START_TEST(faults_are_told_with_their_place) {
    assert_refused(NULL, "cannot list");
    music_folder_write("readme.txt", "");
    assert_refused(NULL, "no .mid or .midi file");
    music_folder_add("c/a.mid", 8, 0);
    music_folder_write("c/labels.csv", "file,valence,arousal,quadrant,genre\na.mid,2,0,Q1,pop\n");
    assert_refused(NULL, "labels.csv:2: valence '2', expected -1 … 1");
    music_folder_write("c/labels.csv", "name\na.mid\n");
    assert_refused(NULL, "labels.csv:1: no column 'file'");
    music_folder_write("c/labels.csv", "file,genre\na.mid,\"rock, hard\"\n");
    assert_refused(NULL, "labels.csv:2: genre 'rock, hard', expected one name");
    music_folder_write("c/labels.csv", "file,quadrant\na.mid,Q5\n");
    assert_refused(NULL, "labels.csv:2: quadrant 'Q5', expected Q1 … Q4");
    music_folder_write("c/labels.csv", "file,quadrant\nc/a.mid,Q1\n");
    assert_refused(NULL, "no row names a MIDI file below");
    assert_refused(NULL, "'c/a.mid'");
    music_folder_write("c/labels.csv", "file\n");
    music_folder_write("c/stats.csv", "file,split\na.mid,both\n");
    assert_refused(NULL, "stats.csv:2: split 'both'");
    music_folder_write("c/stats.csv", "filename,split\na.mid,test\n");
    assert_refused(NULL, "stats.csv:1: no column 'file'");
    music_folder_write("c/stats.csv", "file,split\nc/a.mid,test\n");
    assert_refused(NULL, "stats.csv: no row names a MIDI file below");
    music_folder_write("c/stats.csv", "file,split\na.mid,test\n");
    music_folder_write("c/official.csv", "file,split\nb.mid,test\n");
    const MusicCatalogueSettings official = {.splits = scratch_path("music/c/official.csv")};
    assert_refused(&official, "official.csv: no row names a MIDI file below");
}
END_TEST

START_TEST(the_corpora_at_hand_are_catalogued_as_their_sources_say) {
    const char *root = data_path("midi");
    if (!root)
        return;
    Error error;
    MusicCatalogue *catalogue = music_catalogue_create(root, NULL, &error);
    ck_assert_msg(catalogue != NULL, "%s", error.message);
    int emopia = 0, tests = 0, phrases = 0;
    for (int i = 0; i < catalogue->n_entries; i++) {
        const MusicEntry *entry = &catalogue->entries[i];
        bool here = !strcmp(catalogue->corpora[entry->corpus], "emopia");
        emopia += here && entry->excerpt && !isnan(entry->valence);
        tests += here && entry->split == MUSIC_TEST;
        phrases += strstr(entry->path, "/phrases/") != NULL;
    }
    ck_assert_int_eq(emopia, 1078);
    ck_assert_int_eq(tests, 88);
    ck_assert_int_eq(phrases, 0);
    music_catalogue_free(catalogue);
}
END_TEST

Suite *music_catalogue_suite(void) {
    Suite *suite = suite_create("music_catalogue");
    TCase *tcase = tcase_create("music_catalogue");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, labels_are_read_and_what_is_empty_is_unknown);
    tcase_add_test(tcase, an_empty_table_is_told);
    tcase_add_test(tcase, a_genre_that_is_called_unknown_is);
    tcase_add_test(tcase, a_quadrant_alone_is_its_corner);
    tcase_add_test(tcase, a_bare_tree_of_files_is_a_corpus_of_unknowns);
    tcase_add_test(tcase, labels_for_the_whole_folder_name_files_from_its_root);
    tcase_add_test(tcase, given_splits_are_kept_and_songs_are_never_cut);
    tcase_add_test(tcase, splits_alone_make_a_corpus);
    tcase_add_test(tcase, files_that_are_merely_numbered_are_songs_of_their_own);
    tcase_add_test(tcase, a_small_folder_has_a_song_to_validate_on);
    tcase_add_test(tcase, near_duplicates_of_another_corpus_fall_on_the_same_side);
    tcase_add_test(tcase, a_split_that_is_given_to_a_song_holds_for_its_other_files);
    tcase_add_test(tcase, near_duplicates_however_many_are_joined);
    tcase_add_test(tcase, phrases_are_left_out_where_their_pieces_are_there);
    tcase_add_test(tcase, clips_of_shared_songs_are_excerpts);
    tcase_add_test(tcase, a_file_of_splits_replaces_those_of_its_corpus);
    tcase_add_test(tcase, faults_are_told_with_their_place);
    tcase_add_test(tcase, the_corpora_at_hand_are_catalogued_as_their_sources_say);
    suite_add_tcase(suite, tcase);
    return suite;
}
