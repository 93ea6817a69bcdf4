/* Boxes of frames assigned to faces, worked by hand. */
#include "infer/faces/face_tracks.h"

#include <check.h>

static FaceBox box(int x, int y, int side) {
    return (FaceBox){.box = {x, y, side, side}, .neighbours = 50};
}

/* Two sightings of each of the `n` faces, far from each other. */
static FaceTracks followed(int n) {
    FaceTracks tracks = {0};
    for (int frame = 0; frame < 2; frame++) {
        face_tracks_next_frame(&tracks, 2, 0.04 * frame);
        for (int i = 0; i < n; i++) {
            FaceBox found = box(1000 * i, 0, 100);
            face_tracks_assign(&tracks, &found, 1, 0.04 * frame);
        }
    }
    ck_assert_int_eq(tracks.count, n);
    return tracks;
}

START_TEST(a_face_counts_from_its_second_sighting) {
    FaceTracks tracks = {0};
    TrackedFace faces[FACE_TRACKS_MOST];
    FaceBox found = box(10, 20, 100);
    face_tracks_next_frame(&tracks, 2, 0);
    face_tracks_assign(&tracks, &found, 1, 0);
    face_tracks_prune(&tracks, 2, 0);
    ck_assert_int_eq(face_tracks_report(&tracks, 0.3, 0, faces), 0);
    face_tracks_next_frame(&tracks, 2, 0.04);
    face_tracks_assign(&tracks, &found, 1, 0.04);
    ck_assert_int_eq(face_tracks_report(&tracks, 0.3, 0.04, faces), 1);
    ck_assert_int_eq(faces[0].id, 1);
    ck_assert(faces[0].seen);
    ck_assert_int_eq(faces[0].box.x, 10);
}
END_TEST

START_TEST(what_was_seen_once_and_not_again_is_dropped) {
    FaceTracks tracks = {0};
    FaceBox found = box(0, 0, 100);
    face_tracks_next_frame(&tracks, 2, 0);
    face_tracks_assign(&tracks, &found, 1, 0);
    face_tracks_next_frame(&tracks, 2, 0.04);
    face_tracks_prune(&tracks, 2, 0.04);
    ck_assert_int_eq(tracks.count, 0);
}
END_TEST

/* As in slide shows: the frames at 0 and 0.3 are near each other, the others apart. */
START_TEST(in_frames_that_are_apart_one_sighting_suffices) {
    static const struct {
        double time;
        int reported;
    } frames[] = {{0, 0}, {0.3, 0}, {0.7, 1}, {5, 1}};
    FaceTracks tracks = {0};
    TrackedFace faces[FACE_TRACKS_MOST];
    for (int i = 0; i < 4; i++) {
        double time = frames[i].time;
        FaceBox found = box(1000 * i, 0, 100);
        face_tracks_next_frame(&tracks, 2, time);
        face_tracks_assign(&tracks, &found, 1, time);
        face_tracks_prune(&tracks, 2, time);
        ck_assert_int_eq(face_tracks_report(&tracks, 0.3, time, faces), frames[i].reported);
    }
    ck_assert_int_eq(faces[0].id, 2);
    ck_assert_int_eq(faces[0].box.x, 3000);
}
END_TEST

/* As in a slide show of three people, the third where the first was. */
START_TEST(who_comes_to_a_forgotten_place_has_another_id) {
    FaceTracks tracks = {0};
    TrackedFace faces[FACE_TRACKS_MOST];
    for (int i = 0; i < 3; i++) {
        double time = 2 * i;
        FaceBox found = box(i == 1 ? 1000 : 0, 0, 100);
        face_tracks_next_frame(&tracks, 2, time);
        face_tracks_assign(&tracks, &found, 1, time);
        face_tracks_prune(&tracks, 2, time);
        if (i)
            ck_assert_int_eq(face_tracks_report(&tracks, 0.3, time, faces), 1);
    }
    ck_assert_int_eq(tracks.reported, 2);
}
END_TEST

START_TEST(the_best_pairs_are_made_first) {
    FaceTracks tracks = followed(1);
    TrackedFace faces[FACE_TRACKS_MOST];
    const FaceBox found[] = {box(50, 0, 100), box(5, 0, 100)};
    face_tracks_next_frame(&tracks, 2, 0.08);
    face_tracks_assign(&tracks, found, 2, 0.08);
    ck_assert_int_eq(tracks.count, 2);
    ck_assert_int_eq(tracks.list[0].raw.x, 5);
    ck_assert_int_eq(tracks.list[1].raw.x, 50);
    ck_assert_int_eq(face_tracks_report(&tracks, 0.3, 0.08, faces), 1);
}
END_TEST

START_TEST(a_lost_face_is_held_then_kept_back_then_forgotten) {
    FaceTracks tracks = followed(1);
    TrackedFace faces[FACE_TRACKS_MOST];
    face_tracks_next_frame(&tracks, 2, 0.3);
    face_tracks_prune(&tracks, 2, 0.3);
    ck_assert_int_eq(face_tracks_report(&tracks, 0.3, 0.3, faces), 1);
    ck_assert(!faces[0].seen);
    face_tracks_prune(&tracks, 2, 1);
    ck_assert_int_eq(face_tracks_report(&tracks, 0.3, 1, faces), 0);
    ck_assert_int_eq(tracks.count, 1);
    face_tracks_prune(&tracks, 2, 2.1);
    ck_assert_int_eq(tracks.count, 0);
}
END_TEST

/* The second has come to the face of the first; the third overlaps the second as much, but the
 * first too little. It must not fall with the second, whose place in the list it takes. */
START_TEST(only_the_double_of_a_track_that_stays_is_dropped) {
    FaceTracks tracks = followed(3);
    face_tracks_next_frame(&tracks, 2, 0.08);
    for (int i = 0; i < 3; i++)
        face_track_sight(&tracks.list[i], box(24 * i, 0, 100), 0.08);
    face_tracks_prune(&tracks, 2, 0.08);
    ck_assert_int_eq(tracks.count, 2);
    ck_assert_int_eq(tracks.list[0].raw.x, 0);
    ck_assert_int_eq(tracks.list[1].raw.x, 48);
}
END_TEST

/* The first has come near the second. What is found at the second's place is the second's, what is
 * found between them is the nearer one's. */
START_TEST(a_face_is_that_tracks_which_it_overlaps_most) {
    FaceTracks tracks = followed(2);
    tracks.list[0].raw.x = 950;
    ck_assert(face_tracks_is_anothers(&tracks, &tracks.list[0], box(1001, 0, 100).box));
    ck_assert(!face_tracks_is_anothers(&tracks, &tracks.list[1], box(1001, 0, 100).box));
    ck_assert(!face_tracks_is_anothers(&tracks, &tracks.list[0], box(960, 0, 100).box));
    ck_assert(face_tracks_is_anothers(&tracks, &tracks.list[1], box(960, 0, 100).box));
}
END_TEST

START_TEST(a_track_of_one_sighting_owns_no_face_yet) {
    FaceTracks tracks = followed(1);
    FaceBox found = box(70, 0, 100);
    face_tracks_next_frame(&tracks, 2, 0.08);
    face_tracks_assign(&tracks, &found, 1, 0.08);
    ck_assert_int_eq(tracks.count, 2);
    ck_assert(!face_tracks_is_anothers(&tracks, &tracks.list[0], box(60, 0, 100).box));
}
END_TEST

START_TEST(the_largest_is_first_and_there_is_an_end_of_room) {
    FaceTracks tracks = {0};
    TrackedFace faces[FACE_TRACKS_MOST];
    for (int frame = 0; frame < 2; frame++) {
        face_tracks_next_frame(&tracks, 2, 0.04 * frame);
        for (int i = 0; i < FACE_TRACKS_MOST + 6; i++) {
            FaceBox found = box(1000 * i, 0, 100 + i);
            face_tracks_assign(&tracks, &found, 1, 0.04 * frame);
        }
    }
    ck_assert_int_eq(face_tracks_report(&tracks, 0.3, 0.04, faces), FACE_TRACKS_MOST);
    for (int i = 1; i < FACE_TRACKS_MOST; i++)
        ck_assert_int_gt(faces[i - 1].box.width, faces[i].box.width);
    ck_assert_int_eq(faces[FACE_TRACKS_MOST - 1].id, 1);
}
END_TEST

Suite *face_tracks_suite(void) {
    Suite *suite = suite_create("face_tracks");
    TCase *tcase = tcase_create("face_tracks");
    tcase_add_test(tcase, a_face_counts_from_its_second_sighting);
    tcase_add_test(tcase, what_was_seen_once_and_not_again_is_dropped);
    tcase_add_test(tcase, in_frames_that_are_apart_one_sighting_suffices);
    tcase_add_test(tcase, who_comes_to_a_forgotten_place_has_another_id);
    tcase_add_test(tcase, the_best_pairs_are_made_first);
    tcase_add_test(tcase, a_lost_face_is_held_then_kept_back_then_forgotten);
    tcase_add_test(tcase, only_the_double_of_a_track_that_stays_is_dropped);
    tcase_add_test(tcase, a_face_is_that_tracks_which_it_overlaps_most);
    tcase_add_test(tcase, a_track_of_one_sighting_owns_no_face_yet);
    tcase_add_test(tcase, the_largest_is_first_and_there_is_an_end_of_room);
    suite_add_tcase(suite, tcase);
    return suite;
}
