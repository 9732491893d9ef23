// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_doctor.c - tests of doctor's findings and fixes
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/tool/doctor.h"

static struct patient patient;

/* A machine where all is right. */
static int set_up(void **state)
{
	(void)state;
	memset(&patient, 0, sizeof(patient));
	config_defaults(&patient.config);
	patient.config_ok = true;
	strcpy(patient.kernel, "6.1.0-99-amd64");
	patient.module_file = true;
	patient.presence = MODULE_PRESENT;
	patient.state = (struct module_state){ .have_abi = true, .major = 1, .conntrack = "on", .have_enabled = true, .enabled = true,
					       .have_group = true, .group = 17 };
	patient.nflog = patient.peers_readable = patient.have_peer = true;
	patient.peer_port = patient.peer_process = 700;
	strcpy(patient.peer, "rstwhyd");
	patient.user_exists = patient.log_writable = true;
	return 0;
}

/* The worst health, and how many findings are not OK; the text and fix of the last such. */
static enum health examine(unsigned int *troubles, struct finding *trouble)
{
	enum health worst = HEALTH_OK;
	struct finding finding;

	*troubles = 0;
	for (size_t i = 0; i < doctor_checks_count; i++) {
		if (!doctor_checks[i](&patient, &finding) || finding.health == HEALTH_OK)
			continue;
		(*troubles)++;
		*trouble = finding;
		worst = finding.health > worst ? finding.health : worst;
	}
	return worst;
}

/* Exactly one trouble, of this health, whose fix holds the command. */
static void assert_trouble(enum health health, const char *command)
{
	unsigned int troubles;
	struct finding trouble;

	assert_int_equal(examine(&troubles, &trouble), health);
	assert_int_equal(troubles, 1);
	if (!strstr(trouble.fix, command))
		fail_msg("\"%s\" is not in the fix \"%s\"", command, trouble.fix);
}

static void doctor__all_right__nothing_to_fix(void **state)
{
	unsigned int troubles;
	struct finding trouble;

	(void)state;
	assert_int_equal(examine(&troubles, &trouble), HEALTH_OK);
}

static void doctor__bad_settings__fail_with_the_error(void **state)
{
	unsigned int troubles;
	struct finding trouble;

	(void)state;
	patient.config_ok = false;
	strcpy(patient.config_error, "/etc/rstwhy/rstwhyd.conf:3: nflog.group: wrong");
	assert_int_equal(examine(&troubles, &trouble), HEALTH_FAIL);
	assert_non_null(strstr(trouble.text, "rstwhyd.conf:3"));
}

static void doctor__module_neither_installed_nor_loaded__both_told(void **state)
{
	unsigned int troubles;
	struct finding trouble;

	(void)state;
	patient.module_file = false;
	patient.presence = MODULE_ABSENT;
	assert_int_equal(examine(&troubles, &trouble), HEALTH_FAIL);
	assert_int_equal(troubles, 2);
	assert_non_null(strstr(trouble.fix, "modprobe nf_rstwhy"));
}

static void doctor__loaded_by_hand__only_a_warning(void **state)
{
	(void)state;
	patient.module_file = false;
	strcpy(patient.host.dkms_version, "0.1.0");
	assert_trouble(HEALTH_WARN, "dkms install rstwhy/0.1.0 -k 6.1.0-99-amd64");
}

static void doctor__other_abi__names_the_side_to_upgrade(void **state)
{
	(void)state;
	patient.state.major = 2;
	assert_trouble(HEALTH_FAIL, "upgrade rstwhyd");
	patient.state.major = 0;
	assert_trouble(HEALTH_FAIL, "upgrade the module");
}

static void doctor__disabled_here__sysctl(void **state)
{
	(void)state;
	patient.state.enabled = false;
	assert_trouble(HEALTH_FAIL, "net.netfilter.nf_rstwhy_enable=1");
}

static void doctor__groups_differ__sysctl_or_setting(void **state)
{
	(void)state;
	patient.state.group = 5;
	assert_trouble(HEALTH_FAIL, "nf_rstwhy_group=17   (or nflog.group=5)");
}

static void doctor__conntrack_off__warning(void **state)
{
	(void)state;
	strcpy(patient.state.conntrack, "off");
	assert_trouble(HEALTH_WARN, "net.netfilter.nf_rstwhy_conntrack=1");
}

static void doctor__no_nflog__modprobe(void **state)
{
	(void)state;
	patient.nflog = false;
	assert_trouble(HEALTH_FAIL, "modprobe nfnetlink_log");
}

static void doctor__reader__missing_foreign_or_unknown(void **state)
{
	(void)state;
	strcpy(patient.peer, "ulogd");
	assert_trouble(HEALTH_FAIL, "nf_rstwhy_group=18, and nflog.group = 18");
	patient.peer[0] = '\0';
	assert_trouble(HEALTH_WARN, "as root, outside of any container");
	patient.have_peer = false;
	assert_trouble(HEALTH_FAIL, "service rstwhyd start");
	patient.host.systemd = true;
	assert_trouble(HEALTH_FAIL, "systemctl start rstwhyd");
	patient.peers_readable = false;
	assert_trouble(HEALTH_WARN, "as root");
}

static void doctor__log_unwritable__directory_to_make(void **state)
{
	(void)state;
	patient.log_writable = false;
	strcpy(patient.log_trouble, "No such file or directory");
	assert_trouble(HEALTH_FAIL, "install -d -o rstwhy -g $(id -gn rstwhy) -m 750 /var/log/rstwhy ");
}

/* Another user's permissions are not ours. */
static void doctor__log_of_another_user__root_can_tell(void **state)
{
	(void)state;
	patient.log_hidden = true;
	patient.log_writable = false;
	assert_trouble(HEALTH_WARN, "as root");
}

static void doctor__log_elsewhere__not_looked_at(void **state)
{
	unsigned int troubles;
	struct finding trouble;

	(void)state;
	patient.log_writable = false;
	strcpy(patient.config.json, "-");
	assert_int_equal(examine(&troubles, &trouble), HEALTH_OK);
}

static void doctor__counted_losses__a_warning_each(void **state)
{
	unsigned int troubles;
	struct finding trouble;

	(void)state;
	patient.host.flows = 4096;
	patient.host.min_free_kb = 1000;
	patient.state.refused = 1;
	assert_trouble(HEALTH_WARN, "options nf_rstwhy flows=8192 ");
	patient.state.refused = 0;
	patient.state.failed = 2;
	assert_trouble(HEALTH_WARN, "vm.min_free_kbytes=2000");
	patient.state.failed = 0;
	patient.state.suppressed = 3;
	assert_trouble(HEALTH_WARN, "nf_rstwhy_rate=20000 net.netfilter.nf_rstwhy_burst=40000");
	patient.host.rate = 300;
	assert_trouble(HEALTH_WARN, "nf_rstwhy_rate=600 ");
	patient.state.failed = patient.state.refused = 1;
	examine(&troubles, &trouble);
	assert_int_equal(troubles, 3);
}

#define TEST(name) cmocka_unit_test_setup(name, set_up)

static void doctor__plain_group__module_absent_is_no_failure(void **state)
{
	unsigned int troubles;
	struct finding trouble;

	(void)state;
	patient.config.plain_group = 18;
	patient.module_file = false;
	patient.presence = MODULE_ABSENT;
	patient.have_plain_peer = true;
	patient.plain_peer_process = 700;
	strcpy(patient.plain_peer, "rstwhyd");
	assert_int_equal(examine(&troubles, &trouble), HEALTH_WARN);
	assert_int_equal(troubles, 3);
	assert_non_null(strstr(trouble.text, "not who sent them"));
	patient.have_plain_peer = false;
	assert_int_equal(examine(&troubles, &trouble), HEALTH_FAIL);
	assert_non_null(strstr(trouble.text, "nobody reads NFLOG group 18"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(doctor__all_right__nothing_to_fix),
		TEST(doctor__plain_group__module_absent_is_no_failure),
		TEST(doctor__bad_settings__fail_with_the_error),
		TEST(doctor__module_neither_installed_nor_loaded__both_told),
		TEST(doctor__loaded_by_hand__only_a_warning),
		TEST(doctor__other_abi__names_the_side_to_upgrade),
		TEST(doctor__disabled_here__sysctl),
		TEST(doctor__groups_differ__sysctl_or_setting),
		TEST(doctor__conntrack_off__warning),
		TEST(doctor__no_nflog__modprobe),
		TEST(doctor__reader__missing_foreign_or_unknown),
		TEST(doctor__log_unwritable__directory_to_make),
		TEST(doctor__log_of_another_user__root_can_tell),
		TEST(doctor__log_elsewhere__not_looked_at),
		TEST(doctor__counted_losses__a_warning_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
