/* The live screen as a terminal shows it: every size, nothing over the edge, figures in line. */
#include "compose/live/live_screen.h"

#include "tests/support/text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 250, MOST_ROWS = 80 };

/* What stands where; 0 where nothing was written. Characters beyond ASCII are '*', but the upper
 * half block, of which pictures are made: '^'. */
typedef struct Terminal {
    char cell[MOST_ROWS][MOST_COLUMNS];
    int row, column, width, height;
    int over_the_edge; /* characters */
} Terminal;

static void put(Terminal *terminal, char shown) {
    if (terminal->column >= terminal->width || terminal->row >= terminal->height)
        terminal->over_the_edge++;
    else
        terminal->cell[terminal->row][terminal->column] = shown;
    terminal->column++;
}

/* Takes up one escape sequence, from its '['; returns what comes after it. */
static const char *obey(Terminal *terminal, const char *text) {
    int numbers[8] = {0}, count = 0;
    const char *end = text + 1 + strspn(text + 1, "?;0123456789");
    for (const char *at = text + 1; at < end && count < 8; at++) {
        numbers[count++] = atoi(at);
        at += strspn(at, "0123456789");
    }
    if (*end == 'H') {
        terminal->row = numbers[0] - 1;
        terminal->column = numbers[1] - 1;
        ck_assert(terminal->row >= 0 && terminal->row < terminal->height);
        ck_assert(terminal->column >= 0 && terminal->column < terminal->width);
    } else if (*end == 'K') {
        memset(terminal->cell[terminal->row] + terminal->column, 0,
               (size_t)(terminal->width - terminal->column));
    } else {
        ck_assert_msg(*end == 'm' || *end == 'h' || *end == 'l', "sequence %.9s", text);
    }
    return end + 1;
}

static Terminal shown_with(const TerminalLooks *looks, const LiveStatus *view, bool help) {
    Terminal terminal = {.width = looks->width, .height = looks->height};
    char *text;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    live_screen_draw(stream, looks, view, help);
    ck_assert(!fclose(stream));
    for (const char *at = text; *at;) {
        ck_assert(*at == '\033' || (unsigned char)*at >= ' ');
        if (*at == '\033') {
            at = obey(&terminal, at + 1);
            continue;
        }
        put(&terminal, !strncmp(at, "▀", 3) ? '^' : *at & 0x80 ? '*' : *at);
        for (at++; (*at & 0xc0) == 0x80; at++)
            ck_assert(looks->unicode);
    }
    free(text);
    return terminal;
}

static Terminal shown(const TerminalLooks *looks, const LiveStatus *view) {
    return shown_with(looks, view, false);
}

/* The row as a text, without the spaces at its end (text_format's lifetime). */
static const char *row_text(const Terminal *terminal, int row) {
    char text[MOST_COLUMNS + 1] = {0};
    int end = 0;
    for (int i = 0; i < terminal->width; i++) {
        text[i] = ' ';
        if (terminal->cell[row][i] && (text[i] = terminal->cell[row][i]) != ' ')
            end = i + 1;
    }
    return text_format("%.*s", end, text);
}

static int row_with(const Terminal *terminal, const char *text) {
    for (int row = 0; row < terminal->height; row++)
        if (strstr(row_text(terminal, row), text))
            return row;
    return -1;
}

/* ------------------------------------------------------------------ what is to be seen */

static uint8_t pixels[3 * 64 * 48];
static const Image picture = {.pixels = pixels, .width = 64, .height = 48, .channels = IMAGE_RGB};
static const Box face = {20, 10, 24, 24};
static EmotionState state;
static LiveMusicStatus music;

static LiveStatus set_scene(void) {
    memset(pixels, 200, sizeof pixels);
    state = (EmotionState){.emotion = EMOTION_HAPPY, .face = true, .valence = 0.5f};
    state.probabilities[EMOTION_HAPPY] = 0.75f;
    state.probabilities[EMOTION_SURPRISE] = 0.25f;
    state.arousal = -1;
    music = (LiveMusicStatus){.piece = 12, .tonic = 10, .minor = true, .tempo = 126};
    music.asked = (Mood){.valence = 1, .arousal = -0.75f};
    memset(music.down, true, sizeof music.down);
    return (LiveStatus){.picture = &picture,
                        .face = &face,
                        .state = &state,
                        .music = &music,
                        .seconds = 3661,
                        .frames = 60,
                        .milliseconds = 3.5,
                        .sound = "pulseaudio",
                        .record = "evening.mid"};
}

START_TEST(at_every_size_nothing_goes_over_the_edge) {
    LiveStatus view = set_scene();
    for (int width = 38; width <= 240; width += 29)
        for (int height = 1; height <= 70; height += 11)
            for (int looks = 0; looks < 6; looks++) {
                const TerminalLooks terminal = {.colours = (TerminalColours)(looks % 3),
                                                .unicode = looks / 3,
                                                .width = width,
                                                .height = height};
                Terminal seen = shown(&terminal, &view);
                ck_assert_msg(!seen.over_the_edge, "%d characters at %d×%d", seen.over_the_edge,
                              width, height);
                ck_assert_int_eq(row_with(&seen, "q quit"), height - 1);
            }
}
END_TEST

START_TEST(what_there_is_to_know_is_there_and_in_line) {
    LiveStatus view = set_scene();
    const TerminalLooks looks = {
        .colours = TERMINAL_TRUE, .unicode = true, .width = 80, .height = 24};
    Terminal seen = shown(&looks, &view);
    static const char *const parts[] = {"happy",
                                        "> happy",
                                        "0.75",
                                        "+0.50",
                                        "-1.00",
                                        "piece 12: Bb minor",
                                        "at 126",
                                        "felt: happy",
                                        "played: pleasant, calm",
                                        "policy: mirror",
                                        "valence +1.0, arousal -0.8",
                                        "61:01",
                                        "60 frames/s",
                                        "4 ms to emotion",
                                        "sound: pulseaudio",
                                        "record: evening.mid",
                                        "p pause",
                                        "+/- tempo"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        ck_assert_msg(row_with(&seen, parts[i]) >= 0, "%s", parts[i]);
    size_t edge = strlen(row_text(&seen, row_with(&seen, "0.75")));
    ck_assert_uint_eq(strlen(row_text(&seen, row_with(&seen, "+0.50"))), edge);
    ck_assert_uint_eq(strlen(row_text(&seen, row_with(&seen, "-1.00"))), edge);
    ck_assert_int_le((int)edge, 80);
    int dots = 0;
    for (int column = 0; column < 80; column++)
        dots += seen.cell[0][column] == '^';
    ck_assert_int_ge(dots, 30); /* the picture */
}
END_TEST

START_TEST(a_message_stands_above_the_keys) {
    LiveStatus view = set_scene();
    view.message = "/dev/video0: there is no such camera";
    view.picture = NULL;
    view.face = NULL;
    state.face = false;
    const TerminalLooks looks = {.colours = TERMINAL_PLAIN, .width = 80, .height = 24};
    Terminal seen = shown(&looks, &view);
    ck_assert_str_eq(row_text(&seen, 22), view.message);
    assert_contains(row_text(&seen, 23), "q quit");
    ck_assert_int_ge(row_with(&seen, "felt: no face"), 0);
}
END_TEST

START_TEST(a_long_message_is_shown_to_its_last_word) {
    LiveStatus view = set_scene();
    char message[1000] = "", whole[MOST_ROWS * MOST_COLUMNS] = "";
    for (int i = 0; i < 60; i++)
        strcat(message, text_format("word%d ", i));
    strcat(message, "a-name-longer-than-a-line-of-the-screen-is-cut-where-the-line-ends \033[2J");
    view.message = message;
    for (int width = 38; width <= 120; width += 41) {
        const TerminalLooks looks = {.colours = TERMINAL_PLAIN, .width = width, .height = 40};
        Terminal seen = shown(&looks, &view);
        ck_assert_int_eq(seen.over_the_edge, 0);
        whole[0] = 0;
        for (int row = row_with(&seen, "word0 "); row < 39; row++)
            strcat(strcat(whole, row_text(&seen, row)), " ");
        for (int i = 0; i < 60; i++)
            assert_contains(whole, text_format("word%d ", i));
        assert_contains(whole, "line-ends \\x1B[2J"); /* as text */
        assert_contains(row_text(&seen, 39), "q quit");
    }
}
END_TEST

START_TEST(help_says_what_every_key_does) {
    LiveStatus view = set_scene();
    const TerminalLooks looks = {
        .colours = TERMINAL_256, .unicode = true, .width = 80, .height = 24};
    ck_assert_int_eq(live_screen_command('?'), LIVE_SCREEN_HELP);
    Terminal seen = shown_with(&looks, &view, true);
    ck_assert_int_eq(seen.over_the_edge, 0);
    for (int key = '!'; key <= '~'; key++) {
        if (live_screen_command(key) < 0 || strchr("234567=", key))
            continue;
        const char *shown_as = key == '1' ? "1-7" : key == '+' || key == '-' ? "+ -" : NULL;
        const char *words = shown_as ? shown_as : text_format("%c  ", key);
        ck_assert_msg(row_with(&seen, text_format("  %s   ", words)) >= 0, "key %c", key);
    }
    ck_assert_int_ge(row_with(&seen, "played: "), 0);
}
END_TEST

START_TEST(names_that_would_move_the_cursor_are_shown_as_text) {
    LiveStatus view = set_scene();
    view.record = "\033[1;1Hx.mid";
    const TerminalLooks looks = {.colours = TERMINAL_PLAIN, .width = 80, .height = 24};
    Terminal seen = shown(&looks, &view);
    ck_assert_int_ge(row_with(&seen, "record: \\x1B[1;1Hx.mid"), 0);
}
END_TEST

START_TEST(without_colours_the_picture_is_of_plain_characters_with_the_box) {
    LiveStatus view = set_scene();
    const TerminalLooks looks = {.colours = TERMINAL_PLAIN, .width = 100, .height = 30};
    Terminal seen = shown(&looks, &view);
    ck_assert_int_ge(row_with(&seen, "OOOOOOOO"), 1);
    for (int row = 0; row < 30; row++)
        ck_assert_ptr_null(strpbrk(row_text(&seen, row), "^*\033"));
}
END_TEST

START_TEST(a_mirrored_picture_has_its_box_on_the_other_side) {
    LiveStatus view = set_scene();
    static const Box left = {2, 10, 20, 20};
    view.face = &left;
    const TerminalLooks looks = {.colours = TERMINAL_PLAIN, .width = 100, .height = 30};
    Terminal seen = shown(&looks, &view);
    const char *row = row_text(&seen, row_with(&seen, "OOOO"));
    long before = strstr(row, "OOOO") - row;
    view.mirrored = true;
    seen = shown(&looks, &view);
    row = row_text(&seen, row_with(&seen, "OOOO"));
    ck_assert_int_gt(strstr(row, "OOOO") - row, before + 10);
}
END_TEST

Suite *live_screen_suite(void) {
    Suite *suite = suite_create("live_screen");
    TCase *tcase = tcase_create("live_screen");
    tcase_set_timeout(tcase, 30);
    tcase_add_test(tcase, at_every_size_nothing_goes_over_the_edge);
    tcase_add_test(tcase, what_there_is_to_know_is_there_and_in_line);
    tcase_add_test(tcase, a_message_stands_above_the_keys);
    tcase_add_test(tcase, a_long_message_is_shown_to_its_last_word);
    tcase_add_test(tcase, help_says_what_every_key_does);
    tcase_add_test(tcase, names_that_would_move_the_cursor_are_shown_as_text);
    tcase_add_test(tcase, without_colours_the_picture_is_of_plain_characters_with_the_box);
    tcase_add_test(tcase, a_mirrored_picture_has_its_box_on_the_other_side);
    suite_add_tcase(suite, tcase);
    return suite;
}
