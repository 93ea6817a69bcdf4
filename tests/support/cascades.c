#include "tests/support/cascades.h"

#include "tests/support/text.h"

#include <stdio.h>

const char small_cascade[] =
    "<?xml version=\"1.0\"?>\n"
    "<opencv_storage><cascade type_id=\"opencv-cascade-classifier\">\n"
    "<stageType>BOOST</stageType><featureType>HAAR</featureType>\n"
    "<height>12</height><width>12</width>\n"
    "<featureParams><maxCatCount>0</maxCatCount></featureParams>\n"
    "<stageNum>2</stageNum><stages>\n"
    "<_><stageThreshold>0.5</stageThreshold><weakClassifiers>\n"
    "<_><internalNodes>0 -1 0 0.001</internalNodes><leafValues>0.1 0.9</leafValues></_>\n"
    "<_><internalNodes>-1 0 0 -0.02</internalNodes><leafValues>0.3 "
    "-0.2</leafValues></_></weakClassifiers></_>\n"
    "<_><stageThreshold>0.4</stageThreshold><weakClassifiers>\n"
    "<_><internalNodes>1 0 1 0.01 -1 -2 2 -0.03</internalNodes>\n"
    "<leafValues>0.7 0.2 0.6</leafValues></_></weakClassifiers></_></stages>\n"
    "<features>\n"
    "<_><rects><_>1 2 8 6 -1.</_><_>1 2 4 6 2.</_></rects></_>\n"
    "<_><rects><_>6 1 4 3 -1.</_><_>6 1 2 3 2.</_></rects><tilted>1</tilted></_>\n"
    "<_><rects><_>0 0 9 9 -1.</_><_>3 0 3 9 1.5</_><_>0 3 9 3 1.5</_></rects></_>\n"
    "</features></cascade></opencv_storage>\n";

const char *small_cascade_with(const char *old, const char *replacement) {
    const char *place = strstr(small_cascade, old);
    ck_assert_ptr_nonnull(place);
    return text_format("%.*s%s%s", (int)(place - small_cascade), small_cascade, replacement,
                       place + strlen(old));
}

bool usual_cascade_is_here(void) {
    Error error;
    char path[4096];
    bool here = !cascade_locate(CASCADE_DEFAULT, path, sizeof path, &error);
    Cascade *cascade = here ? cascade_load(path, &error) : NULL;
#ifdef HAVE_EXPAT
    ck_assert_msg(!here || cascade, "%s", error.message);
#endif
    if (!cascade) {
        fprintf(stderr, "skipped %s: %s\n", tcase_name(), error.message);
        return false;
    }
    cascade_free(cascade);
    return true;
}
