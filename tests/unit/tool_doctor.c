// SPDX-License-Identifier: GPL-2.0
/*
 * tool_doctor.c - tests of what doctor reads of the machine, and says of it
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/tool/doctor.h"
#include "../../userspace/version.h"

#define KERNEL "6.1.0-99-amd64"

static char root[64];
static struct patient patient;
static struct finding finding;

static int set_up(void **state)
{
	(void)state;
	strcpy(root, "/tmp/rstwhy-doctor-XXXXXX");
	memset(&patient, 0, sizeof(patient));
	config_defaults(&patient.config);
	strcpy(patient.kernel, KERNEL);
	return mkdtemp(root) ? 0 : -1;
}

static int tear_down(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf --one-file-system %s", root);
	return system(command);
}

static void put(const char *path, const char *text)
{
	char whole[512];
	FILE *file;

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	for (char *slash = strchr(whole + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(whole, 0755);
		*slash = '/';
	}
	file = fopen(whole, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static const struct host *read_host(void)
{
	host_read(&patient.host, root, KERNEL, "/paths.json", 17);
	return &patient.host;
}

static void rules__that_reject_invalid__are_found(void **state)
{
	static const char *const texts[] = {
		"table inet filter {\n\tchain forward {\n\t\tct state invalid counter packets 0 bytes 0 reject with tcp reset\n\t}\n}\n",
		"\t\tct state { invalid, untracked } reject with icmpx admin-prohibited\n",
		"\t\tct state invalid,new reject\n",
		"-A FORWARD -m conntrack --ctstate INVALID -j REJECT --reject-with tcp-reset\n",
		"-A FORWARD -m state --state INVALID,NEW -j REJECT\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct host host = { 0 };

		if (!host_rules_parse(&host, texts[i]))
			fail_msg("not found: %s", texts[i]);
		assert_string_equal(host.rule_place, i == 0 ? "inet filter forward" : "");
		assert_true(host.rule[0] == 'c' || host.rule[0] == '-');
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
	if (host_rules_parse(&host, text))
		fail_msg("found: %s", host.rule);
}

static void invalid__rejected__the_rule_and_the_chain(void **state)
{
	(void)state;
	host_rules_parse(&patient.host, "table ip f {\nchain c {\nct state invalid reject\n");
	assert_true(doctor_check_invalid(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_WARN);
	assert_non_null(strstr(finding.text, "ct state invalid reject"));
	assert_non_null(strstr(finding.fix, "nft -a list chain ip f c"));
}

static void refusal__of_ours__and_no_other(void **state)
{
	static const char *const ours[] = { "<5>[ 1.0] nf_rstwhy: Loading of unsigned module is rejected",
					    "<5>[ 1.0] nf_rstwhy: Loading of module with unavailable key is rejected",
					    "<5>[ 1.0] Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7" };
	static const char *const others[] = { "<5>[ 1.0] vboxdrv: Loading of unsigned module is rejected", "nf_rstwhy: loaded", "" };

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		assert_true(host_is_refusal(ours[i], strlen(ours[i])));
		assert_false(host_is_refusal(others[i], strlen(others[i])));
	}
}

static void signing__refused__enrol_the_key(void **state)
{
	(void)state;
	patient.presence = MODULE_ABSENT;
	patient.module_file = true;
	assert_false(doctor_check_signing(&patient, &finding));
	put("/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	assert_true(read_host()->signed_only);
	assert_true(doctor_check_signing(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_WARN);
	strcpy(patient.host.refused, "nf_rstwhy: Loading of unsigned module is rejected");
	assert_true(doctor_check_signing(&patient, &finding));
	assert_non_null(strstr(finding.fix, "apt install openssl mokutil && dkms build --force rstwhy/" RSTWHY_VERSION " -k " KERNEL));
	put("/var/lib/dkms/mok.pub", "key");
	assert_true(read_host()->key);
	strcpy(patient.host.refused, "nf_rstwhy: Loading of unsigned module is rejected");
	assert_true(doctor_check_signing(&patient, &finding));
	assert_null(strstr(finding.fix, "openssl"));
	assert_int_equal(finding.health, HEALTH_FAIL);
	assert_non_null(strstr(finding.text, "Key was rejected by service"));
	assert_non_null(strstr(finding.fix, "mokutil --import /var/lib/dkms/mok.pub"));
}

static void signing__not_enforced__nothing(void **state)
{
	(void)state;
	patient.presence = MODULE_ABSENT;
	patient.module_file = true;
	put("/sys/kernel/security/lockdown", "[none] integrity confidentiality\n");
	put("/sys/module/module/parameters/sig_enforce", "N\n");
	assert_false(read_host()->signed_only);
	assert_false(doctor_check_signing(&patient, &finding));
	put("/sys/module/module/parameters/sig_enforce", "Y\n");
	assert_true(read_host()->signed_only);
}

#define DKMS "/var/lib/dkms/rstwhy/"
#define MAKE_LOG DKMS "0.1.0/build/make.log"
#define FAILED(why) "DKMS make.log for rstwhy-0 for kernel " KERNEL " (x86_64)\nmodule/main.c:3:10: error: " why "\nmake: *** [x] Error 2\n"

/* When a file was written, in seconds. */
static void stamp(const char *path, time_t when)
{
	const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };
	char whole[512];

	snprintf(whole, sizeof(whole), "%s%s", root, path);
	assert_int_equal(utimensat(AT_FDCWD, whole, times, 0), 0);
}

static void dkms__failed_for_this_kernel__the_first_error_and_the_log(void **state)
{
	(void)state;
	put(MAKE_LOG, "DKMS make.log for rstwhy-0.1.0 for kernel " KERNEL " (x86_64)\nmake: Entering\n"
		      "module/main.c:3:10: fatal error: linux/x.h: No such file\nmake: *** [x] Error 2\n");
	read_host();
	assert_true(doctor_check_dkms(&patient, &finding));
	assert_int_equal(finding.health, HEALTH_FAIL);
	assert_non_null(strstr(finding.text, "main.c:3:10: fatal error: linux/x.h"));
	assert_non_null(strstr(finding.text, MAKE_LOG));
	assert_non_null(strstr(finding.fix, "apt install linux-headers-" KERNEL));
	put("/lib/modules/" KERNEL "/build/Makefile", "");
	read_host();
	assert_true(doctor_check_dkms(&patient, &finding));
	assert_non_null(strstr(finding.fix, "--force"));
}

static void dkms__failed_for_another_kernel__nothing(void **state)
{
	(void)state;
	put(MAKE_LOG, "DKMS make.log for rstwhy-0.1.0 for kernel 5.10.0-1-amd64 (x86_64)\nx.c:1: error: y\n");
	assert_false(read_host()->dkms_failed);
	assert_false(doctor_check_dkms(&patient, &finding));
}

static void dkms__failed_for_a_version_not_ours__that_one_is_named(void **state)
{
	(void)state;
	put(DKMS "7.7-nightly/build/make.log", FAILED("of 7.7"));
	read_host();
	assert_true(doctor_check_dkms(&patient, &finding));
	assert_non_null(strstr(finding.text, "of 7.7 (" DKMS "7.7-nightly/build/make.log)"));
	assert_non_null(strstr(finding.fix, "dkms install rstwhy/7.7-nightly -k " KERNEL));
}

static void dkms__failed_for_two_versions__the_later_build(void **state)
{
	(void)state;
	put(DKMS "0.3/build/make.log", FAILED("of 0.3"));
	put(DKMS "0.20/build/make.log", FAILED("of 0.20"));
	put(DKMS "0.21/build/make.log", "DKMS make.log for rstwhy-0.21 for kernel 5.10.0-1-amd64 (x86_64)\nx.c:1: error: y\n");
	stamp(DKMS "0.3/build/make.log", 2000);
	stamp(DKMS "0.20/build/make.log", 1000);
	stamp(DKMS "0.21/build/make.log", 3000);
	assert_string_equal(read_host()->dkms_version, "0.3");
	assert_non_null(strstr(patient.host.dkms_error, "of 0.3"));
	stamp(DKMS "0.20/build/make.log", 2001);
	assert_string_equal(read_host()->dkms_version, "0.20");
	assert_string_equal(patient.host.dkms_log, DKMS "0.20/build/make.log");
}

static void dkms__nothing_failed__the_highest_version_it_has(void **state)
{
	(void)state;
	assert_string_equal(doctor_dkms_version(&patient), RSTWHY_VERSION);
	put(DKMS "kernel-6.1-x86_64/x", "");
	put(DKMS "1.9/source", "");
	put(DKMS "1.10/source", "");
	read_host();
	assert_false(patient.host.dkms_failed);
	assert_string_equal(doctor_dkms_version(&patient), "1.10");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rules__that_reject_invalid__are_found),
		TEST(rules__others__are_not),
		TEST(invalid__rejected__the_rule_and_the_chain),
		TEST(refusal__of_ours__and_no_other),
		TEST(signing__refused__enrol_the_key),
		TEST(signing__not_enforced__nothing),
		TEST(dkms__failed_for_this_kernel__the_first_error_and_the_log),
		TEST(dkms__failed_for_another_kernel__nothing),
		TEST(dkms__failed_for_a_version_not_ours__that_one_is_named),
		TEST(dkms__failed_for_two_versions__the_later_build),
		TEST(dkms__nothing_failed__the_highest_version_it_has),
		TEST(init__systemd__only_where_it_runs),
		TEST(established__too_short__sysctl),
		TEST(keepalive__later_than_a_path_kills__what_would_hold),
		TEST(flush__of_our_group__told_when_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
