/* memory.h: how much memory the process has used, as reported by Linux. */
#ifndef NN_BASE_MEMORY_H
#define NN_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* The most bytes resident since the start or the last memory_forget_peak; 0 where the system does
 * not report it. */
size_t memory_peak(void);
/* Resets the peak to the current value; returns whether the system could. */
bool memory_forget_peak(void);

#endif
