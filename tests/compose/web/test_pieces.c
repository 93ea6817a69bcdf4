/* Pieces composed on request: the last ones are kept, under ids of their own. */
#include "compose/web/pieces.h"

#include "tests/support/music_models.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

static MusicModel *model;
static const char *const lead_styles_and_none[] = {"chorale", "classical", "folk", "game",
                                                   "jazz",    "pop",       NULL};
static const char *const genres[] = {"pop", "folk", NULL};
static Pieces pieces;
static Error error;

static void set_up(void) {
    scratch_create();
    model = music_model_untrained(11);
    pieces_init(&pieces, model, NULL, genres);
}

static void tear_down(void) {
    pieces_free(&pieces);
    music_model_destroy(model);
    scratch_remove();
}

static void compose(const char *body, char id[GATE_TOKEN + 1]) {
    PieceWishes wishes;
    ck_assert_msg(!wishes_piece(body, strlen(body), genres, &wishes, &error), "%s", error.message);
    wishes.piece.composer.openings = 1;
    ck_assert_msg(!pieces_compose(&pieces, &wishes, id, &error), "%s", error.message);
}

static int take(const Piece *piece, void *user, Error *reason) {
    (void)reason;
    *(Piece *)user = *piece;
    return 7;
}

START_TEST(a_piece_is_there_under_its_id) {
    char id[GATE_TOKEN + 1], other[GATE_TOKEN + 1];
    Piece piece;
    compose("{\"seconds\": 5}", id);
    compose("{\"seconds\": 5, \"seed\": 2}", other);
    ck_assert_str_ne(id, other);
    ck_assert_int_eq(pieces_with(&pieces, id, take, &piece, &error), 7);
    ck_assert_str_eq(piece.id, id);
    ck_assert_ptr_nonnull(piece.song);
    static const char *const unknown[] = {NULL, "", "../etc/passwd", "0123"};
    for (int i = 0; i < 4; i++) {
        ck_assert_int_eq(pieces_with(&pieces, unknown[i], take, &piece, &error), -1);
        assert_contains(error.message, "the last 16 are kept");
    }
}
END_TEST

START_TEST(the_model_chooses_the_style) {
    char id[GATE_TOKEN + 1];
    Piece piece;
    compose("{\"seconds\": 5, \"genre\": \"folk\"}", id);
    ck_assert_int_eq(pieces_with(&pieces, id, take, &piece, &error), 7);
    ck_assert_int_eq(piece.song->n_tracks, 1);
    Pieces arranged;
    LeadModel *lead = lead_model_load(NULL, &error);
    ck_assert_msg(lead != NULL, "%s", error.message);
    pieces_init(&arranged, NULL, lead, lead_styles_and_none);
    PieceWishes wishes;
    const char *body = "{\"seconds\": 8, \"genre\": \"jazz\", \"emotion\": \"happy\"}";
    ck_assert_int_eq(wishes_piece(body, strlen(body), lead_styles_and_none, &wishes, &error), 0);
    ck_assert_int_eq(pieces_compose(&arranged, &wishes, id, &error), 0);
    ck_assert_int_eq(pieces_with(&arranged, id, take, &piece, &error), 7);
    ck_assert(!piece.performed && piece.song->n_tracks > 1);
    pieces_free(&arranged);
    lead_model_destroy(lead);
}
END_TEST

START_TEST(the_oldest_makes_room) {
    char first[GATE_TOKEN + 1], id[GATE_TOKEN + 1];
    Piece piece;
    compose("{\"seconds\": 5}", first);
    for (int i = 1; i < PIECES_MOST; i++)
        compose("{\"seconds\": 5}", id);
    ck_assert_int_eq(pieces_with(&pieces, first, take, &piece, &error), 7);
    compose("{\"seconds\": 5}", id);
    ck_assert_int_eq(pieces_with(&pieces, first, take, &piece, &error), -1);
    ck_assert_int_eq(pieces_with(&pieces, id, take, &piece, &error), 7);
}
END_TEST

/* Others are composed meanwhile, until there is no room for it. */
static int outlast(const Piece *piece, void *user, Error *reason) {
    char id[GATE_TOKEN + 1];
    int notes = piece->song->n_notes;
    uint32_t release = piece->song->notes[notes - 1].release;
    (void)user, (void)reason;
    for (int i = 0; i < PIECES_MOST; i++)
        compose("{\"seconds\": 5}", id);
    ck_assert_int_eq(piece->song->n_notes, notes);
    ck_assert_uint_eq(piece->song->notes[notes - 1].release, release);
    return 3;
}

START_TEST(a_piece_that_is_looked_at_stays_and_stops_nobody) {
    char id[GATE_TOKEN + 1];
    Piece piece;
    compose("{\"seconds\": 5}", id);
    ck_assert_int_eq(pieces_with(&pieces, id, outlast, NULL, &error), 3);
    ck_assert_int_eq(pieces_with(&pieces, id, take, &piece, &error), -1);
}
END_TEST

START_TEST(an_arranged_piece_has_the_ensembles_parts) {
    char id[GATE_TOKEN + 1];
    Piece piece;
    compose("{\"emotion\": \"happy\", \"seconds\": 8, \"style\": \"arranged\", \"ensemble\": "
            "\"band\", \"tonic\": 2}",
            id);
    ck_assert_int_eq(pieces_with(&pieces, id, take, &piece, &error), 7);
    ck_assert_int_gt(piece.song->n_tracks, 2);
    ck_assert(!piece.performed);
    ck_assert_int_eq(piece.song->keys[0].tonic, 2);
}
END_TEST

Suite *pieces_suite(void) {
    Suite *suite = suite_create("pieces");
    TCase *tcase = tcase_create("pieces");
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, a_piece_is_there_under_its_id);
    tcase_add_test(tcase, the_model_chooses_the_style);
    tcase_add_test(tcase, the_oldest_makes_room);
    tcase_add_test(tcase, a_piece_that_is_looked_at_stays_and_stops_nobody);
    tcase_add_test(tcase, an_arranged_piece_has_the_ensembles_parts);
    suite_add_tcase(suite, tcase);
    return suite;
}
