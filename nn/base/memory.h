/* memory.h: how much memory the process has used, as reported by Linux. */
#ifndef NN_BASE_MEMORY_H
#define NN_BASE_MEMORY_H

#include <stddef.h>

/* The most bytes resident since the start or the last memory_forget_peak; 0 where the system does
 * not report it. */
size_t memory_peak(void);
/* Resets the peak to the current value, where the system supports it. */
void memory_forget_peak(void);

#endif
