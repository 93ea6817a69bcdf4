/* Model files: what is written is read back, what is damaged is refused, what was there survives.
 */
#include "nn/io/safetensors.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two tensors, one of them of a single number. */
static Parameters *make_parameters(float first) {
    Parameters *parameters = parameters_create();
    Tensor *weight = parameters_add(parameters, "layer", "weight", shape(2, 3), PARAMETER_WEIGHT);
    Tensor *scale = parameters_add(parameters, "", "scale", shape_scalar(), PARAMETER_BUFFER);
    for (int i = 0; i < 6; i++)
        weight->data[i] = first + (float)i;
    scale->data[0] = -1.5f;
    return parameters;
}

static void save(const char *path, const Parameters *parameters) {
    Error error;
    json_t *metadata = json_pack("{s:s, s:s}", "kind", "test", "note", "naïve \"quotes\"\n");
    int status = safetensors_save(path, SAFETENSORS_FULL, 1, &parameters, metadata, &error);
    ck_assert_msg(!status, "%s", error.message);
    json_decref(metadata);
}

static SafetensorsFile *open_file(const char *path) {
    Error error;
    SafetensorsFile *file = safetensors_open(path, &error);
    ck_assert_msg(file, "%s", error.message);
    return file;
}

START_TEST(what_is_saved_is_read_back) {
    const char *path = scratch_path("model.safetensors");
    Parameters *saved = make_parameters(1), *blank = make_parameters(0);
    save(path, saved);
    SafetensorsFile *file = open_file(path);
    ck_assert_int_eq(safetensors_count(file), 2);
    ck_assert_str_eq(safetensors_metadata(file, "note"), "naïve \"quotes\"\n");
    ck_assert_ptr_null(safetensors_metadata(file, "absent"));
    ck_assert_ptr_null(safetensors_find(file, "absent"));
    const SafetensorsEntry *entry = safetensors_find(file, "layer.weight");
    ck_assert(shape_equal(entry->shape, shape(2, 3)));
    ck_assert_str_eq(entry->dtype, "F32");
    ck_assert_int_eq(safetensors_read(file, blank, NULL), 0);
    ck_assert_mem_eq(parameters_find(blank, "layer.weight")->data,
                     parameters_find(saved, "layer.weight")->data, 6 * sizeof(float));
    ck_assert_float_eq(parameters_find(blank, "scale")->data[0], -1.5f);
    safetensors_close(file);
    parameters_destroy(saved);
    parameters_destroy(blank);
}
END_TEST

START_TEST(blank_parameters_take_their_memory_from_the_file) {
    const char *path = scratch_path("model.safetensors");
    Parameters *saved = make_parameters(1), *blank = parameters_create_blank();
    save(path, saved);
    Tensor *weight = parameters_add(blank, "layer", "weight", shape(2, 3), PARAMETER_WEIGHT);
    ck_assert_ptr_null(weight->data);
    init_kaiming_normal(weight, rng_seed(1)); /* leaves it so */
    ck_assert_ptr_null(weight->data);
    SafetensorsFile *file = open_file(path);
    ck_assert_int_eq(safetensors_read(file, blank, NULL), 0);
    ck_assert_float_eq(weight->data[5], 6);
    safetensors_close(file);
    parameters_destroy(saved);
    parameters_destroy(blank);
}
END_TEST

START_TEST(the_bytes_are_those_of_the_format) {
    const char *path = scratch_path("model.safetensors");
    Parameters *saved = make_parameters(1);
    save(path, saved);
    FILE *stream = fopen(path, "rb");
    uint64_t length;
    float data[7];
    ck_assert_uint_eq(fread(&length, sizeof length, 1, stream), 1);
    ck_assert_uint_eq(length % 8, 0);
    char *header = calloc(1, length + 1);
    ck_assert_uint_eq(fread(header, 1, length, stream), length);
    assert_contains(header, "\"layer.weight\":{\"dtype\":\"F32\",\"shape\":[2,3],"
                            "\"data_offsets\":[0,24]}");
    assert_contains(header, "\"scale\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[24,28]}");
    ck_assert_uint_eq(fread(data, sizeof *data, 7, stream), 7);
    ck_assert_float_eq(data[0], 1);
    ck_assert_float_eq(data[6], -1.5f);
    ck_assert_int_eq(fgetc(stream), EOF);
    free(header);
    fclose(stream);
    parameters_destroy(saved);
}
END_TEST

START_TEST(a_tensor_that_differs_is_named) {
    const char *path = scratch_path("model.safetensors");
    Parameters *saved = make_parameters(1), *other = parameters_create();
    Error error;
    save(path, saved);
    SafetensorsFile *file = open_file(path);
    parameters_add(other, "layer", "weight", shape(3, 2), PARAMETER_WEIGHT);
    ck_assert_int_eq(safetensors_read(file, other, &error), -1);
    assert_contains(error.message, "'layer.weight' has shape (2, 3), expected (3, 2)");
    parameters_destroy(other);
    other = parameters_create();
    parameters_add(other, "layer", "bias", shape(2), PARAMETER_BIAS);
    ck_assert_int_eq(safetensors_read(file, other, &error), -1);
    assert_contains(error.message, "'layer.bias' is missing");
    parameters_destroy(other);
    safetensors_close(file);
    parameters_destroy(saved);
}
END_TEST

/* ------------------------------------------------------------------ hostile files */

/* A file with that header and so many bytes of data. */
static SafetensorsFile *open_header(const char *header, size_t data_size, Error *error) {
    static unsigned char bytes[4096];
    uint64_t length = strlen(header);
    ck_assert_uint_le(8 + length + data_size, sizeof bytes);
    memcpy(bytes, &length, 8);
    memcpy(bytes + 8, header, length);
    memset(bytes + 8 + length, 0, data_size);
    return safetensors_open_bytes(bytes, 8 + length + data_size, "hostile", error);
}

static const struct {
    const char *header;
    size_t data_size;
    const char *complaint;
} lies[] = {
    {"", 0, "header byte"},
    {"[]", 0, "not a JSON object"},
    {"{", 0, "header byte"},
    {"{\"a\":1}", 0, "unknown type"},
    {"{\"a\":{\"dtype\":\"F31\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "unknown type 'F31'"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":1,\"data_offsets\":[0,4]}}", 4, "needs a shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "needs a shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4, "needs a shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4,
     "needs a shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967297],\"data_offsets\":[0,4]}}", 4,
     "needs a shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2147483647,2147483647,4],\"data_offsets\":[0,4]}}", 4,
     "needs a shape"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "needs a pair of data_offsets"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "needs a pair"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,\"4\"]}}", 4, "needs a pair"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3, "cut short"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[-4,0]}}", 4, "cut short"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4, "cut short"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]}}", 4,
     "cut short"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "its shape needs 8"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "expected 0"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "describes 4"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
     4, "expected 4"},
    {"{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
     "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}",
     8, "duplicate"},
    {"{\"__metadata__\":[]}", 0, "__metadata__ is not an object"},
    {"{\"__metadata__\":{\"size\":48}}", 0, "metadata 'size' is not a string"},
};
enum { LIES = sizeof lies / sizeof *lies };

START_TEST(a_lying_header_is_refused_with_the_reason) {
    Error error;
    ck_assert_ptr_null(open_header(lies[_i].header, lies[_i].data_size, &error));
    assert_contains(error.message, "hostile");
    assert_contains(error.message, lies[_i].complaint);
}
END_TEST

START_TEST(a_header_length_beyond_the_file_is_refused) {
    static const uint64_t lengths[] = {3, 1000, (uint64_t)1 << 32, UINT64_MAX, UINT64_MAX - 7};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        unsigned char bytes[10] = {0};
        Error error;
        memcpy(bytes, &lengths[i], 8);
        ck_assert_ptr_null(safetensors_open_bytes(bytes, sizeof bytes, "short", &error));
        assert_contains(error.message, "short: not a safetensors file");
    }
}
END_TEST

/* A header of spaces after its first character, and what is said of it. */
static void assert_long_header(uint64_t length, size_t size, const char *reason) {
    Error error;
    unsigned char *bytes = malloc(8 + size);
    memcpy(bytes, &length, 8);
    memset(bytes + 8, ' ', size);
    bytes[8] = '{';
    ck_assert_ptr_null(safetensors_open_bytes(bytes, 8 + size, "long", &error));
    assert_contains(error.message, reason);
    free(bytes);
}

START_TEST(a_header_beyond_all_bounds_is_named_as_what_it_is) {
    assert_long_header(150000000, 150000000,
                       "long: a header of 150000000 bytes; at most 100000000");
    assert_long_header(150000000, 1000, "does not fit into the file's 1008; is the file complete?");
}
END_TEST

START_TEST(more_tensors_than_any_network_has_are_refused_before_they_are_parsed) {
    enum { TENSORS = 150000 };
    Error error;
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    fwrite(&(uint64_t){0}, 8, 1, stream);
    for (int i = 0; i < TENSORS; i++)
        fprintf(stream, "%c\"a:\\\"%d\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[%d,%d]}",
                i ? ',' : '{', i, i, i + 1);
    fputc('}', stream);
    fclose(stream);
    uint64_t length = size - 8;
    memcpy(text, &length, 8);
    ck_assert_ptr_null(safetensors_open_bytes((unsigned char *)text, size, "many", &error));
    assert_contains(error.message,
                    "many: a header of 600000 entries; at most 400000 (100000 tensors)");
    free(text);
}
END_TEST

START_TEST(empty_tensors_and_other_types_are_taken) {
    Error error;
    SafetensorsFile *file =
        open_header("{\"none\":{\"dtype\":\"F32\",\"shape\":[0,3],\"data_offsets\":[0,0]},"
                    "\"half\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[0,4]}}   ",
                    4, &error);
    ck_assert_msg(file, "%s", error.message);
    ck_assert_int_eq(safetensors_count(file), 2);
    ck_assert_uint_eq(safetensors_find(file, "none")->n_bytes, 0);
    safetensors_close(file);
}
END_TEST

/* Reads the whole file into memory that ends where the file ends, so that a sanitizer sees a read
 * beyond it. */
static unsigned char *slurp(const char *path, size_t *size) {
    FILE *stream = fopen(path, "rb");
    ck_assert_ptr_nonnull(stream);
    fseek(stream, 0, SEEK_END);
    *size = (size_t)ftell(stream);
    rewind(stream);
    unsigned char *bytes = malloc(*size);
    ck_assert_uint_eq(fread(bytes, 1, *size, stream), *size);
    fclose(stream);
    return bytes;
}

START_TEST(a_file_cut_at_any_byte_is_refused) {
    const char *path = scratch_path("model.safetensors");
    Parameters *saved = make_parameters(1);
    save(path, saved);
    size_t size;
    unsigned char *whole = slurp(path, &size);
    for (size_t cut = 0; cut < size; cut++) {
        unsigned char *part = malloc(cut + 1);
        Error error = {""};
        memcpy(part, whole, cut);
        ck_assert_ptr_null(safetensors_open_bytes(part, cut, "cut", &error));
        ck_assert_str_ne(error.message, "");
        free(part);
    }
    free(whole);
    parameters_destroy(saved);
}
END_TEST

START_TEST(a_flipped_bit_anywhere_neither_crashes_nor_reads_outside) {
    const char *path = scratch_path("model.safetensors");
    Parameters *saved = make_parameters(1), *target = make_parameters(0);
    save(path, saved);
    size_t size;
    unsigned char *bytes = slurp(path, &size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        SafetensorsFile *file = safetensors_open_bytes(bytes, size, "flipped", NULL);
        int status = file ? safetensors_read(file, target, NULL) : -1;
        ck_assert(status == 0 || status == -1);
        safetensors_close(file);
        bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    free(bytes);
    parameters_destroy(saved);
    parameters_destroy(target);
}
END_TEST

/* ------------------------------------------------------------------ writing under duress */

START_TEST(a_full_disk_leaves_the_older_file_whole_and_no_litter) {
    const char *path = scratch_path("model.safetensors");
    Parameters *older = make_parameters(1), *younger = parameters_create();
    save(path, older);
    parameters_add(younger, "", "large", shape(1 << 16), PARAMETER_WEIGHT);
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit limit = {.rlim_cur = 1 << 12, .rlim_max = RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    Error error;
    int status = safetensors_save(path, SAFETENSORS_FULL, 1, (const Parameters *const[]){younger},
                                  NULL, &error);
    limit.rlim_cur = RLIM_INFINITY;
    setrlimit(RLIMIT_FSIZE, &limit);
    ck_assert_int_eq(status, -1);
    assert_contains(error.message, "cannot write");
    assert_contains(error.message, path);
    SafetensorsFile *file = open_file(path);
    ck_assert_ptr_nonnull(safetensors_find(file, "layer.weight"));
    safetensors_close(file);
    ck_assert_int_eq(scratch_count(), 1);
    parameters_destroy(older);
    parameters_destroy(younger);
}
END_TEST

START_TEST(a_place_that_cannot_be_written_is_named) {
    Parameters *parameters = make_parameters(1);
    Error error;
    ck_assert_int_eq(safetensors_save(scratch_path("no/such/directory/model.safetensors"),
                                      SAFETENSORS_FULL, 1, (const Parameters *const[]){parameters},
                                      NULL, &error),
                     -1);
    assert_contains(error.message, "no/such/directory");
    parameters_destroy(parameters);
}
END_TEST

START_TEST(saving_replaces_an_older_file_in_one_step) {
    const char *path = scratch_path("model.safetensors");
    Parameters *older = make_parameters(1), *younger = make_parameters(10);
    save(path, older);
    SafetensorsFile *open_before = open_file(path);
    save(path, younger);
    ck_assert_int_eq(safetensors_read(open_before, older, NULL), 0);
    ck_assert_float_eq(parameters_find(older, "layer.weight")->data[0], 1);
    SafetensorsFile *open_after = open_file(path);
    ck_assert_int_eq(safetensors_read(open_after, older, NULL), 0);
    ck_assert_float_eq(parameters_find(older, "layer.weight")->data[0], 10);
    ck_assert_int_eq(scratch_count(), 1);
    safetensors_close(open_before);
    safetensors_close(open_after);
    parameters_destroy(older);
    parameters_destroy(younger);
}
END_TEST

/* Saves one model after the other until it is killed. */
static void save_for_ever(const char *path) {
    Parameters *models[] = {make_parameters(1), make_parameters(10)};
    for (int i = 0;; i = !i)
        (void)!safetensors_save(path, SAFETENSORS_FULL, 1, (const Parameters *const *)&models[i],
                                NULL, NULL);
}

START_TEST(kill_9_while_saving_leaves_a_whole_file) {
    const char *path = scratch_path("model.safetensors");
    Parameters *parameters = make_parameters(1);
    save(path, parameters);
    for (int round = 0; round < 20; round++) {
        pid_t child = fork();
        if (!child)
            save_for_ever(path);
        usleep((useconds_t)(2000 + 700 * round));
        kill(child, SIGKILL);
        waitpid(child, NULL, 0);
        SafetensorsFile *file = open_file(path);
        ck_assert_int_eq(safetensors_read(file, parameters, NULL), 0);
        float first = parameters_find(parameters, "layer.weight")->data[0];
        ck_assert(first == 1 || first == 10);
        safetensors_close(file);
    }
    parameters_destroy(parameters);
}
END_TEST

static TCase *scratch_tcase(Suite *suite, const char *name) {
    TCase *tcase = tcase_create(name);
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    suite_add_tcase(suite, tcase);
    return tcase;
}

Suite *safetensors_suite(void) {
    Suite *suite = suite_create("safetensors");
    TCase *tcase = scratch_tcase(suite, "round trip");
    tcase_add_test(tcase, what_is_saved_is_read_back);
    tcase_add_test(tcase, blank_parameters_take_their_memory_from_the_file);
    tcase_add_test(tcase, the_bytes_are_those_of_the_format);
    tcase_add_test(tcase, a_tensor_that_differs_is_named);
    tcase = scratch_tcase(suite, "hostile files");
    tcase_add_loop_test(tcase, a_lying_header_is_refused_with_the_reason, 0, LIES);
    tcase_add_test(tcase, a_header_length_beyond_the_file_is_refused);
    tcase_add_test(tcase, a_header_beyond_all_bounds_is_named_as_what_it_is);
    tcase_add_test(tcase, more_tensors_than_any_network_has_are_refused_before_they_are_parsed);
    tcase_add_test(tcase, empty_tensors_and_other_types_are_taken);
    tcase_add_test(tcase, a_file_cut_at_any_byte_is_refused);
    tcase_add_test(tcase, a_flipped_bit_anywhere_neither_crashes_nor_reads_outside);
    tcase = scratch_tcase(suite, "writing");
    tcase_add_test(tcase, a_full_disk_leaves_the_older_file_whole_and_no_litter);
    tcase_add_test(tcase, a_place_that_cannot_be_written_is_named);
    tcase_add_test(tcase, saving_replaces_an_older_file_in_one_step);
    tcase_add_test(tcase, kill_9_while_saving_leaves_a_whole_file);
    return suite;
}
