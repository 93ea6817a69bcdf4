#include "nn/io/model_info.h"

#include "nn/base/number.h"

json_t *model_info_metadata(const json_t *extra, const char *kind, const ModelField *fields, int n,
                            const void *info) {
    json_t *metadata = extra ? json_copy((json_t *)extra) : json_object();
    json_object_set_new(metadata, "kind", json_string(kind));
    for (int i = 0; i < n; i++) {
        const void *value = (const char *)info + fields[i].offset;
        char text[NUMBER_TEXT];
        number_text(fields[i].is_float ? (double)*(const float *)value
                                       : (double)*(const int *)value,
                    9, text);
        json_object_set_new(metadata, fields[i].key, json_string(text));
    }
    return metadata;
}

int model_info_read(const SafetensorsFile *file, const char *kind, const ModelField *fields, int n,
                    void *info, Error *error) {
    if (safetensors_expect_kind(file, kind, error))
        return -1;
    for (int i = 0; i < n; i++) {
        const ModelField *field = &fields[i];
        double value;
        if (field->optional && !safetensors_metadata(file, field->key))
            continue;
        if (safetensors_number(file, field->key, field->low, field->high, &value, error))
            return -1;
        void *place = (char *)info + field->offset;
        if (field->is_float)
            *(float *)place = (float)value;
        else
            *(int *)place = (int)value;
    }
    return 0;
}
