/* locale.h: a host with a decimal comma. */
#ifndef TESTS_SUPPORT_LOCALE_H
#define TESTS_SUPPORT_LOCALE_H

#include <stdbool.h>

/* Switches the process to de_DE.UTF-8, compiled into the scratch directory. Where the system lacks
 * locale sources, reports that the test is skipped and returns false. */
bool locale_with_a_decimal_comma(void);

#endif
