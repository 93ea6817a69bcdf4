#include "datasets/faces/fer2013.h"

#include "nn/io/file.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BLOCK_BYTES = 4 << 20, /* read, then parsed, at a time; also the longest line taken */
    MAX_FIELDS = 32,       /* of a line; others than the three columns are passed over */
    SHORTEST_ROW =
        2 * FACE_PIXELS, /* 2304 digits with spaces between, and more: what is shorter is bad */
    BLOCK_ROWS = BLOCK_BYTES / SHORTEST_ROW + 1,
    INFLATE_BUFFER_BYTES = 256 << 10,
};

typedef struct Text {
    const char *start, *end;
} Text;

typedef enum Column { COLUMN_EMOTION, COLUMN_PIXELS, COLUMN_USAGE, COLUMN_COUNT } Column;
static const char *const column_names[COLUMN_COUNT] = {"emotion", "pixels", "Usage"};

/* A part of the file: whole lines, then the start of the line that goes on in the next block. */
typedef struct Block {
    char *bytes;
    size_t size;
    size_t taken; /* bytes that belong to whole lines */
} Block;

typedef struct Reader {
    const char *path;
    gzFile stream; /* zlib passes plain files through as they are */
    bool ended;
    FaceSplit unsplit;
    BadInputs *bad_inputs;
    int n_fields;             /* of a line */
    int places[COLUMN_COUNT]; /* at which place of a line each column stands, -1 for a missing one
                               */
    long line;                /* number of the last line handed out */
    Block blocks[2];
    Text rows[BLOCK_ROWS];
    bool bad[BLOCK_ROWS];
    int n_rows;
    uint32_t n_short;   /* rows of this block too short to be parsed */
    size_t block_start; /* where the rows of this block begin, */
    long block_line;    /* and the number of the line before them */
} Reader;

/* ------------------------------------------------------------------------------------ rows */

static Text trim(Text text) {
    while (text.start < text.end && isspace((unsigned char)*text.start))
        text.start++;
    while (text.start < text.end && isspace((unsigned char)text.end[-1]))
        text.end--;
    return text;
}

/* A field's content, without the quotes that it may stand in. */
static Text unquote(Text field) {
    field = trim(field);
    if (field.end - field.start >= 2 && *field.start == '"' && field.end[-1] == '"')
        return trim((Text){field.start + 1, field.end - 1});
    return field;
}

/* Copies what fits, with a ? for each byte that a terminal should not see. */
static const char *printable(Text text, char buffer[40]) {
    size_t length = (size_t)(text.end - text.start);
    size_t shown = length < 39 ? length : 36;
    for (size_t i = 0; i < shown; i++)
        buffer[i] = text.start[i];
    for (size_t i = 0; i < shown; i++)
        if (!isprint((unsigned char)buffer[i]))
            buffer[i] = '?';
    strcpy(buffer + shown, length < 39 ? "" : "...");
    return buffer;
}

/* The comma that ends the first field of the rest of a line, NULL when it is the last one. In a
 * field in quotes, commas are text. */
static const char *end_of_field(Text line) {
    const char *from = line.start;
    while (from < line.end && *from == ' ')
        from++;
    if (from < line.end && *from == '"') {
        const char *quote = memchr(from + 1, '"', (size_t)(line.end - from - 1));
        from = quote ? quote : from;
    }
    return memchr(from, ',', (size_t)(line.end - from));
}

/* Cuts a line at its commas into fields; returns how many fields there are, of which at
 * most MAX_FIELDS are stored. */
static int cut_fields(Text line, Text fields[MAX_FIELDS]) {
    int count = 0;
    const char *comma;
    do {
        comma = end_of_field(line);
        if (count < MAX_FIELDS)
            fields[count] = unquote((Text){line.start, comma ? comma : line.end});
        count++;
        line.start = comma ? comma + 1 : line.end;
    } while (comma);
    return count;
}

static int parse_emotion(Text field, uint8_t *label, Error *error) {
    char shown[40], name[40];
    printable(field, shown);
    strcpy(name, shown);
    if (isdigit((unsigned char)name[0]) && name[1] == '.' &&
        strspn(name + 2, "0") == strlen(name + 2))
        name[1] = 0; /* "3.0": pandas writes a column with gaps as numbers with a point */
    int found = emotion_from_name(name);
    if (found < 0)
        return error_set(error, "emotion '%s', expected 0 to %d or a name such as %s", shown,
                         EMOTION_COUNT - 1, emotions[EMOTION_HAPPY].name);
    *label = (uint8_t)found;
    return 0;
}

static int parse_usage(Text field, uint8_t *split, Error *error) {
    char name[40];
    int found = face_split_from_name(printable(field, name));
    if (found < 0)
        return error_set(error, "usage '%s', expected Training, PublicTest or PrivateTest", name);
    *split = (uint8_t)found;
    return 0;
}

static int bad_pixel(Text field, const char *at, int index, Error *error) {
    char shown[40];
    Text word = {at, at};
    while (word.end < field.end && *word.end != ' ')
        word.end++;
    return error_set(error, "pixel %d is '%s', expected 0 to 255", index + 1,
                     printable(word, shown));
}

static int parse_pixels(Text field, uint8_t *pixels, Error *error) {
    const char *at = field.start;
    int count = 0;
    while (at < field.end) {
        const char *word = at;
        unsigned value = 0;
        for (unsigned digit; at < field.end && (digit = (unsigned)*at - '0') <= 9 && value <= 255;
             at++)
            value = value * 10 + digit;
        if (at == word || value > 255 || (at < field.end && *at != ' '))
            return bad_pixel(field, word, count, error);
        if (count < FACE_PIXELS)
            pixels[count] = (uint8_t)value;
        count++;
        while (at < field.end && *at == ' ')
            at++;
    }
    if (count != FACE_PIXELS)
        return error_set(error, "%d pixels, expected %d", count, FACE_PIXELS);
    return 0;
}

static int parse_row(const Reader *reader, Text line, uint8_t *pixels, uint8_t *label,
                     uint8_t *split, Error *error) {
    Text fields[MAX_FIELDS];
    const int *places = reader->places;
    int count = cut_fields(line, fields);
    if (count != reader->n_fields)
        return error_set(error, "%d fields, expected %d", count, reader->n_fields);
    if (parse_emotion(fields[places[COLUMN_EMOTION]], label, error) ||
        parse_pixels(fields[places[COLUMN_PIXELS]], pixels, error))
        return -1;
    if (places[COLUMN_USAGE] >= 0)
        return parse_usage(fields[places[COLUMN_USAGE]], split, error);
    *split = (uint8_t)reader->unsplit;
    return 0;
}

/* ---------------------------------------------------------------------------------- blocks */

/* Fills `block`, which starts with what `previous` left untaken. */
static int read_block(Reader *reader, Block *block, const Block *previous, Error *error) {
    size_t rest = previous ? previous->size - previous->taken : 0;
    if (rest)
        memcpy(block->bytes, previous->bytes + previous->taken, rest);
    block->size = rest;
    block->taken = 0;
    while (!reader->ended && block->size < BLOCK_BYTES) {
        int got = gzread(reader->stream, block->bytes + block->size,
                         (unsigned)(BLOCK_BYTES - block->size));
        int status;
        const char *reason = gzerror(reader->stream, &status);
        if (status == Z_ERRNO)
            return error_errno(error, "cannot read %s", reader->path);
        if (status == Z_BUF_ERROR)
            return error_set(error, "%s: the compressed data ends early, after %lld bytes of text",
                             reader->path, (long long)gztell(reader->stream));
        if (status != Z_OK && status != Z_STREAM_END)
            return error_set(error, "%s: damaged compressed data after %lld bytes of text (%s)",
                             reader->path, (long long)gztell(reader->stream), reason);
        block->size += (size_t)got;
        reader->ended = got <= 0;
    }
    return 0;
}

/* Takes the next line off the block; false when only a part of one is left. */
static bool take_line(Reader *reader, Block *block, Text *line) {
    const char *start = block->bytes + block->taken;
    size_t left = block->size - block->taken;
    if (!left)
        return false;
    const char *newline = memchr(start, '\n', left);
    if (!newline && !reader->ended)
        return false;
    *line = (Text){start, newline ? newline : start + left};
    block->taken += newline ? (size_t)(newline - start) + 1 : left;
    reader->line++;
    return true;
}

/* Cuts the block into rows. */
static int cut_rows(Reader *reader, Block *block, Error *error) {
    Text line;
    reader->n_rows = 0;
    reader->n_short = 0;
    reader->block_start = block->taken;
    reader->block_line = reader->line;
    while (take_line(reader, block, &line)) {
        line = trim(line);
        if (line.start == line.end)
            continue;
        if (line.end - line.start >= SHORTEST_ROW)
            reader->rows[reader->n_rows++] = line;
        else
            reader->n_short++;
    }
    if (!block->taken && block->size)
        return error_set(error, "%s:%ld: a line of more than %d bytes", reader->path,
                         reader->line + 1, BLOCK_BYTES);
    return 0;
}

static int parse_header(Reader *reader, Block *block, Error *error) {
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    Text line = {"", ""}, fields[MAX_FIELDS];
    char shown[40];
    take_line(reader, block, &line);
    if (line.end - line.start >= 3 && !memcmp(line.start, byte_order_mark, 3))
        line.start += 3;
    bool twice = false;
    int *places = reader->places;
    for (int column = 0; column < COLUMN_COUNT; column++)
        places[column] = -1;
    reader->n_fields = cut_fields(line, fields);
    for (int i = 0; i < reader->n_fields && reader->n_fields <= MAX_FIELDS; i++)
        for (int column = 0; column < COLUMN_COUNT; column++)
            if (!strcasecmp(printable(fields[i], shown), column_names[column])) {
                twice = twice || places[column] >= 0;
                places[column] = i;
            }
    const char *header = printable(trim(line), shown);
    if (places[COLUMN_EMOTION] < 0 || places[COLUMN_PIXELS] < 0 || twice)
        return error_set(error, "%s:1: header '%s', expected emotion,pixels,Usage%s", reader->path,
                         header, *header ? "" : "; is the file empty?");
    return 0;
}

/* ------------------------------------------------------------------------------------ file */

/* Says of each bad row of the block what is wrong with it, by parsing all once more. */
static int report_bad_rows(Reader *reader, Block *block, Error *error) {
    uint8_t pixels[FACE_PIXELS], label, split;
    Text line;
    Error what;
    int status = 0;
    size_t end = block->taken;
    block->taken = reader->block_start;
    reader->line = reader->block_line;
    while (!status && block->taken < end && take_line(reader, block, &line)) {
        line = trim(line);
        if (line.start == line.end || !parse_row(reader, line, pixels, &label, &split, &what))
            continue;
        error_context(&what, "%s:%ld", reader->path, reader->line);
        status = bad_inputs_add(reader->bad_inputs, &what, error);
    }
    return status;
}

/* Takes in the good rows of the block; the bad ones fail or are skipped. */
static int keep_rows(Reader *reader, Block *block, FaceSet *set, Error *error) {
    bool any_bad = reader->n_short > 0;
    for (int i = 0; i < reader->n_rows; i++)
        any_bad = any_bad || reader->bad[i];
    if (any_bad && bad_inputs_need_words(reader->bad_inputs) &&
        report_bad_rows(reader, block, error))
        return -1;
    face_set_take(set, (uint32_t)reader->n_rows, reader->bad);
    set->skipped += reader->n_short;
    return 0;
}

static int read_faces(Reader *reader, FaceSet *set, Error *error) {
    Block *block = &reader->blocks[0], *next = &reader->blocks[1];
    if (read_block(reader, block, NULL, error) || parse_header(reader, block, error))
        return -1;
    while (block->taken < block->size) {
        if (cut_rows(reader, block, error) ||
            face_set_reserve(set, (uint32_t)reader->n_rows, error))
            return -1;
        int read_status = 0;
        Error read_error;
        /* Turn -1 reads the next block; each other turn parses a row, into a place of its own. */
#pragma omp parallel for schedule(dynamic, 1)
        for (int i = -1; i < reader->n_rows; i++) {
            if (i < 0) {
                read_status = read_block(reader, next, block, &read_error);
            } else {
                uint32_t place = set->count + (uint32_t)i;
                reader->bad[i] =
                    parse_row(reader, reader->rows[i], set->pixels + (size_t)place * FACE_PIXELS,
                              &set->labels[place], &set->splits[place], NULL);
            }
        }
        if (keep_rows(reader, block, set, error))
            return -1;
        if (read_status) {
            if (error)
                *error = read_error;
            return -1;
        }
        Block *swap = block;
        block = next;
        next = swap;
    }
    if (!set->count)
        return error_set(error, "%s: no faces", reader->path);
    set->unsplit = reader->places[COLUMN_USAGE] < 0;
    face_set_trim(set);
    return 0;
}

/* A regular file alone: a pipe that nobody writes into would keep its reader waiting for ever. */
static int open_reader(Reader *reader, Error *error) {
    FILE *file = file_open(reader->path, error);
    if (!file)
        return -1;
    int descriptor = dup(fileno(file));
    fclose(file);
    errno = 0;
    reader->stream = descriptor < 0 ? NULL : gzdopen(descriptor, "rb");
    if (!reader->stream) {
        error_errno(error, "cannot open %s", reader->path);
        if (descriptor >= 0)
            close(descriptor);
        return -1;
    }
    gzbuffer(reader->stream, INFLATE_BUFFER_BYTES);
    for (int i = 0; i < 2; i++)
        if (!(reader->blocks[i].bytes = malloc(BLOCK_BYTES)))
            return error_memory(error, "reading a CSV file", BLOCK_BYTES);
    return 0;
}

static void close_reader(Reader *reader) {
    if (reader->stream)
        gzclose_r(reader->stream);
    free(reader->blocks[0].bytes);
    free(reader->blocks[1].bytes);
    free(reader);
}

FaceSet *fer2013_load(const char *path, FaceSplit unsplit, BadInputs *bad, Error *error) {
    Reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        error_memory(error, "reading a CSV file", sizeof *reader);
        return NULL;
    }
    reader->path = path;
    reader->unsplit = unsplit;
    reader->bad_inputs = bad;
    FaceSet *set = face_set_create(error);
    if (set && (open_reader(reader, error) || read_faces(reader, set, error))) {
        face_set_destroy(set);
        set = NULL;
    }
    close_reader(reader);
    return set;
}
