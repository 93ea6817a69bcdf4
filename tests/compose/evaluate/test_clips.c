#include "compose/evaluate/clips.h"

#include "datasets/corpus/synthetic_music.h"
#include "tests/support/music_models.h"
#include "tests/support/scratch.h"

#include <check.h>
#include <math.h>
#include <omp.h>
#include <string.h>

static Clips generate(const MusicModel *model, int threads) {
    ComposerSettings settings = composer_defaults;
    settings.seconds = 4;
    settings.openings = 1;
    settings.seed = 7;
    Progress silent = progress_start(true, 0);
    Clips clips;
    Error error;
    omp_set_num_threads(threads);
    ck_assert_msg(!clips_generate(model, NULL, &settings, 2, &clips, &silent, &error), "%s",
                  error.message);
    return clips;
}

START_TEST(threads_change_no_clip) {
    MusicModel *model = music_model_untrained(5);
    Clips one = generate(model, 1), three = generate(model, 3);
    ck_assert_int_eq(one.count, 2 * MUSIC_QUADRANTS);
    ck_assert_int_eq(three.count, one.count);
    for (int i = 0; i < one.count; i++) {
        const Clip *a = &one.list[i], *b = &three.list[i];
        ck_assert_int_eq((int)a->quadrant, i % MUSIC_QUADRANTS);
        ck_assert_int_eq((int)b->quadrant, (int)a->quadrant);
        ck_assert_int_eq(b->count, a->count);
        ck_assert_mem_eq(b->tokens, a->tokens, (size_t)a->count * sizeof *a->tokens);
        ck_assert_mem_eq(b->features, a->features, sizeof a->features);
    }
    /* Of one quadrant there are two pieces, not one twice. */
    ck_assert(one.list[0].count != one.list[4].count ||
              memcmp(one.list[0].tokens, one.list[4].tokens,
                     (size_t)one.list[0].count * sizeof *one.list[0].tokens) != 0);
    clips_free(&one);
    clips_free(&three);
    music_model_destroy(model);
}
END_TEST

START_TEST(real_clips_are_the_labelled_ones_and_no_longer_than_asked) {
    Error error;
    MusicCorpus *corpus = synthetic_music_corpus(12, 1, &error);
    ck_assert_msg(corpus != NULL, "%s", error.message);
    MusicEntry unknown = *corpus->pieces[3].entry;
    unknown.arousal = NAN;
    corpus->pieces[3].entry = &unknown;
    Clips whole, starts;
    ck_assert(!clips_of_corpus(corpus, 0, 0, &whole, &error));
    ck_assert(!clips_of_corpus(corpus, 0, 10, &starts, &error));
    ck_assert_int_eq(whole.count, 11);
    ck_assert_int_eq(starts.count, 11);
    for (int i = 0; i < 11; i++) {
        const MusicEntry *entry = starts.list[i].entry;
        ck_assert_ptr_eq(entry, whole.list[i].entry);
        ck_assert_int_eq((int)starts.list[i].quadrant,
                         (int)music_quadrant(entry->valence, entry->arousal));
        const Song *all = whole.list[i].song, *start = starts.list[i].song;
        int begun = 0;
        while (begun < all->n_notes && all->notes[begun].start < 10 - 1e-3)
            begun++;
        ck_assert_double_gt(all->seconds, 10);
        ck_assert_double_le(start->seconds, 10 + 1e-3);
        ck_assert_int_eq(start->n_notes, begun);
    }
    clips_free(&whole);
    clips_free(&starts);
    music_corpus_free(corpus);
}
END_TEST

Suite *clips_suite(void) {
    Suite *suite = suite_create("clips");
    TCase *tcase = tcase_create("sets");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, threads_change_no_clip);
    tcase_add_test(tcase, real_clips_are_the_labelled_ones_and_no_longer_than_asked);
    suite_add_tcase(suite, tcase);
    return suite;
}
