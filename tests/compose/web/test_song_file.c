/* Songs as players of browsers ask for them: whole, in parts, from the middle. */
#include "compose/web/song_file.h"

#include "compose/sound/sound_format.h"
#include "datasets/audio/wav_file.h"
#include "tests/support/files.h"
#include "tests/support/music_folder.h"
#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

/* All bytes of a reply's body, which is freed. Caller frees. */
static unsigned char *body_of(WebReply *reply, size_t room) {
    unsigned char *bytes = calloc(1, (size_t)reply->range.size + 1);
    size_t size = 0;
    if (reply->from_file) {
        ssize_t got =
            pread(reply->file, bytes, (size_t)reply->range.size, (off_t)reply->range.first);
        ck_assert_int_eq(got, (ssize_t)reply->range.size);
        size = (size_t)got;
    } else {
        ck_assert_uint_eq(reply->size, reply->range.size);
        for (ssize_t got = 1; got > 0; size += (size_t)got) {
            got = reply->stream(reply->user, (char *)bytes + size, room);
            ck_assert_int_ge(got, 0);
            ck_assert_uint_le(size + (size_t)got, reply->range.size);
        }
    }
    ck_assert_uint_eq(size, reply->range.size);
    web_reply_free(reply);
    return bytes;
}

static const char *recording(void) {
    unsigned char bytes[1000];
    for (int i = 0; i < 1000; i++)
        bytes[i] = (unsigned char)(i * 7);
    return scratch_write_bytes("a.mp3", bytes, sizeof bytes);
}

START_TEST(recordings_are_sent_as_they_are) {
    const char *path = recording();
    WebReply reply = song_file_reply(path, MOOD_FROM_SOUND, NULL, NULL);
    ck_assert_int_eq(reply.status, 200);
    ck_assert_str_eq(reply.type, "audio/mpeg");
    ck_assert(reply.has_range);
    unsigned char *whole = file_bytes(path, NULL), *sent = body_of(&reply, 0);
    ck_assert_mem_eq(sent, whole, 1000);
    free(sent);
    reply = song_file_reply(path, MOOD_FROM_SOUND, NULL, "bytes=100-199");
    ck_assert_int_eq(reply.status, 206);
    ck_assert_uint_eq(reply.range.whole, 1000);
    sent = body_of(&reply, 0);
    ck_assert_mem_eq(sent, whole + 100, 100);
    free(sent);
    free(whole);
}
END_TEST

START_TEST(what_is_not_there_is_refused) {
    WebReply reply = song_file_reply(recording(), MOOD_FROM_SOUND, NULL, "bytes=1000-");
    ck_assert_int_eq(reply.status, 416);
    ck_assert_uint_eq(reply.range.whole, 1000);
    web_reply_free(&reply);
    const char *const paths[] = {scratch_path("none.mp3"), scratch_path(""),
                                 scratch_write("empty.mp3", ""), "/dev/zero"};
    for (int i = 0; i < 4; i++) {
        reply = song_file_reply(paths[i], MOOD_FROM_SOUND, NULL, NULL);
        ck_assert_int_eq(reply.status, 404);
        web_reply_free(&reply);
    }
    reply = song_file_reply(scratch_write("no.mid", "MThd"), MOOD_FROM_NOTES, NULL, NULL);
    ck_assert_int_eq(reply.status, 404);
    web_reply_free(&reply);
}
END_TEST

#ifdef HAVE_FLUIDSYNTH

static const char *notes(void) {
    music_folder_add("a.mid", 12, 0);
    return text_format("%s/a.mid", music_folder());
}

static WebReply ask(const char *path, const char *range, int status) {
    WebReply reply = song_file_reply(path, MOOD_FROM_NOTES, NULL, range);
    ck_assert_int_eq(reply.status, status);
    return reply;
}

START_TEST(notes_are_rendered_into_a_wav_file_whose_length_is_known_before) {
    WebReply reply = ask(notes(), NULL, 200);
    ck_assert_str_eq(reply.type, "audio/wav");
    size_t size = (size_t)reply.size;
    unsigned char *wav = body_of(&reply, 1777);
    ck_assert_mem_eq(wav, "RIFF", 4);
    ck_assert_uint_eq(wav[40] | wav[41] << 8 | wav[42] << 16 | wav[43] << 24, size - WAV_HEADER);
    long loud = 0;
    for (size_t i = WAV_HEADER + 1; i < size; i += 2)
        loud += wav[i] > 4 && wav[i] < 251; /* the upper byte of a sample: beyond a thousand */
    ck_assert_int_gt(loud, 10000);
    free(wav);
}
END_TEST

START_TEST(notes_are_as_loud_as_recordings_are_played) {
    WebReply reply = ask(notes(), NULL, 200);
    size_t size = (size_t)reply.size, count = 0;
    unsigned char *wav = body_of(&reply, 4096);
    double sum = 0;
    for (size_t i = WAV_HEADER; i + 1 < size && count < 2 * 6 * SOUND_RATE; i += 2, count++) {
        double sample = (int16_t)(wav[i] | wav[i + 1] << 8) / 32768.0;
        sum += sample * sample;
    }
    ck_assert_double_eq_tol(10 * log10(sum / (double)count), LIBRARY_LEVEL, 1.5);
    free(wav);
}
END_TEST

START_TEST(the_middle_of_notes_sounds_too) {
    const char *path = notes();
    WebReply reply = ask(path, NULL, 200);
    size_t size = (size_t)reply.size, at = (size / 2) | 1; /* inside of a frame */
    web_reply_free(&reply);
    reply = ask(path, text_format("bytes=%zu-", at), 206);
    ck_assert_uint_eq(reply.size, size - at);
    unsigned char *rest = body_of(&reply, 4096);
    long loud = 0;
    for (size_t i = at % 2 ? 0 : 1; i < size - at; i += 2)
        loud += rest[i] > 4 && rest[i] < 251;
    ck_assert_int_gt(loud, 5000);
    free(rest);
    reply = ask(path, "bytes=0-43", 206);
    unsigned char *header = body_of(&reply, 10);
    ck_assert_mem_eq(header, "RIFF", 4);
    free(header);
    reply = ask(path, "bytes=40-51", 206);
    free(body_of(&reply, 100));
    reply = ask(path, text_format("bytes=%zu-", size), 416);
    web_reply_free(&reply);
}
END_TEST

#endif

Suite *song_file_suite(void) {
    Suite *suite = suite_create("song_file");
    TCase *tcase = tcase_create("song file");
    tcase_add_checked_fixture(tcase, scratch_create, scratch_remove);
    tcase_add_test(tcase, recordings_are_sent_as_they_are);
    tcase_add_test(tcase, what_is_not_there_is_refused);
#ifdef HAVE_FLUIDSYNTH
    tcase_add_test(tcase, notes_are_rendered_into_a_wav_file_whose_length_is_known_before);
    tcase_add_test(tcase, notes_are_as_loud_as_recordings_are_played);
    tcase_add_test(tcase, the_middle_of_notes_sounds_too);
#endif
    suite_add_tcase(suite, tcase);
    return suite;
}
