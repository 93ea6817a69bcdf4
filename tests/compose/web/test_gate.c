#include "compose/web/gate.h"

#include <check.h>
#include <string.h>

static Gate gate;

static void open_gate(const char *address, bool secure) {
    Error error;
    ck_assert_int_eq(gate_init(&gate, address, 7700, secure, &error), 0);
}

START_TEST(only_names_of_this_server_are_hosts) {
    static const char *const others[] = {"",
                                         "localhost",
                                         "localhost:7701",
                                         "127.0.0.1:77000",
                                         "evil.example:7700",
                                         "localhost.evil.example:7700",
                                         "localhost:7700.evil.example",
                                         "evil.example#localhost:7700",
                                         "127.0.0.2:7700",
                                         " localhost:7700"};
    open_gate(NULL, false);
    ck_assert(gate_host(&gate, "localhost:7700"));
    ck_assert(gate_host(&gate, "LOCALHOST:7700"));
    ck_assert(gate_host(&gate, "127.0.0.1:7700"));
    ck_assert(gate_host(&gate, "[::1]:7700"));
    ck_assert(!gate_host(&gate, NULL));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!gate_host(&gate, others[i]), "%s", others[i]);
}
END_TEST

START_TEST(an_address_to_listen_at_is_a_host_too) {
    open_gate("192.168.1.5", true);
    ck_assert(gate_host(&gate, "192.168.1.5:7700"));
    open_gate("fe80::1", true);
    ck_assert(gate_host(&gate, "[fe80::1]:7700"));
    open_gate("FE80:0:0::0001", true); /* browsers shorten it */
    ck_assert(gate_host(&gate, "[fe80::1]:7700"));
    ck_assert_str_eq(gate.hosts[gate.own], "[fe80::1]:7700");
}
END_TEST

START_TEST(the_default_port_may_be_left_out) {
    Error error;
    for (int secure = 0; secure < 2; secure++) {
        ck_assert_int_eq(gate_init(&gate, "fe80::1", secure ? 443 : 80, secure, &error), 0);
        ck_assert(gate_host(&gate, "localhost"));
        ck_assert(gate_host(&gate, secure ? "localhost:443" : "localhost:80"));
        ck_assert(gate_host(&gate, "[fe80::1]"));
        ck_assert(!gate_host(&gate, "evil.example"));
        ck_assert(gate_origin(&gate, secure ? "https://[::1]" : "http://[::1]"));
        ck_assert(!gate_origin(&gate, secure ? "http://localhost" : "https://localhost"));
        ck_assert_int_eq(gate_init(&gate, NULL, secure ? 80 : 443, secure, &error), 0);
        ck_assert(!gate_host(&gate, "localhost"));
    }
}
END_TEST

START_TEST(only_the_servers_own_page_is_an_origin) {
    static const char *const others[] = {"null",
                                         "",
                                         "http://evil.example",
                                         "http://evil.example:7700",
                                         "https://localhost:7700",
                                         "http://localhost",
                                         "http://localhost:7700/",
                                         "localhost:7700"};
    open_gate(NULL, false);
    ck_assert(gate_origin(&gate, NULL));
    ck_assert(gate_origin(&gate, "http://localhost:7700"));
    ck_assert(gate_origin(&gate, "http://[::1]:7700"));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        ck_assert_msg(!gate_origin(&gate, others[i]), "%s", others[i]);
    open_gate(NULL, true);
    ck_assert(gate_origin(&gate, "https://localhost:7700"));
    ck_assert(!gate_origin(&gate, "http://localhost:7700"));
}
END_TEST

START_TEST(the_token_is_random_and_every_digit_counts) {
    char token[GATE_TOKEN + 1], first[GATE_TOKEN + 1];
    open_gate(NULL, false);
    memcpy(first, gate.token, sizeof first);
    ck_assert_uint_eq(strspn(first, "0123456789abcdef"), GATE_TOKEN);
    ck_assert(gate_token(&gate, first));
    ck_assert(!gate_token(&gate, NULL));
    ck_assert(!gate_token(&gate, ""));
    for (int i = 0; i < GATE_TOKEN; i++) {
        memcpy(token, first, sizeof token);
        token[i] = token[i] == '0' ? '1' : '0';
        ck_assert(!gate_token(&gate, token));
        token[i] = 0;
        ck_assert(!gate_token(&gate, token));
    }
    open_gate(NULL, false);
    ck_assert(!gate_token(&gate, first));
}
END_TEST

Suite *gate_suite(void) {
    Suite *suite = suite_create("gate");
    TCase *tcase = tcase_create("gate");
    tcase_add_test(tcase, only_names_of_this_server_are_hosts);
    tcase_add_test(tcase, an_address_to_listen_at_is_a_host_too);
    tcase_add_test(tcase, the_default_port_may_be_left_out);
    tcase_add_test(tcase, only_the_servers_own_page_is_an_origin);
    tcase_add_test(tcase, the_token_is_random_and_every_digit_counts);
    suite_add_tcase(suite, tcase);
    return suite;
}
