#include "datasets/draw/piano_roll.h"

#include "datasets/draw/drawing.h"
#include "datasets/music/music_encode.h"

#include <math.h>
#include <stdio.h>

enum { DEFAULT_WIDTH = 1600, DEFAULT_HEIGHT = 500, LARGEST_SIDE = 30000 };
enum { LEFT = 48, RIGHT = 24, TOP = 34, BOTTOM = 38 };
enum { FONT = 15, TITLE_FONT = 17 };
enum { CLOSEST_BARS = 8, MARK = 5 }; /* pixels */

/* The plot: seconds and pitches to pixels. */
typedef struct Frame {
    cairo_t *cairo;
    double width, height, from, until;
    int lowest, highest;
} Frame;

static double x_of(const Frame *frame, double seconds) {
    return LEFT +
           (seconds - frame->from) / (frame->until - frame->from) * (frame->width - LEFT - RIGHT);
}

/* The upper edge of a pitch's row. */
static double y_of(const Frame *frame, int pitch) {
    return TOP + (double)(frame->highest - pitch) / (frame->highest - frame->lowest + 1) *
                     (frame->height - TOP - BOTTOM);
}

/* Soft notes blue, loud ones red, by way of violet. */
static void set_velocity_colour(cairo_t *cairo, int velocity, double alpha) {
    double loud = velocity / 127.0;
    cairo_set_source_rgba(cairo, 0.10 + 0.85 * loud, 0.32 - 0.14 * loud, 0.85 - 0.75 * loud, alpha);
}

static void fit(Frame *frame, const Song *song) {
    frame->lowest = 60;
    frame->highest = 72;
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum) {
            int pitch = song->notes[i].pitch;
            frame->lowest = pitch < frame->lowest ? pitch : frame->lowest;
            frame->highest = pitch > frame->highest ? pitch : frame->highest;
        }
}

/* A step of 1, 2 or 5 times a power of ten that gives about ten lines. */
static double time_step(double seconds) {
    double power = pow(10, floor(log10(fmax(seconds, 0.1) / 10)));
    double ratio = seconds / 10 / power;
    return power * (ratio < 1.5 ? 1 : ratio < 3.5 ? 2 : ratio < 7.5 ? 5 : 10);
}

static void draw_pitch_lines(const Frame *frame) {
    for (int pitch = frame->lowest; pitch <= frame->highest; pitch++) {
        int class = pitch % 12;
        double y = y_of(frame, pitch), height = y_of(frame, pitch - 1) - y;
        if (class == 1 || class == 3 || class == 6 || class == 8 || class == 10) {
            cairo_set_source_rgb(frame->cairo, 0.955, 0.955, 0.965);
            cairo_rectangle(frame->cairo, LEFT, y, frame->width - LEFT - RIGHT, height);
            cairo_fill(frame->cairo);
        }
        if (class != 0)
            continue;
        char name[16];
        snprintf(name, sizeof name, "C%d", pitch / 12 - 1);
        cairo_set_source_rgb(frame->cairo, 0.75, 0.75, 0.8);
        cairo_move_to(frame->cairo, LEFT, y + height);
        cairo_line_to(frame->cairo, frame->width - RIGHT, y + height);
        cairo_stroke(frame->cairo);
        cairo_set_source_rgb(frame->cairo, 0.25, 0.25, 0.3);
        cairo_move_to(frame->cairo, 14, y + height);
        cairo_show_text(frame->cairo, name);
    }
}

static void draw_upright(const Frame *frame, double seconds, double top) {
    cairo_set_source_rgb(frame->cairo, 0.85, 0.85, 0.88);
    cairo_move_to(frame->cairo, x_of(frame, seconds), top);
    cairo_line_to(frame->cairo, x_of(frame, seconds), frame->height - BOTTOM);
    cairo_stroke(frame->cairo);
}

/* A line at each bar, or at each second, fourth, eighth … where they would be too close. */
static void draw_bar_lines(const Frame *frame, const Song *song) {
    static const SongMeter common = {.numerator = 4, .denominator = 4};
    const SongMeter *meters = song->n_meters ? song->meters : &common;
    int n_meters = song->n_meters ? song->n_meters : 1;
    double from = song_ticks(song, frame->from), until = song_ticks(song, frame->until);
    for (int i = 0; i < n_meters; i++) {
        double length = 4.0 * song->ticks_per_quarter * meters[i].numerator / meters[i].denominator;
        double start = meters[i].at.tick, end = i + 1 < n_meters ? meters[i + 1].at.tick : until;
        double bar = fmax(0, ceil((from - start) / length));
        double bars = (fmin(end, until) - start) / length, step = 1;
        double pixels = x_of(frame, song_seconds(song, start + bars * length)) -
                        x_of(frame, song_seconds(song, start + bar * length));
        while ((bars - bar) / step * CLOSEST_BARS > fmax(pixels, CLOSEST_BARS))
            step *= 2;
        for (; bar < bars; bar += step)
            draw_upright(frame, song_seconds(song, start + bar * length), TOP);
    }
}

/* `top` is how far up the lines go. */
static void draw_time_lines(const Frame *frame, double top) {
    double step = time_step(frame->until - frame->from);
    for (double at = ceil(frame->from / step) * step; at <= frame->until + 1e-9; at += step) {
        char text[32];
        cairo_text_extents_t extents;
        snprintf(text, sizeof text, "%g s", at);
        cairo_text_extents(frame->cairo, text, &extents);
        draw_upright(frame, at, top);
        cairo_set_source_rgb(frame->cairo, 0.25, 0.25, 0.3);
        cairo_move_to(frame->cairo, x_of(frame, at) - extents.width / 2,
                      frame->height - BOTTOM + 20);
        cairo_show_text(frame->cairo, text);
    }
}

/* The same key struck again at once is seen by the pixel left free before it. */
static void draw_bar(const Frame *frame, const SongNote *note, double from, double until,
                     double alpha) {
    double y = y_of(frame, note->pitch), height = y_of(frame, note->pitch - 1) - y;
    from = fmax(from, frame->from);
    until = fmin(until, frame->until);
    if (until <= from)
        return;
    set_velocity_colour(frame->cairo, note->velocity, alpha);
    cairo_rectangle(frame->cairo, x_of(frame, from), y,
                    fmax(1, x_of(frame, until) - x_of(frame, from) - 1), fmax(1, height - 0.5));
    cairo_fill(frame->cairo);
}

/* How colours mean loudness: velocities from soft to loud, at the upper right. */
static void draw_velocities(const Frame *frame) {
    enum { BAR = 127, TEXT = 44, HEIGHT = 12 };
    cairo_t *cairo = frame->cairo;
    double left = frame->width - RIGHT - BAR - TEXT, top = TOP - 22;
    if (left < frame->width / 2)
        return;
    for (int velocity = 0; velocity < BAR; velocity++) {
        set_velocity_colour(cairo, velocity, 0.9);
        cairo_rectangle(cairo, left + velocity, top, 1, HEIGHT);
        cairo_fill(cairo);
    }
    cairo_set_source_rgb(cairo, 0.25, 0.25, 0.3);
    cairo_move_to(cairo, left - TEXT, top + HEIGHT);
    cairo_show_text(cairo, "soft");
    cairo_move_to(cairo, left + BAR + 8, top + HEIGHT);
    cairo_show_text(cairo, "loud");
}

static void draw(const Frame *frame, const Song *song, const char *title) {
    cairo_t *cairo = frame->cairo;
    cairo_set_source_rgb(cairo, 1, 1, 1);
    cairo_paint(cairo);
    cairo_select_font_face(cairo, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo, FONT);
    cairo_set_line_width(cairo, 1);
    draw_pitch_lines(frame);
    double lag;
    bool metric = music_grid(song, &lag) == SONG_GRID_METRIC;
    if (metric)
        draw_bar_lines(frame, song);
    draw_time_lines(frame, metric ? frame->height - BOTTOM - MARK : TOP);
    draw_velocities(frame);
    for (int i = 0; i < song->n_notes; i++)
        if (!song->notes[i].drum) {
            draw_bar(frame, &song->notes[i], song->notes[i].end, song->notes[i].sound_end, 0.22);
            draw_bar(frame, &song->notes[i], song->notes[i].start, song->notes[i].end, 0.9);
        }
    if (!title)
        return;
    cairo_set_source_rgb(cairo, 0.1, 0.1, 0.12);
    cairo_set_font_size(cairo, TITLE_FONT);
    cairo_move_to(cairo, LEFT, TOP - 12);
    cairo_show_text(cairo, title);
}

int piano_roll_write(const Song *song, const PianoRoll *roll, const char *path, Error *error) {
    static const PianoRoll defaults;
    roll = roll ? roll : &defaults;
    int width = roll->width ? roll->width : DEFAULT_WIDTH,
        height = roll->height ? roll->height : DEFAULT_HEIGHT;
    if (width < LEFT + RIGHT + 16 || height < TOP + BOTTOM + 16 || width > LARGEST_SIDE ||
        height > LARGEST_SIDE)
        return error_set(error, "%s: a piano roll of %d × %d pixels, expected 100 × 100 … %d × %d",
                         path, width, height, LARGEST_SIDE, LARGEST_SIDE);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, width, height);
    Frame frame = {.cairo = cairo_create(surface),
                   .width = width,
                   .height = height,
                   .from = roll->from,
                   .until = roll->until > roll->from ? roll->until
                                                     : fmax(song->seconds, roll->from + 0.1)};
    fit(&frame, song);
    draw(&frame, song, roll->title);
    cairo_destroy(frame.cairo);
    int status = drawing_write(surface, path, error);
    cairo_surface_destroy(surface);
    return status;
}
