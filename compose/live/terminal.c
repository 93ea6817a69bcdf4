#include "compose/live/terminal.h"

#include "nn/command_line/ascii_output.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

static struct termios before;
static volatile sig_atomic_t open_now, suspension_asked;

/* ------------------------------------------------------------------ what it is like */

bool terminal_is_there(void) {
    const char *type = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && type && strcmp(type, "dumb") != 0;
}

static const char *environment(const char *name) {
    const char *value = getenv(name);
    return value ? value : "";
}

static TerminalColours colours(void) {
    const char *type = environment("TERM"), *promise = environment("COLORTERM");
    if (*environment("NO_COLOR"))
        return TERMINAL_PLAIN;
    if (!strcmp(promise, "truecolor") || !strcmp(promise, "24bit") || strstr(type, "direct"))
        return TERMINAL_TRUE;
    return strstr(type, "256color") ? TERMINAL_256 : TERMINAL_PLAIN;
}

/* As POSIX orders the variables of the locale. */
static bool unicode(void) {
    const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = environment(names[i]);
        if (*value)
            return strcasestr(value, "UTF-8") || strcasestr(value, "UTF8");
    }
    return false;
}

TerminalLooks terminal_looks(void) {
    struct winsize size = {0};
    TerminalLooks looks = {.colours = colours(), .unicode = unicode(), .width = 80, .height = 24};
    if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) && size.ws_col && size.ws_row) {
        looks.width = size.ws_col;
        looks.height = size.ws_row;
    }
    return looks;
}

/* ------------------------------------------------------------------ entering and leaving */

/* Nothing is left to be done where this fails. */
static void say(const char *text) {
    ssize_t written = write(STDOUT_FILENO, text, strlen(text));
    (void)written;
}

static void enter(void) {
    struct termios raw = before;
    raw.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    raw.c_iflag &= (tcflag_t)~IXON; /* Ctrl-S must not stop the screen, and all behind it */
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    open_now = 1;
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &raw);
    say("\033[?1049h\033[?25l\033[?7l\033[2J");
}

void terminal_close(void) {
    if (!open_now)
        return;
    open_now = 0;
    say("\033[0m\033[?2026l\033[?7h\033[?25h\033[?1049l");
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
}

/* The signal comes again, as if it had not been caught. */
static void on_crash(int number) {
    terminal_close();
    raise(number);
}

static void on_suspend(int number) {
    (void)number;
    suspension_asked = 1;
}

/* Between two writes, so that nothing of the screen lands on what is below it. */
static void suspend(void) {
    suspension_asked = 0;
    terminal_close();
    raise(SIGSTOP);
    enter();
}

int terminal_open(Error *error) {
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGQUIT};
    if (tcgetattr(STDIN_FILENO, &before))
        return error_errno(error, "cannot read the terminal's settings");
    struct sigaction crash = {.sa_handler = on_crash, .sa_flags = (int)(SA_RESETHAND | SA_NODEFER)};
    struct sigaction suspend = {.sa_handler = on_suspend, .sa_flags = SA_RESTART};
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        sigaction(crashes[i], &crash, NULL);
    sigaction(SIGTSTP, &suspend, NULL);
    enter();
    return 0;
}

/* ------------------------------------------------------------------ output and keys */

int terminal_write(const char *bytes, size_t count, Error *error) {
    if (suspension_asked && open_now)
        suspend();
    while (count) {
        ssize_t written = write(STDOUT_FILENO, bytes, count);
        if (written < 0 && errno != EINTR && errno != EAGAIN)
            return error_errno(error, "cannot write to the terminal");
        bytes += written > 0 ? written : 0;
        count -= written > 0 ? (size_t)written : 0;
    }
    return 0;
}

int terminal_draw(TerminalPicture *draw, void *context, Error *error) {
    TerminalLooks looks = terminal_looks();
    char *bytes = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&bytes, &size);
    if (!stream)
        return error_memory(error, "the screen", 0);
    FILE *ascii = looks.unicode ? NULL : ascii_output_open(stream);
    draw(ascii ? ascii : stream, &looks, context);
    int unwritten = ascii ? fclose(ascii) : 0;
    int failed = fclose(stream) || unwritten ? error_memory(error, "the screen", size)
                                             : terminal_write(bytes, size, error);
    free(bytes);
    return failed;
}

static int read_byte(void) {
    struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
    unsigned char byte;
    return poll(&input, 1, 0) > 0 && read(STDIN_FILENO, &byte, 1) == 1 ? byte : 0;
}

/* A cursor or function key is ESC [ … or ESC O … up to a letter or ~; Alt with a key is ESC and it.
 */
static void pass_over_sequence(void) {
    int byte = read_byte();
    if (byte != '[' && byte != 'O')
        return;
    do
        byte = read_byte();
    while (byte && (byte < '@' || byte > '~'));
}

int terminal_key(void) {
    const int escape = 033;
    int key;
    while ((key = read_byte()) == escape)
        pass_over_sequence();
    return key;
}
