#include "compose/write/sampler.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>

enum { N = 6 };
static const uint8_t all[N] = {1, 1, 1, 1, 1, 1};

START_TEST(what_is_forbidden_is_never_drawn) {
    const float logits[N] = {9, 8, 7, 1, 1, 1};
    const uint8_t allowed[N] = {0, 0, 0, 1, 0, 1};
    const SamplerSettings settings = {.temperature = 1, .top_p = 1, .guidance = 1};
    for (int i = 0; i < 100; i++) {
        int token = sampler_draw(&settings, logits, allowed, N, (float)i / 100);
        ck_assert_int_eq(token, i < 50 ? 3 : 5);
    }
}
END_TEST

START_TEST(shares_are_the_softmax) {
    const float logits[N] = {logf(1), logf(2), logf(3), logf(4), -INFINITY, logf(10)};
    const SamplerSettings settings = {.temperature = 1, .top_p = 1, .guidance = 1};
    int seen[N] = {0};
    for (int i = 0; i < 2000; i++)
        seen[sampler_draw(&settings, logits, all, N, (float)i / 2000)]++;
    const int expected[N] = {100, 200, 300, 400, 0, 1000};
    for (int i = 0; i < N; i++)
        ck_assert_int_le(abs(seen[i] - expected[i]), 1);
}
END_TEST

START_TEST(temperature_sharpens_and_flattens) {
    const float logits[N] = {0, logf(2), -INFINITY, -INFINITY, -INFINITY, -INFINITY};
    SamplerSettings settings = {.temperature = 0.5f, .top_p = 1};
    int seen = 0;
    for (int i = 0; i < 1000; i++)
        seen += sampler_draw(&settings, logits, all, N, (float)i / 1000) == 1;
    ck_assert_int_le(abs(seen - 800), 1); /* 4 : 1 */
    settings.temperature = 0;
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(sampler_draw(&settings, logits, all, N, (float)i / 10), 1);
}
END_TEST

START_TEST(nucleus_leaves_the_tail_out) {
    const float logits[N] = {logf(50), logf(30), logf(10), logf(5), logf(4), logf(1)};
    SamplerSettings settings = {.temperature = 1, .top_p = 0.75f};
    for (int i = 0; i < 100; i++)
        ck_assert_int_le(sampler_draw(&settings, logits, all, N, (float)i / 100), 1);
    settings.top_p = 0.85f;
    ck_assert_int_eq(sampler_draw(&settings, logits, all, N, 0.999f), 2);
    settings.top_p = 1e-6f;
    ck_assert_int_eq(sampler_draw(&settings, logits, all, N, 0.999f), 0);
}
END_TEST

START_TEST(equal_logits_go_by_token) {
    const float logits[N] = {1, 1, 1, 1, 1, 1};
    const SamplerSettings settings = {.temperature = 1, .top_p = 1};
    for (int i = 0; i < N; i++)
        ck_assert_int_eq(sampler_draw(&settings, logits, all, N, ((float)i + 0.5f) / N), i);
}
END_TEST

START_TEST(guidance_pushes_away_from_the_unconditional) {
    float conditional[2] = {1, 2};
    const float unconditional[2] = {1, 0.5f};
    SamplerSettings settings = {.guidance = 3};
    ck_assert(sampler_is_guided(&settings));
    sampler_guide(settings.guidance, conditional, unconditional, 2);
    ck_assert_float_eq(conditional[0], 1);
    ck_assert_float_eq(conditional[1], 5);
    settings.guidance = 1;
    ck_assert(!sampler_is_guided(&settings));
}
END_TEST

Suite *sampler_suite(void) {
    Suite *suite = suite_create("sampler");
    TCase *draws = tcase_create("draws");
    tcase_add_test(draws, what_is_forbidden_is_never_drawn);
    tcase_add_test(draws, shares_are_the_softmax);
    tcase_add_test(draws, temperature_sharpens_and_flattens);
    tcase_add_test(draws, nucleus_leaves_the_tail_out);
    tcase_add_test(draws, equal_logits_go_by_token);
    tcase_add_test(draws, guidance_pushes_away_from_the_unconditional);
    suite_add_tcase(suite, draws);
    return suite;
}
