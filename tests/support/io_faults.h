/* io_faults.h: simulates a failing disk.
 *
 *     io_faults_begin(2);
 *     ck_assert_int_eq(file_commit(&writer, &error), -1);
 *     io_faults_end();
 *
 * The test runner replaces fsync, linkat and rename by wrappers that record each call, and may
 * fail. Writes fail through a limit on file sizes. */
#ifndef TESTS_SUPPORT_IO_FAULTS_H
#define TESTS_SUPPORT_IO_FAULTS_H

/* From here on calls are recorded, and the `nth` (1, 2 …) fails with EIO; 0: none. */
void io_faults_begin(int nth);
void io_faults_end(void);

/* The calls since io_faults_begin, in order: "sync file; link; rename; sync folder; ". */
const char *io_faults_calls(void);

/* From here on no file of this process grows beyond `bytes`: a write beyond fails with EFBIG. Check
 * itself writes files, so end it before asserting. */
void io_faults_limit_size(unsigned long bytes);
void io_faults_unlimit_size(void);

#endif
