// SPDX-License-Identifier: GPL-2.0
/*
 * tool_doctor.c - tests of what doctor reads of the machine, and says of it: rules, timeouts, NFLOG
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "doctor_machine.h"

static void rules__that_reject_invalid__are_found_with_the_command_that_mends(void **state)
{
	static const struct {
		const char *program, *text, *fix;
	} cases[] = {
		{ "nft", "table inet filter { # handle 1\n\tchain forward { # handle 1\n\t\ttcp dport 22 accept # handle 2\n"
		  "\t\tct state invalid counter packets 0 bytes 0 reject with tcp reset comment \"a reject\" # handle 7\n\t}\n}\n",
		  "nft replace rule inet filter forward handle 7 'ct state invalid counter packets 0 bytes 0 drop'" },
		{ "nft", "table ip f { # handle 3\nchain c { # handle 1\n\t\tct state invalid,new log prefix \"x reject \" reject # handle 12\n",
		  "nft replace rule ip f c handle 12 'ct state invalid,new log prefix \"x reject \" drop'" },
		{ "nft", "table ip f {\nchain c {\n\t\tct state { invalid, untracked } log prefix \"it's\" reject # handle 9\n", "" },
		{ "nft", "\t\tct state { invalid, untracked } reject with icmpx admin-prohibited\n", "" },
		{ "iptables", "*filter\n-A INPUT -i lo -j ACCEPT\n-A FORWARD -i lo -j ACCEPT\n"
		  "-A FORWARD -m conntrack --ctstate INVALID -m comment --comment \"no -j REJECT\" -j REJECT --reject-with tcp-reset\n",
		  "iptables -R FORWARD 2 -m conntrack --ctstate INVALID -m comment --comment \"no -j REJECT\" -j DROP" },
		{ "ip6tables", "-A FORWARD -m state --state INVALID,NEW -j REJECT\n", "ip6tables -R FORWARD 1 -m state --state INVALID,NEW -j DROP" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct host host = { 0 };

		if (!host_rules_parse(&host, cases[i].text, cases[i].program))
			fail_msg("not found: %s", cases[i].text);
		assert_string_equal(host.rule_fix, cases[i].fix);
		assert_true(host.rule[0] == 'c' || host.rule[0] == '-');
		assert_null(strstr(host.rule, "handle"));
		assert_non_null(strstr(cases[i].text, host.rule));
	}
}

static void rules__others__are_not(void **state)
{
	static const char text[] = "table inet filter {\n\tchain forward {\n\t\tct state invalid drop\n\t\tct state != invalid reject\n"
				   "\t\tct state established accept comment \"ct state invalid reject\"\n\t\ttcp dport 80 reject with tcp reset\n\t}\n}\n"
				   "-A FORWARD -m conntrack --ctstate INVALID -j DROP\n-A FORWARD -m conntrack ! --ctstate INVALID -j REJECT\n"
				   "-A FORWARD -p tcp --dport 80 -j REJECT\n-A INPUT -m comment --comment \"--ctstate INVALID\" -j REJECT\n";
	struct host host = { 0 };

	(void)state;
	if (host_rules_parse(&host, text, "nft"))
		fail_msg("found: %s", host.rule);
}

static void invalid__rejected__the_rule_and_the_command(void **state)
{
	(void)state;
	host_rules_parse(&patient.host, "table ip f {\nchain c {\nct state invalid reject # handle 4\n", "nft");
	assert_true(doctor_check_invalid(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_WARN);
	assert_non_null(strstr(finding.text, "ct state invalid reject"));
	assert_non_null(strstr(finding.fix, "nft replace rule ip f c handle 4 'ct state invalid drop'"));
}

static void init__systemd__only_where_it_runs(void **state)
{
	(void)state;
	assert_false(read_host()->systemd);
	put("/run/systemd/system/x", "");
	assert_true(read_host()->systemd);
}

static void established__too_short__sysctl(void **state)
{
	(void)state;
	assert_false(doctor_check_established(&patient, &finding));
	put("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established", "432000\n");
	read_host();
	assert_true(doctor_check_established(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_OK);
	put("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established", "3600\n");
	read_host();
	assert_true(doctor_check_established(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_WARN);
	assert_non_null(strstr(finding.fix, "nf_conntrack_tcp_timeout_established=432000"));
}

/* Three peers, killed after 400 s, seen now. */
static void put_paths(void)
{
	char text[1024];
	unsigned long long now = (unsigned long long)time(NULL);

	snprintf(text, sizeof(text),
		 "{\"v\":1,\"paths\":[{\"prefix\":\"10.2.0.0/24\",\"port\":443,\"side\":\"server\",\"in\":\"\",\"last\":%llu,"
		 "\"survived\":{\"samples\":0,\"peers\":[]},\"killed\":{\"samples\":3,\"peers\":[[\"0000000000000001\",400000,%llu],"
		 "[\"0000000000000002\",400000,%llu],[\"0000000000000003\",400000,%llu]]}}]}\n", now, now, now, now);
	put("/paths.json", text);
}

static void established__shorter_than_a_path_holds__the_path(void **state)
{
	unsigned long long now = (unsigned long long)time(NULL);
	char text[1024];

	(void)state;
	snprintf(text, sizeof(text),
		 "{\"v\":1,\"paths\":[{\"prefix\":\"10.2.0.0/24\",\"port\":5432,\"side\":\"server\",\"in\":\"\",\"last\":%llu,"
		 "\"killed\":{\"samples\":0,\"peers\":[]},\"survived\":{\"samples\":3,\"peers\":[[\"0000000000000001\",900000,%llu],"
		 "[\"0000000000000002\",900000,%llu],[\"0000000000000003\",900000,%llu]]}}]}\n", now, now, now, now);
	put("/paths.json", text);
	put("/proc/sys/net/ipv4/tcp_keepalive_time", "7200\n");
	put("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established", "600\n");
	assert_int_equal(read_host()->outliving_paths, 1);
	assert_true(doctor_check_established(&patient, &finding));
	assert_non_null(strstr(finding.text, "sooner than 1 learned paths need, of which 10.2.0.0/24 port 5432 holds for 900.0 s"));
	put("/proc/sys/net/netfilter/nf_conntrack_tcp_timeout_established", "1000\n");
	assert_int_equal(read_host()->outliving_paths, 0);
	assert_true(doctor_check_established(&patient, &finding));
	assert_null(strstr(finding.text, "learned"));
}

static void keepalive__later_than_a_path_kills__what_would_hold(void **state)
{
	(void)state;
	put_paths();
	put("/proc/sys/net/ipv4/tcp_keepalive_time", "7200\n");
	assert_int_equal(read_host()->killing_paths, 1);
	assert_true(doctor_check_keepalive(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_WARN);
	assert_non_null(strstr(finding.text, "10.2.0.0/24 port 443, after 400.0 s"));
	assert_non_null(strstr(finding.fix, "tcp_keepalive_time=200,"));
	put("/proc/sys/net/ipv4/tcp_keepalive_time", "300\n");
	read_host();
	assert_false(doctor_check_keepalive(&patient, &finding));
}

static void flush__of_our_group__told_when_long(void **state)
{
	(void)state;
	patient.have_peer = true;
	strcpy(patient.peer, "rstwhyd");
	put("/proc/net/netfilter/nfnetlink_log", "    5      1     0 2 65531    100  1\n   17    700     0 2 65531      2  1\n");
	read_host();
	assert_true(doctor_check_flush(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_OK);
	put("/proc/net/netfilter/nfnetlink_log", "   17    700     0 2 65531    100  1\n");
	read_host();
	assert_true(doctor_check_flush(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_WARN);
	assert_non_null(strstr(finding.text, "1000 ms"));
	strcpy(patient.peer, "ulogd");
	assert_false(doctor_check_flush(&patient, &finding));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_set_up, machine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rules__that_reject_invalid__are_found_with_the_command_that_mends),
		TEST(rules__others__are_not),
		TEST(invalid__rejected__the_rule_and_the_command),
		TEST(init__systemd__only_where_it_runs),
		TEST(established__too_short__sysctl),
		TEST(established__shorter_than_a_path_holds__the_path),
		TEST(keepalive__later_than_a_path_kills__what_would_hold),
		TEST(flush__of_our_group__told_when_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
