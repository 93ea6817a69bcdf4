#include "compose/live/canvas.h"
#include "nn/base/plain_text.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

enum { NARROWEST_PICTURE = 24, MOST_COLUMNS = 400 };

static const Colour no_colour = {0, 0, 0};
const Colour canvas_marked = {255, 220, 60}, canvas_dim = {140, 140, 150},
             canvas_bright = {240, 240, 245};

/* One for each emotion, told apart on dark ground. */
const Colour canvas_emotion_colours[EMOTION_COUNT] = {
    [EMOTION_ANGRY] = {235, 80, 70},     [EMOTION_DISGUST] = {130, 185, 80},
    [EMOTION_FEAR] = {170, 120, 220},    [EMOTION_HAPPY] = {250, 205, 70},
    [EMOTION_SAD] = {95, 150, 235},      [EMOTION_SURPRISE] = {245, 150, 60},
    [EMOTION_NEUTRAL] = {170, 175, 185},
};

/* ------------------------------------------------------------------ colours */

static int distance(Colour a, int red, int green, int blue) {
    int x = a.red - red, y = a.green - green, z = a.blue - blue;
    return x * x + y * y + z * z;
}

/* The nearest of xterm's 6×6×6 cube (0, 95, 135 … 255) and its 24 greys (8, 18 … 238). */
static int nearest_of_256(Colour colour) {
    int level[3] = {colour.red, colour.green, colour.blue}, value[3];
    for (int i = 0; i < 3; i++) {
        level[i] = level[i] < 48 ? 0 : level[i] < 115 ? 1 : (level[i] - 35) / 40;
        value[i] = level[i] ? 55 + 40 * level[i] : 0;
    }
    int mean = (colour.red + colour.green + colour.blue) / 3;
    int grey = mean < 3 ? 0 : mean > 238 ? 23 : (mean - 3) / 10, shade = 8 + 10 * grey;
    bool nearer =
        distance(colour, shade, shade, shade) < distance(colour, value[0], value[1], value[2]);
    return nearer ? 232 + grey : 16 + 36 * level[0] + 6 * level[1] + level[2];
}

/* `layer` is 38 for what is written, 48 for the ground. */
static void set_colour(const Canvas *canvas, int layer, Colour colour) {
    if (canvas->looks->colours == TERMINAL_TRUE)
        fprintf(canvas->stream, "\033[%d;2;%d;%d;%dm", layer, colour.red, colour.green,
                colour.blue);
    else if (canvas->looks->colours == TERMINAL_256)
        fprintf(canvas->stream, "\033[%d;5;%dm", layer, nearest_of_256(colour));
}

void canvas_write_in(const Canvas *canvas, Colour colour) {
    set_colour(canvas, 38, colour);
}

void canvas_end_colour(const Canvas *canvas) {
    fputs("\033[0m", canvas->stream);
}

/* ------------------------------------------------------------------ the picture */

/* The picture on the screen: a raster of dots, a character wide each, of which a character shows
 * two (unicode) or one. */
typedef struct Raster {
    const CanvasPicture *picture;
    int columns, dots; /* across, down */
    int dots_a_row;
    double scale; /* pixels of the picture across a dot */
    double tall;  /* and down */
} Raster;

static Raster fit(const Canvas *canvas, const CanvasPicture *shown, int columns, int rows) {
    const Image *picture = shown->image;
    Raster raster = {.picture = shown, .dots_a_row = canvas->looks->unicode ? 2 : 1};
    double aspect = 2.0 / raster.dots_a_row; /* height of a dot over its width */
    raster.scale = fmax((double)picture->width / columns,
                        (double)picture->height / (rows * raster.dots_a_row) / aspect);
    raster.tall = raster.scale * aspect;
    raster.columns = (int)fmin(columns, ceil(picture->width / raster.scale));
    raster.dots = (int)fmin(rows * raster.dots_a_row, ceil(picture->height / raster.tall));
    return raster;
}

/* Whether the border of the face's box goes through the dot. */
static bool on_box(const Raster *raster, int x, int y) {
    const Box *box = raster->picture->face;
    if (!box)
        return false;
    int left = (int)(box->x / raster->scale), right = (int)((box->x + box->width) / raster->scale);
    int top = (int)(box->y / raster->tall), bottom = (int)((box->y + box->height) / raster->tall);
    bool within = x >= left && x <= right && y >= top && y <= bottom;
    return within && (x == left || x == right || y == top || y == bottom);
}

/* The mean of the pixels under a dot. */
static Colour mean(const Raster *raster, int x, int y) {
    const Image *picture = raster->picture->image;
    int left = (int)(x * raster->scale), top = (int)(y * raster->tall);
    int right = (int)fmin(fmax((x + 1) * raster->scale, left + 1), picture->width);
    int bottom = (int)fmin(fmax((y + 1) * raster->tall, top + 1), picture->height);
    long sum[3] = {0}, count = 0;
    for (int row = top; row < bottom; row++)
        for (int column = left; column < right; column++, count++) {
            const uint8_t *pixel = picture->pixels + 3 * ((size_t)row * picture->width + column);
            for (int i = 0; i < 3; i++)
                sum[i] += pixel[i];
        }
    if (!count)
        return no_colour;
    return (Colour){(uint8_t)(sum[0] / count), (uint8_t)(sum[1] / count),
                    (uint8_t)(sum[2] / count)};
}

static Colour dot(const Raster *raster, int column, int y) {
    int x = raster->picture->mirrored ? raster->columns - 1 - column : column;
    if (y >= raster->dots)
        return no_colour;
    return on_box(raster, x, y) ? canvas_marked : mean(raster, x, y);
}

static bool same(Colour a, Colour b) {
    return a.red == b.red && a.green == b.green && a.blue == b.blue;
}

static void draw_plain(const Canvas *canvas, const Raster *raster, int row) {
    static const char shades[] = " .:-=+*#%@";
    for (int column = 0; column < raster->columns; column++) {
        Colour upper = dot(raster, column, row * raster->dots_a_row);
        Colour lower = dot(raster, column, (row + 1) * raster->dots_a_row - 1);
        int light =
            (upper.red + lower.red) * 3 + (upper.green + lower.green) * 6 + upper.blue + lower.blue;
        bool box = same(upper, canvas_marked) || same(lower, canvas_marked);
        fputc(box ? 'O' : shades[light * 10 / (20 * 256)], canvas->stream);
    }
}

static void draw_coloured(const Canvas *canvas, const Raster *raster, int row) {
    Colour upper = no_colour, lower = no_colour;
    for (int column = 0; column < raster->columns; column++) {
        Colour above = dot(raster, column, row * raster->dots_a_row);
        Colour below = dot(raster, column, (row + 1) * raster->dots_a_row - 1);
        if (!column || !same(above, upper))
            set_colour(canvas, 38, above);
        if (!column || !same(below, lower))
            set_colour(canvas, 48, below);
        fputs(canvas->looks->unicode ? "▀" : " ", canvas->stream);
        upper = above;
        lower = below;
    }
    canvas_end_colour(canvas);
}

static void draw_picture(const Canvas *canvas, const CanvasPicture *picture, int columns,
                         int rows) {
    Raster raster = {.picture = picture};
    if (picture->image)
        raster = fit(canvas, picture, columns, rows);
    for (int row = 0; row < rows; row++) {
        fprintf(canvas->stream, "\033[%d;1H", row + 1);
        bool any = row * raster.dots_a_row < raster.dots;
        if (any)
            (canvas->looks->colours == TERMINAL_PLAIN ? draw_plain : draw_coloured)(canvas, &raster,
                                                                                    row);
        fprintf(canvas->stream, "%*s", columns + 1 - (any ? raster.columns : 0), "");
    }
}

/* ------------------------------------------------------------------ the panel */

/* Goes to the panel's next line; false when the screen has no more. */
bool canvas_next_line(Canvas *canvas) {
    if (canvas->row > canvas->looks->height - 1)
        return false;
    fprintf(canvas->stream, "\033[%d;%dH\033[K", canvas->row++, canvas->column);
    return true;
}

void canvas_line(Canvas *canvas, Colour colour, const char *format, ...) {
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (!canvas_next_line(canvas))
        return;
    canvas_write_in(canvas, colour);
    fputs(text, canvas->stream);
    canvas_end_colour(canvas);
}

enum { BAR = 18 }; /* columns */

/* A share (0 … 1) of the columns, to an eighth of one. */
static void bar(const Canvas *canvas, double share) {
    static const char *const eighths[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    int steps = (int)lround(fmin(fmax(share, 0), 1) * BAR * 8), full = steps / 8;
    for (int i = 0; i < full; i++)
        fputs(canvas->looks->unicode ? "█" : "#", canvas->stream);
    if (canvas->looks->unicode)
        fputs(eighths[steps % 8], canvas->stream);
    bool partial = canvas->looks->unicode && steps % 8;
    fprintf(canvas->stream, "%*s", BAR - full - partial, "");
}

static void probability_line(Canvas *canvas, const EmotionState *state, int emotion) {
    if (!canvas_next_line(canvas))
        return;
    bool told = emotion == (int)state->emotion;
    canvas_write_in(canvas, told ? canvas_bright : canvas_dim);
    fprintf(canvas->stream, "%s%-8s  ", told ? "> " : "  ", emotions[emotion].name);
    canvas_write_in(canvas, canvas_emotion_colours[emotion]);
    bar(canvas, (double)state->probabilities[emotion]);
    canvas_write_in(canvas, told ? canvas_bright : canvas_dim);
    fprintf(canvas->stream, "   %4.2f", (double)state->probabilities[emotion]);
    canvas_end_colour(canvas);
}

/* A scale from -1 to 1 with a mark. */
static void scale_line(Canvas *canvas, const char *name, double value) {
    if (!canvas_next_line(canvas))
        return;
    int mark = (int)lround((fmin(fmax(value, -1), 1) + 1) / 2 * BAR);
    const bool unicode = canvas->looks->unicode;
    canvas_write_in(canvas, canvas_dim);
    fprintf(canvas->stream, "  %-8s  ", name);
    for (int i = 0; i <= BAR; i++) {
        canvas_write_in(canvas, i == mark ? canvas_bright : canvas_dim);
        fputs(i == mark      ? (unicode ? "●" : "O")
              : i == BAR / 2 ? (unicode ? "┼" : "+")
                             : (unicode ? "─" : "-"),
              canvas->stream);
    }
    canvas_write_in(canvas, canvas_bright);
    fprintf(canvas->stream, " %+5.2f", value);
    canvas_end_colour(canvas);
}

void canvas_emotion(Canvas *canvas, const EmotionState *state, bool face, bool by_hand) {
    if (face || by_hand)
        canvas_line(canvas, canvas_emotion_colours[state->emotion], "  %s: %s",
                    by_hand ? "set by hand" : "felt", emotions[state->emotion].name);
    else
        canvas_line(canvas, canvas_dim, "%s", "  felt: no face in sight");
    canvas_line(canvas, canvas_dim, "%s", "");
    for (int emotion = 0; emotion < EMOTION_COUNT; emotion++)
        probability_line(canvas, state, emotion);
    canvas_line(canvas, canvas_dim, "%s", "");
    scale_line(canvas, "valence", (double)state->valence);
    scale_line(canvas, "arousal", (double)state->arousal);
}

/* ------------------------------------------------------------------ the screen */

/* The keys in the order of their line, where the last ones are left out when it is short. */
static void draw_keys(const Canvas *canvas, const char *const words[], int count) {
    int used = 0;
    fprintf(canvas->stream, "\033[%d;1H\033[K", canvas->looks->height);
    canvas_write_in(canvas, canvas_dim);
    for (int i = 0; i < count; i++) {
        int wanted = words[i] ? (int)strlen(words[i]) + (i ? 2 : 1) : 0;
        if (used + wanted >= canvas->looks->width)
            break;
        if (wanted)
            used += fprintf(canvas->stream, "%*s%s", i ? 2 : 1, "", words[i]);
    }
    canvas_end_colour(canvas);
}

/* How many bytes of a text fit into a line, up to the end of a word if there is one; what stands
 * after them is a space, the rest of a long word or the end. */
static int line_of(const char *text, int width) {
    int bytes = 0, end = 0;
    for (int columns = 0; text[bytes] && columns < width; columns++) {
        for (bytes++; (text[bytes] & 0xc0) == 0x80; bytes++)
            ;
        if (!text[bytes] || text[bytes] == ' ')
            end = bytes;
    }
    return end ? end : bytes;
}

/* Above the keys, over what stands there. */
static void draw_message(const Canvas *canvas, const char *message) {
    PlainText plain;
    const char *text = plain_text(message, &plain);
    int width = canvas->looks->width, lines = 0;
    for (const char *at = text; *at; lines++) {
        at += line_of(at, width);
        at += *at == ' ';
    }
    canvas_write_in(canvas, canvas_marked);
    for (int row = canvas->looks->height - lines; *text; row++) {
        int bytes = line_of(text, width);
        if (row > 0)
            fprintf(canvas->stream, "\033[%d;1H\033[K%.*s", row, bytes, text);
        text += bytes;
        text += *text == ' ';
    }
    canvas_end_colour(canvas);
}

Canvas canvas_begin(FILE *stream, const TerminalLooks *looks, const CanvasPicture *picture) {
    int columns = (int)fmin(looks->width, MOST_COLUMNS) - CANVAS_PANEL - 1;
    bool pictured = picture && columns >= NARROWEST_PICTURE && looks->height > 2;
    Canvas canvas = {
        .stream = stream, .looks = looks, .column = pictured ? columns + 2 : 1, .row = 1};
    fputs("\033[?2026h", stream); /* shown at once, by terminals that know how */
    if (pictured)
        draw_picture(&canvas, picture, columns, looks->height - 1);
    return canvas;
}

void canvas_end(Canvas *canvas, const char *message, const char *const keys[], int n_keys) {
    while (canvas_next_line(canvas))
        ;
    if (message)
        draw_message(canvas, message);
    draw_keys(canvas, keys, n_keys);
    fputs("\033[?2026l", canvas->stream);
}
