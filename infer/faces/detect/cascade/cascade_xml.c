/* cascade_xml.c: reads a Cascade from OpenCV's XML.
 *
 * The file is a tree of elements; only the texts of a few of them matter, each identified by its
 * path below <cascade> ("stages/_/weakClassifiers/_/leafValues"). One table maps those paths to
 * functions. */
#include "infer/faces/detect/cascade/cascade.h"

#include "nn/base/array.h"
#include "nn/base/number.h"
#include "nn/io/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_LIMIT = 32 << 20 };

#ifndef HAVE_EXPAT

Cascade *cascade_parse(const char *name, const void *bytes, size_t size, Error *error) {
    (void)bytes, (void)size;
    error_set(error, "%s: this build cannot read cascades; install libexpat1-dev and build again",
              name);
    return NULL;
}

#else

#    include <expat.h>

enum { PATH_LIMIT = 256, DEPTH_LIMIT = 12, TEXT_LIMIT = 8192 };

typedef struct Reader {
    XML_Parser parser;
    Cascade *cascade;
    const char *name;
    Error *error;
    bool failed;
    char path[PATH_LIMIT]; /* below the document's two outer elements, parts joined by '/' */
    size_t path_length;
    int depth;
    char text[TEXT_LIMIT]; /* of the innermost element, so far */
    size_t text_length;
    int stage_capacity, tree_capacity, node_capacity, leaf_capacity, feature_capacity;
} Reader;

/* Says what is wrong and where, and stops the parser. */
static void fail(Reader *reader, const char *what) {
    if (!reader->failed)
        error_set(reader->error, "%s:%lu: %s", reader->name,
                  (unsigned long)XML_GetCurrentLineNumber(reader->parser), what);
    reader->failed = true;
    XML_StopParser(reader->parser, XML_FALSE);
}

/* Whether there is room for one more of at most `limit` items; fails when not. */
static bool check_room(Reader *reader, bool grown, int count, int limit, const char *what) {
    char message[96];
    if (grown && count < limit)
        return true;
    snprintf(message, sizeof message, "more than %d %s", limit, what);
    fail(reader, grown ? message : "out of memory");
    return false;
}

/* Makes room for one more item and returns it, zeroed; NULL after failing. */
#    define ADD(reader, array, count, room, limit, what)                                           \
        (check_room(reader, ARRAY_GROW(array, room, count), count, limit, what)                    \
             ? memset(&(array)[(count)++], 0, sizeof *(array))                                     \
             : NULL)

/* Takes the next number off the text; false at its end and, after failing, at what is no number. */
static bool next_number(Reader *reader, const char **text, double *value) {
    *text += strspn(*text, " \t\r\n");
    if (!**text)
        return false;
    char *end;
    *value = number_read(*text, &end);
    if (end == *text || (*end && !strchr(" \t\r\n", *end)) || !(*value >= -1e9 && *value <= 1e9)) {
        fail(reader, "expected a number between -1e9 and 1e9");
        return false;
    }
    *text = end;
    return true;
}

/* The text as exactly `n` numbers; false after failing. */
static bool numbers(Reader *reader, const char *text, double *values, int n) {
    double surplus;
    for (int i = 0; i < n; i++)
        if (!next_number(reader, &text, &values[i])) {
            fail(reader, "too few numbers");
            return false;
        }
    if (next_number(reader, &text, &surplus)) {
        fail(reader, "too many numbers");
        return false;
    }
    return !reader->failed;
}

static void on_stage_type(Reader *reader, const char *text) {
    if (strcmp(text, "BOOST"))
        fail(reader, "the stages are not of type BOOST, the only one known");
}

static void on_feature_type(Reader *reader, const char *text) {
    if (strcmp(text, "HAAR"))
        fail(reader, "the features are not of type HAAR, the only one known");
}

static void on_width(Reader *reader, const char *text) {
    double value;
    if (numbers(reader, text, &value, 1))
        reader->cascade->width = (int)value;
}

static void on_height(Reader *reader, const char *text) {
    double value;
    if (numbers(reader, text, &value, 1))
        reader->cascade->height = (int)value;
}

static void on_categories(Reader *reader, const char *text) {
    double value;
    if (numbers(reader, text, &value, 1) && value != 0)
        fail(reader, "categorical features are not Haar features");
}

static void begin_stage(Reader *reader) {
    Cascade *cascade = reader->cascade;
    CascadeStage *stage = ADD(reader, cascade->stages, cascade->n_stages, reader->stage_capacity,
                              CASCADE_MAX_STAGES, "stages");
    if (stage)
        stage->first_tree = cascade->n_trees;
}

static void on_stage_threshold(Reader *reader, const char *text) {
    const float allowance = 1e-5f; /* OpenCV lowers each threshold by this much */
    double value;
    if (numbers(reader, text, &value, 1))
        reader->cascade->stages[reader->cascade->n_stages - 1].threshold = (float)value - allowance;
}

static void begin_tree(Reader *reader) {
    Cascade *cascade = reader->cascade;
    CascadeTree *tree = ADD(reader, cascade->trees, cascade->n_trees, reader->tree_capacity,
                            CASCADE_MAX_TREES, "trees");
    if (!tree)
        return;
    tree->first_node = cascade->n_nodes;
    tree->first_leaf = cascade->n_leaves;
    cascade->stages[cascade->n_stages - 1].n_trees++;
}

static void end_tree(Reader *reader, const char *text) {
    (void)text;
    const Cascade *cascade = reader->cascade;
    const CascadeTree *tree = &cascade->trees[cascade->n_trees - 1];
    if (tree->n_nodes < 1 || cascade->n_leaves - tree->first_leaf != tree->n_nodes + 1)
        fail(reader, "a tree must have one leaf more than nodes");
}

static void on_nodes(Reader *reader, const char *text) {
    Cascade *cascade = reader->cascade;
    CascadeTree *tree = &cascade->trees[cascade->n_trees - 1];
    double value[4];
    while (next_number(reader, &text, &value[0])) {
        for (int i = 1; i < 4; i++)
            if (!next_number(reader, &text, &value[i])) {
                fail(reader, "a node is four numbers: below, above, feature, threshold");
                return;
            }
        if (tree->n_nodes == CASCADE_TREE_NODES) {
            fail(reader, "too many nodes in a tree");
            return;
        }
        CascadeNode *node = ADD(reader, cascade->nodes, cascade->n_nodes, reader->node_capacity,
                                CASCADE_MAX_NODES, "nodes");
        if (!node)
            return;
        *node = (CascadeNode){(int)value[2], (float)value[3], (int)value[0], (int)value[1]};
        tree->n_nodes++;
    }
}

static void on_leaves(Reader *reader, const char *text) {
    Cascade *cascade = reader->cascade;
    double value;
    while (next_number(reader, &text, &value)) {
        float *leaf = ADD(reader, cascade->leaves, cascade->n_leaves, reader->leaf_capacity,
                          CASCADE_MAX_NODES * 2, "leaves");
        if (!leaf)
            return;
        *leaf = (float)value;
    }
}

static void begin_feature(Reader *reader) {
    Cascade *cascade = reader->cascade;
    (void)ADD(reader, cascade->features, cascade->n_features, reader->feature_capacity,
              CASCADE_MAX_FEATURES, "features");
}

static void on_rectangle(Reader *reader, const char *text) {
    CascadeFeature *feature = &reader->cascade->features[reader->cascade->n_features - 1];
    double value[5];
    if (!numbers(reader, text, value, 5))
        return;
    if (feature->n_rectangles == CASCADE_RECTANGLES) {
        fail(reader, "a feature has at most three rectangles");
        return;
    }
    int i = feature->n_rectangles++;
    feature->rectangles[i].x = (int)value[0];
    feature->rectangles[i].y = (int)value[1];
    feature->rectangles[i].width = (int)value[2];
    feature->rectangles[i].height = (int)value[3];
    feature->rectangles[i].weight = (float)value[4];
}

static void on_tilted(Reader *reader, const char *text) {
    double value;
    if (!numbers(reader, text, &value, 1))
        return;
    reader->cascade->features[reader->cascade->n_features - 1].tilted = value != 0;
    reader->cascade->has_tilted |= value != 0;
}

static const struct {
    const char *path;
    void (*begin)(Reader *reader);                 /* at the element's start, or NULL */
    void (*end)(Reader *reader, const char *text); /* at its end, with its text, or NULL */
} elements[] = {
    {"stageType", NULL, on_stage_type},
    {"featureType", NULL, on_feature_type},
    {"width", NULL, on_width},
    {"height", NULL, on_height},
    {"featureParams/maxCatCount", NULL, on_categories},
    {"stages/_", begin_stage, NULL},
    {"stages/_/stageThreshold", NULL, on_stage_threshold},
    {"stages/_/weakClassifiers/_", begin_tree, end_tree},
    {"stages/_/weakClassifiers/_/internalNodes", NULL, on_nodes},
    {"stages/_/weakClassifiers/_/leafValues", NULL, on_leaves},
    {"features/_", begin_feature, NULL},
    {"features/_/rects/_", NULL, on_rectangle},
    {"features/_/tilted", NULL, on_tilted},
};
enum { ELEMENTS = sizeof elements / sizeof *elements, OUTER_ELEMENTS = 2 };

static int find_element(const char *path) {
    int i = 0;
    while (i < ELEMENTS && strcmp(path, elements[i].path))
        i++;
    return i;
}

static void XMLCALL on_start(void *user, const XML_Char *element, const XML_Char **attributes) {
    (void)attributes;
    Reader *reader = user;
    if (reader->failed)
        return;
    reader->text_length = 0;
    size_t length = strlen(element);
    if (++reader->depth > DEPTH_LIMIT || reader->path_length + length + 2 > PATH_LIMIT) {
        fail(reader, "elements are nested too deeply for a cascade");
        return;
    }
    if (reader->depth == 1 && strcmp(element, "opencv_storage"))
        fail(reader, "the outer element is not <opencv_storage>: this is no OpenCV cascade");
    if (reader->depth <= OUTER_ELEMENTS)
        return;
    if (reader->path_length)
        reader->path[reader->path_length++] = '/';
    memcpy(reader->path + reader->path_length, element, length + 1);
    reader->path_length += length;
    int i = find_element(reader->path);
    if (i < ELEMENTS && elements[i].begin)
        elements[i].begin(reader);
}

static void XMLCALL on_end(void *user, const XML_Char *element) {
    Reader *reader = user;
    if (reader->failed)
        return;
    reader->text[reader->text_length] = 0;
    reader->text_length = 0;
    if (reader->depth-- <= OUTER_ELEMENTS)
        return;
    int i = find_element(reader->path);
    if (i < ELEMENTS && elements[i].end)
        elements[i].end(reader, reader->text);
    reader->path_length -= strlen(element);
    if (reader->path_length)
        reader->path_length--; /* the '/' */
    reader->path[reader->path_length] = 0;
}

static void XMLCALL on_text(void *user, const XML_Char *text, int length) {
    Reader *reader = user;
    if (reader->failed)
        return;
    if (reader->text_length + (size_t)length >= TEXT_LIMIT) {
        fail(reader, "an element's text is too long for a cascade");
        return;
    }
    memcpy(reader->text + reader->text_length, text, (size_t)length);
    reader->text_length += (size_t)length;
}

/* A cascade needs no document type, and without one there are no entities to expand without end. */
static void XMLCALL on_doctype(void *user, const XML_Char *name, const XML_Char *system_id,
                               const XML_Char *public_id, int has_subset) {
    (void)name, (void)system_id, (void)public_id, (void)has_subset;
    fail(user, "a document type is not expected in a cascade");
}

static int run_parser(Reader *reader, const char *bytes, size_t size) {
    XML_SetUserData(reader->parser, reader);
    XML_SetElementHandler(reader->parser, on_start, on_end);
    XML_SetCharacterDataHandler(reader->parser, on_text);
    XML_SetStartDoctypeDeclHandler(reader->parser, on_doctype);
    if (XML_Parse(reader->parser, bytes, (int)size, XML_TRUE) != XML_STATUS_OK)
        fail(reader, XML_ErrorString(XML_GetErrorCode(reader->parser)));
    return reader->failed ? -1 : 0;
}

Cascade *cascade_parse(const char *name, const void *bytes, size_t size, Error *error) {
    if (size > FILE_LIMIT) {
        error_set(error, "%s: %zu bytes, a cascade has at most %d", name, size, FILE_LIMIT);
        return NULL;
    }
    Reader *reader = calloc(1, sizeof *reader);
    Cascade *cascade = calloc(1, sizeof *cascade);
    XML_Parser parser = XML_ParserCreate(NULL);
    int status = -1;
    if (!reader || !cascade || !parser) {
        error_memory(error, "a cascade", sizeof *reader);
    } else {
        reader->parser = parser;
        reader->cascade = cascade;
        reader->name = name;
        reader->error = error;
        status = run_parser(reader, bytes, size);
        if (!status && (status = cascade_check(cascade, error)))
            error_context(error, "%s", name);
    }
    if (parser)
        XML_ParserFree(parser);
    free(reader);
    if (status) {
        cascade_free(cascade);
        return NULL;
    }
    return cascade;
}

#endif

Cascade *cascade_load(const char *path, Error *error) {
    unsigned char *bytes;
    size_t size;
    if (file_read(path, FILE_LIMIT, &bytes, &size, error))
        return NULL;
    Cascade *cascade = cascade_parse(path, bytes, size, error);
    free(bytes);
    return cascade;
}
