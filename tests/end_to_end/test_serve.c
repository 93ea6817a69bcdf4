/* `affekt serve` as a user starts it: the link, an answer, Ctrl-C, mistakes. */
#include "tests/support/networks.h"
#include "tests/support/program.h"
#include "tests/support/scratch.h"

#include <arpa/inet.h>
#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *model;

static void set_up(void) {
    scratch_create();
    ImageClassifierInfo info = network_info("mini");
    model = network_save(&info, 4, "model.safetensors");
}

/* What this machine's server answers to a request. */
static const char *answer(int port, const char *request) {
    static char text[65536];
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    ck_assert_int_eq(connect(connection, (struct sockaddr *)&to, sizeof to), 0);
    ck_assert_int_eq((int)write(connection, request, strlen(request)), (int)strlen(request));
    size_t size = 0;
    ssize_t got;
    while ((got = read(connection, text + size, sizeof text - 1 - size)) > 0)
        size += (size_t)got;
    text[size] = 0;
    close(connection);
    return text;
}

START_TEST(the_link_leads_to_the_page_until_ctrl_c) {
    Program run = affekt_start("serve", "--port", "0", "--model", model, "--no-detect");
    ck_assert(program_wait_for(&run, true, "\n", 60));
    char link[128] = "";
    rewind(run.captured[0]);
    ck_assert_ptr_nonnull(fgets(link, sizeof link, run.captured[0]));
    int port = 0, token = 0;
    ck_assert_int_eq(sscanf(link, "http://localhost:%d/#%n", &port, &token), 1);
    ck_assert_int_eq((int)strcspn(link + token, "\n"), 32);
    const char *host = text_format("Host: localhost:%d\r\nConnection: close\r\n\r\n", port);
    const char *page = answer(port, text_format("GET / HTTP/1.1\r\n%s", host));
    assert_contains(page, "200 OK");
    assert_contains(page, "default-src 'self'");
    assert_lacks(page, link + token);
    assert_contains(answer(port, text_format("GET /status HTTP/1.1\r\n%s", host)), " 401 ");
    program_signal(&run, SIGINT);
    program_wait(&run);
    program_assert(&run, EXIT_DONE);
    program_free(&run);
}
END_TEST

START_TEST(mistakes_are_told_before_anything_is_served) {
    static const struct {
        const char *words[3];
        int status;
        const char *says;
    } wrong[] = {
        {{"--listen", "0.0.0.0"}, EXIT_USAGE, "--listen needs --certificate and --key"},
        {{"--listen=::", "--certificate=a.pem", "--key=a.pem"}, EXIT_USAGE, "such as 192.168.1.5"},
        {{"--key", "a.pem"}, EXIT_USAGE, "must be given together"},
        {{"--port", "99999"}, EXIT_USAGE, "outside 0 … 65535"},
        {{"--library", "none/songs.db"}, EXIT_FAILED, "there is no library 'none/songs.db'"},
        {{"--model", "none.safetensors"}, EXIT_FAILED, "none.safetensors"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        Program run = affekt("serve", wrong[i].words[0], wrong[i].words[1], wrong[i].words[2]);
        program_assert(&run, wrong[i].status);
        assert_contains(run.diagnostics, wrong[i].says);
        program_free(&run);
    }
}
END_TEST

Suite *serve_suite(void) {
    Suite *suite = suite_create("serve");
    TCase *tcase = tcase_create("serve");
    tcase_add_checked_fixture(tcase, set_up, scratch_remove);
    tcase_set_timeout(tcase, 90);
    tcase_add_test(tcase, the_link_leads_to_the_page_until_ctrl_c);
    tcase_add_test(tcase, mistakes_are_told_before_anything_is_served);
    suite_add_tcase(suite, tcase);
    return suite;
}
