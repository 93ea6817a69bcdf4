/* The path from frames to emotions. With an untrained network: that the parts are put together
 * right. The photograph of the demo has a face. With the shipped one: that what is told of a video
 * is steady. */
#include "infer/faces/watcher.h"

#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "infer/faces/annotation.h"
#include "infer/video/video.h"
#include "tests/support/data.h"
#include "tests/support/networks.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <math.h>
#include <string.h>

static const char photograph[] = "experiments/demo/collins.png";

static Watcher *open_watcher(bool detect) {
    Error error;
    ImageClassifierInfo info = network_info("mini");
    WatcherSettings settings = watcher_defaults();
    settings.model = network_save(&info, 4, "model.safetensors");
    settings.detect = detect;
    Watcher *watcher = watcher_create(&settings, &error);
    ck_assert_msg(watcher != NULL, "%s", error.message);
    return watcher;
}

static Image read_photograph(ImageChannels channels) {
    Image image = {0};
    Error error;
    ck_assert_msg(!picture_read(photograph, channels, &image, &error), "%s", error.message);
    return image;
}

static void assert_same(const EmotionState *state, const float *probabilities) {
    for (int i = 0; i < EMOTION_COUNT; i++)
        ck_assert_float_eq_tol(state->probabilities[i], probabilities[i], 1e-5f);
    ck_assert_int_eq(state->emotion, emotion_most_probable(probabilities));
}

START_TEST(a_still_is_the_networks_look_at_the_framed_face) {
    Watcher *watcher = open_watcher(true);
    Image grey = read_photograph(IMAGE_GREY);
    const WatchedFace *faces;
    Error error;
    ck_assert_int_eq(watcher_still(watcher, image_view(&grey), &faces, &error), 1);
    FaceModel *model = face_model_load(scratch_path("model.safetensors"), &error);
    FaceCrop crop = {0};
    float expected[EMOTION_COUNT];
    Box square = face_framing_square(FACE_FRAMING_DEFAULT, faces[0].box);
    ck_assert_int_eq(face_crop_take(&crop, image_view(&grey), square, &error), 0);
    ck_assert_int_eq(face_model_look(model, crop.view, FACE_VIEWS_FLIP, expected, &error), 0);
    assert_same(&faces[0].state, expected);
    face_crop_free(&crop);
    face_model_destroy(model);
    image_free(&grey);
    watcher_destroy(watcher);
}
END_TEST

/* With the shipped network, the photograph turned by up to 40 degrees, and upside down. */
START_TEST(a_tilted_face_shows_the_same_emotion) {
    Error error;
    WatcherSettings settings = watcher_defaults();
    Watcher *watcher = watcher_create(&settings, &error);
    ck_assert_msg(watcher != NULL, "%s", error.message);
    Image grey = read_photograph(IMAGE_GREY), turned;
    int side = grey.width > grey.height ? grey.width : grey.height;
    ck_assert_int_eq(image_create(&turned, side, side, IMAGE_GREY, &error), 0);
    const WatchedFace *faces;
    ck_assert_int_eq(watcher_still(watcher, image_view(&grey), &faces, &error), 1);
    EmotionState upright = faces[0].state;
    static const int turns[] = {-40, -20, 0, 20, 40, 180};
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        int degrees = turns[i];
        FaceWindow window = {.x = 0.5f * (float)grey.width,
                             .y = 0.5f * (float)grey.height,
                             .side = (degrees == 180 ? 1 : 1.2f) * (float)side,
                             .turn = (float)degrees * (float)M_PI / 180};
        face_window_draw(&window, image_view(&grey), side, turned.pixels);
        int n = watcher_still(watcher, image_view(&turned), &faces, &error);
        ck_assert_msg(n >= 1, "no face at %d degrees", degrees);
        ck_assert_msg(faces[0].state.emotion == upright.emotion, "%s at %d degrees",
                      emotions[faces[0].state.emotion].name, degrees);
        ck_assert_float_gt(faces[0].state.confidence, upright.confidence - 0.2f);
        ck_assert(!faces[0].has_points);
    }
    image_free(&grey);
    image_free(&turned);
    watcher_destroy(watcher);
}
END_TEST

/* What is around the photograph's face, which is 73 pixels wide, so large that the face has 4000.
 */
START_TEST(a_huge_face_shows_the_same_emotion) {
    enum { TIMES = 55, SIDE = 130 };
    Error error;
    WatcherSettings settings = watcher_defaults();
    Watcher *watcher = watcher_create(&settings, &error);
    ck_assert_msg(watcher != NULL, "%s", error.message);
    Image grey = read_photograph(IMAGE_GREY), huge;
    GreyView part = {grey.pixels + 10 * grey.width + 10, SIDE, SIDE, grey.width};
    const WatchedFace *faces;
    ck_assert_int_eq(watcher_still(watcher, part, &faces, &error), 1);
    EmotionState small = faces[0].state;
    int width = faces[0].box.width;
    ck_assert_int_eq(image_create(&huge, TIMES * SIDE, TIMES * SIDE, IMAGE_GREY, &error), 0);
    image_resize(part, huge.pixels, huge.width, huge.height);
    ck_assert_int_eq(watcher_still(watcher, image_view(&huge), &faces, &error), 1);
    ck_assert_int_eq(faces[0].state.emotion, small.emotion);
    ck_assert_float_gt(faces[0].state.confidence, small.confidence - 0.2f);
    ck_assert_int_gt(faces[0].box.width, TIMES * width * 3 / 4);
    ck_assert_int_lt(faces[0].box.width, TIMES * width * 5 / 4);
    image_free(&grey);
    image_free(&huge);
    watcher_destroy(watcher);
}
END_TEST

/* Looks at the photograph with a part of it painted grey. */
static int look_at_covered(Watcher *watcher, int left, int top, int right, int bottom) {
    Image grey = read_photograph(IMAGE_GREY);
    for (int y = top; y < bottom; y++)
        memset(grey.pixels + (size_t)y * (size_t)grey.width + left, 128, (size_t)(right - left));
    const WatchedFace *faces;
    Error error;
    int n = watcher_still(watcher, image_view(&grey), &faces, &error);
    ck_assert_int_ge(n, 0);
    for (int i = 0; i < n; i++) {
        float sum = 0;
        for (int e = 0; e < EMOTION_COUNT; e++)
            sum += faces[i].state.probabilities[e];
        ck_assert_float_eq_tol(sum, 1, 1e-4f);
        ck_assert_int_gt(faces[i].box.width, 0);
    }
    image_free(&grey);
    return n;
}

/* The face lies at (42, 39), 73 pixels wide and high. */
START_TEST(a_covered_face_is_at_most_one_face) {
    Watcher *watcher = open_watcher(true);
    ck_assert_int_le(look_at_covered(watcher, 0, 76, 160, 160), 1);  /* mouth: a mask */
    ck_assert_int_le(look_at_covered(watcher, 0, 0, 78, 160), 1);    /* the left half */
    ck_assert_int_eq(look_at_covered(watcher, 30, 30, 130, 125), 0); /* all of it */
    watcher_destroy(watcher);
}
END_TEST

START_TEST(forty_faces_are_forty_faces) {
    Watcher *watcher = open_watcher(true);
    enum { COLUMNS = 8, ROWS = 5 };
    Image one = read_photograph(IMAGE_GREY), many;
    Error error;
    ck_assert_int_eq(
        image_create(&many, COLUMNS * one.width, ROWS * one.height, IMAGE_GREY, &error), 0);
    for (int y = 0; y < many.height; y++)
        for (int column = 0; column < COLUMNS; column++)
            memcpy(many.pixels + ((size_t)y * COLUMNS + (size_t)column) * (size_t)one.width,
                   one.pixels + (size_t)(y % one.height) * (size_t)one.width, (size_t)one.width);
    const WatchedFace *faces;
    ck_assert_int_eq(watcher_still(watcher, image_view(&many), &faces, &error), COLUMNS * ROWS);
    for (int frame = 0; frame < 3; frame++) {
        int n = watcher_frame(watcher, image_view(&many), frame * 0.04, &faces, &error);
        ck_assert_int_eq(n, frame ? COLUMNS * ROWS : 0);
    }
    image_free(&one);
    image_free(&many);
    watcher_destroy(watcher);
}
END_TEST

START_TEST(a_face_in_a_video_keeps_its_number_and_sets_the_mood) {
    Watcher *watcher = open_watcher(true);
    Image grey = read_photograph(IMAGE_GREY);
    const WatchedFace *faces;
    Error error;
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(watcher_restart(watcher, &error), 0);
        int n = 0;
        for (int frame = 0; frame < 40; frame++) {
            n = watcher_frame(watcher, image_view(&grey), frame / 25.0, &faces, &error);
            ck_assert_int_eq(n, frame > 0);
        }
        ck_assert_int_eq(faces[0].id, 1);
        ck_assert(faces[0].state.face);
        const EmotionState *mood = watcher_mood(watcher);
        ck_assert(mood->face);
        assert_same(mood, faces[0].state.probabilities);
    }
    /* The face leaves: told no longer, but the mood stays for a moment. */
    Image empty;
    ck_assert_int_eq(image_create(&empty, grey.width, grey.height, IMAGE_GREY, &error), 0);
    Emotion emotion = watcher_mood(watcher)->emotion;
    for (int frame = 40; frame < 60; frame++)
        ck_assert_int_ge(watcher_frame(watcher, image_view(&empty), frame / 25.0, &faces, &error),
                         0);
    ck_assert_int_eq(watcher_frame(watcher, image_view(&empty), 2.5, &faces, &error), 0);
    ck_assert(!watcher_mood(watcher)->face);
    ck_assert_int_eq(watcher_mood(watcher)->emotion, emotion);
    image_free(&empty);
    image_free(&grey);
    watcher_destroy(watcher);
}
END_TEST

/* The photograph twice, side by side; without the right one where that is hidden. */
static Image side_by_side(bool hidden) {
    Image one = read_photograph(IMAGE_GREY), two;
    ck_assert_int_eq(image_create(&two, 2 * one.width, one.height, IMAGE_GREY, NULL), 0);
    size_t row = (size_t)one.width;
    memset(two.pixels, 128, 2 * row * (size_t)one.height);
    for (size_t y = 0; y < (size_t)one.height; y++)
        for (size_t column = 0; column < (hidden ? 1 : 2); column++)
            memcpy(two.pixels + (2 * y + column) * row, one.pixels + y * row, row);
    image_free(&one);
    return two;
}

START_TEST(a_face_that_is_away_leads_once_it_is_back) {
    Watcher *watcher = open_watcher(true);
    Image both = side_by_side(false), left = side_by_side(true);
    const WatchedFace *faces;
    Error error;
    int frame = 0, n = 0, first = 0, wish = 0;
    for (; frame < 3; frame++)
        n = watcher_frame(watcher, image_view(&both), frame * 0.1, &faces, &error);
    ck_assert_int_eq(n, 2);
    for (int i = 0; i < n; i++)
        *(faces[i].box.x < both.width / 2 ? &first : &wish) = faces[i].id;
    ck_assert(first && wish);
    for (; frame < 8; frame++)
        n = watcher_frame(watcher, image_view(&left), frame * 0.1, &faces, &error);
    ck_assert_int_eq(n, 1);
    watcher_follow(watcher, wish);
    for (; frame < 11; frame++) {
        ck_assert_int_eq(watcher_frame(watcher, image_view(&left), frame * 0.1, &faces, &error), 1);
        ck_assert_int_eq(watcher_leader(watcher)->id, first);
    }
    for (; frame < 14; frame++) {
        ck_assert_int_eq(watcher_frame(watcher, image_view(&both), frame * 0.1, &faces, &error), 2);
        ck_assert_int_eq(watcher_leader(watcher)->id, wish);
    }
    image_free(&left);
    image_free(&both);
    watcher_destroy(watcher);
}
END_TEST

/* Of two faces, 1 and 2, the same one leads in both rounds: the wish was for the other one of the
 * video before. */
START_TEST(a_restart_forgets_who_was_to_lead) {
    Watcher *watcher = open_watcher(true);
    Image both = side_by_side(false);
    const WatchedFace *faces;
    Error error;
    int leaders[2];
    for (int round = 0; round < 2; round++) {
        ck_assert_int_eq(watcher_restart(watcher, &error), 0);
        for (int frame = 0; frame < 3; frame++)
            ck_assert_int_eq(watcher_frame(watcher, image_view(&both), frame * 0.1, &faces, &error),
                             frame ? 2 : 0);
        leaders[round] = watcher_leader(watcher)->id;
        watcher_follow(watcher, 3 - leaders[round]);
    }
    ck_assert_int_eq(leaders[0], leaders[1]);
    image_free(&both);
    watcher_destroy(watcher);
}
END_TEST

START_TEST(without_detection_the_picture_is_the_face) {
    Watcher *watcher = open_watcher(false);
    uint8_t pixels[FACE_PIXELS];
    network_faces(pixels, 1, 3);
    GreyView view = {pixels, FACE_SIDE, FACE_SIDE, FACE_SIDE};
    const WatchedFace *faces;
    Error error;
    ck_assert_int_eq(watcher_still(watcher, view, &faces, &error), 1);
    ck_assert(faces[0].box.width == FACE_SIDE && faces[0].box.height == FACE_SIDE);
    FaceModel *model = face_model_load(scratch_path("model.safetensors"), &error);
    float expected[EMOTION_COUNT];
    ck_assert_int_eq(face_model_look(model, view, FACE_VIEWS_FLIP, expected, &error), 0);
    assert_same(&faces[0].state, expected);
    ck_assert_int_eq(watcher_frame(watcher, view, 0, &faces, &error), 1);
    ck_assert_int_eq(faces[0].id, 1);
    face_model_destroy(model);
    watcher_destroy(watcher);
}
END_TEST

START_TEST(an_annotation_changes_the_picture_around_the_face_only) {
    Image colour = read_photograph(IMAGE_RGB), before = read_photograph(IMAGE_RGB);
    Error error;
    WatchedFace face = {.id = 1, .box = {60, 60, 50, 50}};
    face.state.emotion = EMOTION_HAPPY;
    ck_assert_int_eq(annotation_draw(&colour, &face, 1, true, &error), 0);
    ck_assert_mem_ne(colour.pixels, before.pixels,
                     (size_t)colour.width * (size_t)colour.height * 3);
    size_t row = (size_t)colour.width * 3;
    ck_assert_mem_eq(colour.pixels, before.pixels, 20 * row);
    ck_assert_mem_eq(colour.pixels + 130 * row, before.pixels + 130 * row,
                     ((size_t)colour.height - 130) * row);
    face.box = (Box){-500, -500, 20000, 20000}; /* nothing of it is on the picture */
    ck_assert_int_eq(annotation_draw(&colour, &face, 1, true, &error), 0);
    image_free(&before);
    image_free(&colour);
}
END_TEST

#ifdef HAVE_FFMPEG

/* What is told of a clip. A false switch is one that is taken back, or followed by another, within
 * a second, though the face is there all the time. */
typedef struct Timeline {
    double seconds;
    Emotion early, last; /* after two seconds, and at the end */
    int false_switches;
    double mood_changed; /* when it last did */
} Timeline;

static Timeline watch_clip(Watcher *watcher, const char *path) {
    Error error;
    Video *video = video_open(&(VideoSettings){.source = path}, &error);
    ck_assert_msg(video != NULL, "%s", error.message);
    ck_assert_int_eq(watcher_restart(watcher, &error), 0);
    Timeline told = {.last = EMOTION_NEUTRAL, .early = EMOTION_NEUTRAL, .mood_changed = -1};
    VideoFrame frame = {0};
    const WatchedFace *faces;
    for (; video_next(video, &frame, &error) > 0; told.seconds = frame.time) {
        ck_assert_int_ge(
            watcher_frame(watcher, image_view(&frame.grey), frame.time, &faces, &error), 0);
        const EmotionState *mood = watcher_mood(watcher);
        if (mood->emotion != told.last) {
            told.false_switches += frame.time - told.mood_changed < 1;
            told.mood_changed = frame.time;
        }
        told.last = mood->emotion;
        if (frame.time < 2)
            told.early = mood->emotion;
    }
    video_frame_free(&frame);
    video_close(video);
    return told;
}

START_TEST(what_is_told_of_videos_neither_flickers_nor_lags) {
    static const struct {
        const char *name;
        bool known;          /* its emotions are plain to see: */
        Emotion early, last; /* after two seconds, and at the end */
    } clips[] = {
        {"pyfeat_WolfgangLanger_Pexels.mp4", true, EMOTION_SAD, EMOTION_HAPPY},
        {"pyfeat_single_face.mp4", true, EMOTION_HAPPY, EMOTION_HAPPY},
        {"pyfeat_face_noface.mov", true, EMOTION_HAPPY, EMOTION_NEUTRAL},
        {"pyfeat_noface_face.mov", true, EMOTION_NEUTRAL, EMOTION_HAPPY},
        {"pyfeat_no_face.mp4", true, EMOTION_NEUTRAL, EMOTION_NEUTRAL},
        {"angelo_0492_03_009_bill_gates.avi", false, EMOTION_NEUTRAL, EMOTION_NEUTRAL},
    };
    Error error;
    WatcherSettings settings = watcher_defaults();
    Watcher *watcher = watcher_create(&settings, &error);
    ck_assert_msg(watcher != NULL, "%s", error.message);
    double minutes = 0;
    int false_switches = 0;
    for (size_t i = 0; i < sizeof clips / sizeof *clips; i++) {
        const char *path = data_path(text_format("faces/video/%s", clips[i].name));
        if (!path)
            break;
        Timeline told = watch_clip(watcher, path);
        minutes += told.seconds / 60;
        false_switches += told.false_switches;
        if (!clips[i].known)
            continue;
        ck_assert_msg(told.early == clips[i].early, "%s: at first %s", clips[i].name,
                      emotions[told.early].name);
        ck_assert_msg(told.last == clips[i].last, "%s: at last %s", clips[i].name,
                      emotions[told.last].name);
    }
    ck_assert_msg(false_switches <= minutes, "%d in %.2f minutes", false_switches, minutes);
    watcher_destroy(watcher);
}
END_TEST

#endif

Suite *watcher_suite(void) {
    Suite *suite = suite_create("watcher");
    TCase *tcase = tcase_create("watcher");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_still_is_the_networks_look_at_the_framed_face);
    tcase_add_test(tcase, a_tilted_face_shows_the_same_emotion);
    tcase_add_test(tcase, a_huge_face_shows_the_same_emotion);
    tcase_add_test(tcase, a_covered_face_is_at_most_one_face);
    tcase_add_test(tcase, forty_faces_are_forty_faces);
    tcase_add_test(tcase, a_face_in_a_video_keeps_its_number_and_sets_the_mood);
    tcase_add_test(tcase, a_face_that_is_away_leads_once_it_is_back);
    tcase_add_test(tcase, a_restart_forgets_who_was_to_lead);
    tcase_add_test(tcase, without_detection_the_picture_is_the_face);
    tcase_add_test(tcase, an_annotation_changes_the_picture_around_the_face_only);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, what_is_told_of_videos_neither_flickers_nor_lags);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
