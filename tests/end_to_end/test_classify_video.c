/* `affekt classify` where it must find faces: photographs, videos, tables and marked copies. */
#include "datasets/media/ffmpeg.h"
#include "datasets/media/picture.h"
#include "datasets/media/png_file.h"
#include "infer/video/video.h"
#include "nn/io/file.h"
#include "tests/support/cascades.h"
#include "tests/support/clips.h"
#include "tests/support/data.h"
#include "tests/support/files.h"
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static const char photograph[] = "experiments/demo/collins.png";
static const char *model;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    model = network_save(&info, 4, "model.safetensors");
}

START_TEST(the_face_of_a_photograph_is_found_and_marked) {
    const char *marked = scratch_path("marked.png");
    Program run = affekt("classify", "--json", "--model", model, "--annotate", marked, photograph);
    program_assert(&run, EXIT_DONE);
    json_t *json = json_loads(run.output, JSON_DISABLE_EOF_CHECK, NULL);
    json_t *faces = json_object_get(json, "faces"), *face = json_array_get(faces, 0);
    ck_assert_uint_eq(json_array_size(faces), 1);
    ck_assert_int_gt(json_integer_value(json_array_get(json_object_get(face, "box"), 2)), 30);
    ck_assert(json_is_real(json_object_get(face, "valence")));
    ck_assert(!json_object_get(json, "time"));
    ck_assert(file_exists(marked));
    json_decref(json);
    program_free(&run);
}
END_TEST

START_TEST(a_table_has_a_row_for_each_face) {
    Program run = affekt("classify", "--csv", "--model", model, photograph);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output,
                    "file,time,id,x,y,width,height,emotion,confidence,valence,arousal,angry,");
    assert_contains(run.output, "experiments/demo/collins.png,,,");
    program_free(&run);
}
END_TEST

/* 60 faces that are cut out gave 15 rows once, and not a word of the others. */
START_TEST(a_picture_without_a_face_has_a_row_and_is_counted) {
    Image empty;
    ck_assert_int_eq(image_create(&empty, 48, 48, IMAGE_GREY, NULL), 0);
    const char *path = scratch_path("empty.png");
    ck_assert_int_eq(png_file_write(path, &empty, NULL), 0);
    image_free(&empty);
    Program run = affekt("classify", "--csv", "--model", model, path, photograph);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "empty.png,,,,,,,,,,,,,,,,,,\n");
    assert_contains(run.diagnostics, "1 of 2 pictures without a face");
    assert_contains(run.diagnostics, "--no-detect");
    const char *header = strchr(run.output, '\n'), *row = strstr(run.output, "empty.png");
    int columns = 0, fields = 0;
    for (const char *c = run.output; c < header; c++)
        columns += *c == ',';
    for (const char *c = row; *c != '\n'; c++)
        fields += *c == ',';
    ck_assert_int_eq(fields, columns);
    program_free(&run);
}
END_TEST

START_TEST(a_face_has_the_detectors_score) {
    static const char *const detectors[] = {"net", "haar"};
    const char *detector = detectors[_i];
    if (!strcmp(detector, "haar") && !usual_cascade_is_here())
        return;
    Program run =
        affekt("classify", "--json", "--model", model, "--detector", detector, photograph);
    program_assert(&run, EXIT_DONE);
    json_t *json = json_loads(run.output, JSON_DISABLE_EOF_CHECK, NULL);
    const json_t *face = json_array_get(json_object_get(json, "faces"), 0);
    double score = json_number_value(json_object_get(face, "score"));
    ck_assert_double_gt(score, 5);
    json_decref(json);
    program_free(&run);
    run = affekt("classify", "--json", "--model", model, "--detector", detector, "--min-score",
                 text_format("%g", score + 1), photograph);
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"faces\": []");
    program_free(&run);
}
END_TEST

START_TEST(a_cascade_that_is_missing_or_not_used_is_told) {
    Program run = affekt("classify", "--cascade", "nowhere.xml", "--model", model, photograph);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "opencv-data");
    program_free(&run);
    run = affekt("classify", "--detector", "net", "--cascade", "mine.xml", photograph);
    program_assert(&run, EXIT_FAILED);
    assert_contains(run.diagnostics, "omit mine.xml");
    program_free(&run);
}
END_TEST

START_TEST(wrong_combinations_are_wrong_usage) {
    Program run = affekt("classify", "--json", "--csv", photograph);
    program_assert(&run, EXIT_USAGE);
    program_free(&run);
}
END_TEST

#ifdef HAVE_FFMPEG

/* The times of a timeline in JSON lines; returns how many lines. */
static int read_times(const char *output, double *times, int most, int *with_face) {
    int n = 0;
    *with_face = 0;
    for (const char *line = output; *line; line = strchr(line, '\n') + 1) {
        json_t *json = json_loads(line, JSON_DISABLE_EOF_CHECK, NULL);
        ck_assert_msg(json != NULL, "no JSON: %s", line);
        ck_assert_int_lt(n, most);
        times[n++] = json_number_value(json_object_get(json, "time"));
        *with_face += json_array_size(json_object_get(json, "faces")) > 0;
        json_decref(json);
    }
    return n;
}

START_TEST(a_video_gives_a_line_for_each_frame_looked_at) {
    const char *clip = clip_write("clip.y4m", 64, 48, 20);
    double times[64];
    int with_face;
    Program run = affekt("classify", "--no-detect", "--json", "--model", model, clip);
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq(read_times(run.output, times, 64, &with_face), 20);
    ck_assert_int_eq(with_face, 20);
    ck_assert_double_eq_tol(times[19], 19 / 25.0, 1e-3);
    program_free(&run);
    run = affekt("classify", "--no-detect", "--json", "--fps", "5", "--model", model, clip);
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq(read_times(run.output, times, 64, &with_face), 4);
    ck_assert_double_eq_tol(times[1], 0.2, 1e-3);
    program_free(&run);
}
END_TEST

/* Whatever kind of file it is: a face counts from its second sighting in a video, and here there is
 * no second frame. */
START_TEST(what_holds_one_frame_is_a_picture) {
    const char *clip = clip_write("one.y4m", 64, 48, 1), *marked = scratch_path("marked.png");
    Program run = affekt("classify", "--no-detect", "--json", "--model", model, "-o", marked, clip);
    program_assert(&run, EXIT_DONE);
    assert_lacks(run.output, "\"time\"");
    assert_contains(run.output, "\"emotion\"");
    ck_assert(file_exists(marked));
    program_free(&run);
}
END_TEST

START_TEST(a_bare_stream_of_pictures_is_a_video) {
    static const char picture[] = "tests/fixtures/gradient_32x24.jpg";
    size_t size;
    unsigned char *bytes = file_bytes(picture, &size);
    unsigned char *twice = malloc(2 * size);
    memcpy(twice, bytes, size);
    memcpy(twice + size, bytes, size);
    double times[64];
    int with_face;
    Program run = affekt("classify", "--no-detect", "--json", "--model", model,
                         scratch_write_bytes("camera.mjpeg", twice, 2 * size));
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq(read_times(run.output, times, 64, &with_face), 2);
    program_free(&run);
    free(bytes);
    free(twice);
}
END_TEST

START_TEST(a_picture_that_moves_is_a_video) {
    Program run = affekt("classify", "--no-detect", "--model", model, "tests/fixtures/moving.gif",
                         "tests/fixtures/moving.png");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "tests/fixtures/moving.gif\n     0.00 s");
    assert_contains(run.output, "tests/fixtures/moving.png\n     0.00 s");
    assert_contains(run.output, "  in all: 5 frames up to 0.80 s, a face in 5\n");
    program_free(&run);
}
END_TEST

START_TEST(a_face_in_the_only_frame_looked_at_counts) {
    Program run = affekt("classify", "--json", "--fps", "1", "--model", model,
                         "tests/fixtures/square_pixels.mp4");
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"time\": 0.0");
    assert_contains(run.output, "\"emotion\"");
    program_free(&run);
}
END_TEST

/* A slide show of one frame a second; the photograph stands at another place in each. */
static const char *write_slides(int slides) {
    Image image;
    Error error;
    ck_assert_msg(!picture_read(photograph, IMAGE_GREY, &image, &error), "%s", error.message);
    size_t row = (size_t)image.width;
    const char *path = scratch_path("slides.y4m");
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "YUV4MPEG2 W%d H%d F1:1 Ip A1:1 Cmono\n", slides * image.width, image.height);
    for (int slide = 0; slide < slides; slide++) {
        fprintf(file, "FRAME\n");
        for (int y = 0; y < image.height; y++)
            for (int column = 0; column < slides; column++)
                for (size_t x = 0; x < row; x++)
                    fputc(column == slide ? image.pixels[(size_t)y * row + x] : 128, file);
    }
    ck_assert_int_eq(fclose(file), 0);
    image_free(&image);
    return path;
}

/* Three frames of the photograph, an eighth of a second in all. */
static const char *write_moment(const Image *image) {
    const char *path = scratch_path("moment.y4m");
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    fprintf(file, "YUV4MPEG2 W%d H%d F25:1 Ip A1:1 Cmono\n", image->width, image->height);
    for (int i = 0; i < 3; i++) {
        fprintf(file, "FRAME\n");
        fwrite(image->pixels, 1, (size_t)image->width * (size_t)image->height, file);
    }
    ck_assert_int_eq(fclose(file), 0);
    return path;
}

START_TEST(a_face_in_the_only_frame_looked_at_is_marked_in_all) {
    Image image;
    Error error;
    ck_assert_msg(!picture_read(photograph, IMAGE_GREY, &image, &error), "%s", error.message);
    const char *marked = scratch_path("marked.y4m");
    Program run = affekt("classify", "--json", "--fps", "5", "--model", model, "--annotate", marked,
                         write_moment(&image));
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "\"emotion\"");
    program_free(&run);
    Video *video = video_open(&(VideoSettings){.source = marked}, &error);
    ck_assert_msg(video != NULL, "%s", error.message);
    VideoFrame frame = {0};
    int frames = 0;
    for (; video_next(video, &frame, &error) > 0; frames++) {
        int changed = 0;
        ck_assert_double_eq_tol(frame.time, frames / 25.0, 1e-6);
        ck_assert_int_eq(frame.grey.width, image.width);
        for (int i = 0; i < image.width * image.height; i++)
            changed += abs(frame.grey.pixels[i] - image.pixels[i]) > 30;
        ck_assert_int_gt(changed, 100);
    }
    ck_assert_int_eq(frames, 3);
    video_frame_free(&frame);
    video_close(video);
    image_free(&image);
}
END_TEST

START_TEST(each_face_of_a_slide_show_is_told) {
    double times[8];
    int with_face;
    const char *slides = write_slides(3);
    Program run = affekt("classify", "--json", "--model", model, slides);
    program_assert(&run, EXIT_DONE);
    ck_assert_int_eq(read_times(run.output, times, 8, &with_face), 3);
    ck_assert_int_eq(with_face, 3);
    assert_contains(run.output, "\"id\": 1");
    assert_contains(run.output, "\"id\": 3");
    program_free(&run);
}
END_TEST

START_TEST(a_video_ends_with_a_summary) {
    Program run =
        affekt("classify", "--no-detect", "--model", model, clip_write("clip.y4m", 64, 48, 20));
    program_assert(&run, EXIT_DONE);
    assert_contains(run.output, "  in all: 20 frames up to 0.76 s, a face in 20\n");
    assert_contains(run.output, "    face 1, 0.00 … 0.76 s: ");
    program_free(&run);
}
END_TEST

START_TEST(a_timeline_is_the_same_each_time) {
    const char *clip = data_path("faces/video/pyfeat_single_face.mp4");
    if (!clip)
        return;
    Program first = affekt("classify", "--json", "--model", model, clip, "--threads", "1");
    Program second = affekt("classify", "--json", "--model", model, clip, "--threads", "3");
    program_assert(&first, EXIT_DONE);
    ck_assert_str_eq(first.output, second.output);
    double times[256];
    int with_face, n = read_times(first.output, times, 256, &with_face);
    ck_assert_int_eq(n, 72);
    ck_assert_int_ge(with_face, 70);
    assert_contains(first.output, "\"id\": 1");
    assert_lacks(first.output, "\"id\": 2");
    program_free(&first);
    program_free(&second);
}
END_TEST

START_TEST(a_marked_video_is_as_long_as_the_video) {
    const char *clip = clip_write("clip.y4m", 64, 48, 20), *marked = scratch_path("marked.avi");
    Program run = affekt("classify", "--no-detect", "--csv", "--fps", "5", "--model", model, "-o",
                         marked, clip);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
    double times[64];
    int with_face;
    run = affekt("classify", "--no-detect", "--json", "--model", model, marked);
    ck_assert_int_eq(read_times(run.output, times, 64, &with_face), 20);
    program_free(&run);
}
END_TEST

/* A pipe at the path with a clip of four frames in it, and no end; the caller closes. */
static int clip_in_pipe(const char *path) {
    unsigned char *bytes;
    size_t size;
    ck_assert(!file_read(clip_write("clip.y4m", 64, 48, 4), 1 << 16, &bytes, &size, NULL));
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    int writer = open(path, O_RDWR | O_CLOEXEC);
    ck_assert_int_eq(write(writer, bytes, size), (ssize_t)size);
    free(bytes);
    return writer;
}

START_TEST(a_frame_is_told_before_the_next_has_come) {
    const char *path = scratch_path("pipe");
    int writer = clip_in_pipe(path);
    Program run = affekt_start("classify", "--no-detect", "--json", "--model", model, path);
    ck_assert(program_wait_for(&run, true, "\"time\"", 30));
    close(writer);
    program_wait(&run);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
}
END_TEST

/* As filters do: by SIGPIPE, without a word. */
START_TEST(a_reader_that_goes_away_ends_it_quietly) {
    const char *clip = clip_write("clip.y4m", 64, 48, 300), *said = scratch_path("said");
    int status = system(text_format("bash -c '\"%s\" classify --no-detect --json --model \"%s\" "
                                    "\"%s\" 2>\"%s\" | head -1 >/dev/null; "
                                    "exit ${PIPESTATUS[0]}'",
                                    program_path(), model, clip, said));
    ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGPIPE);
    size_t size;
    free(file_bytes(said, &size));
    ck_assert_int_eq((int)size, 0);
}
END_TEST

START_TEST(an_interrupted_marked_video_leaves_nothing) {
    if (!scratch_has_nameless_files())
        return;
    const char *path = scratch_path("pipe"), *marked = scratch_path("marked.mp4");
    int writer = clip_in_pipe(path), files = scratch_count();
    Program run =
        affekt_start("classify", "--no-detect", "--json", "--model", model, "-o", marked, path);
    ck_assert(program_wait_for(&run, true, "\"time\": 0.04", 30)); /* the first one is written */
    program_signal(&run, SIGINT);
    program_wait(&run);
    program_assert(&run, 128 + SIGINT);
    ck_assert_int_eq(scratch_count(), files);
    close(writer);
    program_free(&run);
}
END_TEST

START_TEST(what_is_neither_picture_nor_video_is_told) {
    const char *text = scratch_write("notes.txt", "neither a picture nor a video\n");
    Program run =
        affekt("classify", "--no-detect", "--model", model, text, scratch_write("empty.jpg", ""));
    program_assert(&run, EXIT_FAILED);
    assert_contains(
        run.diagnostics,
        "notes.txt: neither a picture nor a video that FFmpeg can read; is the file complete?");
    assert_contains(run.diagnostics, "empty.jpg: an empty file");
    program_free(&run);
}
END_TEST

#endif

Suite *classify_video_suite(void) {
    Suite *suite = suite_create("classify_video");
    TCase *tcase = tcase_create("found faces");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 120);
    tcase_add_test(tcase, the_face_of_a_photograph_is_found_and_marked);
    tcase_add_test(tcase, a_table_has_a_row_for_each_face);
    tcase_add_test(tcase, a_picture_without_a_face_has_a_row_and_is_counted);
    tcase_add_loop_test(tcase, a_face_has_the_detectors_score, 0, 2);
    tcase_add_test(tcase, a_cascade_that_is_missing_or_not_used_is_told);
    tcase_add_test(tcase, wrong_combinations_are_wrong_usage);
#ifdef HAVE_FFMPEG
    tcase_add_test(tcase, a_video_gives_a_line_for_each_frame_looked_at);
    tcase_add_test(tcase, what_holds_one_frame_is_a_picture);
    tcase_add_test(tcase, a_bare_stream_of_pictures_is_a_video);
    tcase_add_test(tcase, a_picture_that_moves_is_a_video);
    tcase_add_test(tcase, a_face_in_the_only_frame_looked_at_counts);
    tcase_add_test(tcase, a_face_in_the_only_frame_looked_at_is_marked_in_all);
    tcase_add_test(tcase, each_face_of_a_slide_show_is_told);
    tcase_add_test(tcase, a_video_ends_with_a_summary);
    tcase_add_test(tcase, a_timeline_is_the_same_each_time);
    tcase_add_test(tcase, a_marked_video_is_as_long_as_the_video);
    tcase_add_test(tcase, a_frame_is_told_before_the_next_has_come);
    tcase_add_test(tcase, a_reader_that_goes_away_ends_it_quietly);
    tcase_add_test(tcase, an_interrupted_marked_video_leaves_nothing);
    tcase_add_test(tcase, what_is_neither_picture_nor_video_is_told);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
