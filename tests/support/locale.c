#include "tests/support/locale.h"

#include "tests/support/scratch.h"
#include "tests/support/text.h"

#include <check.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

bool locale_with_a_decimal_comma(void) {
    const char *compiled = scratch_path("de_DE.UTF-8");
    if (system(text_format("localedef -i de_DE -f UTF-8 %s >/dev/null 2>&1", compiled))) {
        fprintf(stderr,
                "skipped: no localedef or no sources of locales (Debian's package 'locales')\n");
        return false;
    }
    setenv("LOCPATH", scratch_path("."), 1);
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "de_DE.UTF-8"));
    ck_assert_str_eq(localeconv()->decimal_point, ",");
    return true;
}
