// SPDX-License-Identifier: GPL-2.0
/*
 * tool_doctor_module.c - tests of what doctor says where the module is not there: DKMS, signatures, kernels and containers without modules
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
#include "../../userspace/version.h"

static void refusal__of_ours__and_no_other(void **state)
{
	static const char *const ours[] = { "<5>[ 1.0] nf_rstwhy: Loading of unsigned module is rejected",
					    "<5>[ 1.0] nf_rstwhy: Loading of module with unavailable key is rejected",
					    "<5>[ 1.0] Lockdown: modprobe: unsigned module loading is restricted; see man kernel_lockdown.7",
					    "<5>[  624.522063] Loading of unsigned module is rejected", "<5>[ 1.0][ T1] module: Loading of unsigned module is rejected" };
	static const char *const others[] = { "<5>[ 1.0] vboxdrv: Loading of unsigned module is rejected", "nf_rstwhy: loaded", "", "Loading of" };

	(void)state;
	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
		assert_true(host_is_refusal(ours[i], strlen(ours[i])));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_false(host_is_refusal(others[i], strlen(others[i])));
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

/* What is told of the module's file, with the machine as it was put there. */
static const char *told_of_the_module(void)
{
	read_host();
	assert_true(doctor_check_module_file(&patient, &finding));
	return finding.text;
}

static void modules__none_to_be_had__plain_rules_instead(void **state)
{
	(void)state;
	patient.presence = MODULE_ABSENT;
	assert_non_null(strstr(told_of_the_module(), "takes no modules"));
	assert_int_equal(finding.health, HEALTH_FAIL);
	assert_non_null(strstr(finding.fix, "without-module.nft"));
	assert_false(doctor_check_loaded(&patient, &finding));
	patient.config.plain_group = 18;
	told_of_the_module();
	assert_int_equal(finding.health, HEALTH_WARN);
	assert_string_equal(finding.fix, "");
}

static void modules__not_from_here__the_host_or_the_next_boot(void **state)
{
	(void)state;
	patient.presence = MODULE_ABSENT;
	put("/proc/modules", "");
	put("/proc/self/status", "Name:\tx\nCapBnd:\t00000000a80425fb\n");
	assert_non_null(strstr(told_of_the_module(), "a container without CAP_SYS_MODULE"));
	assert_non_null(strstr(finding.fix, "on its host: modprobe nf_rstwhy"));
	put("/proc/sys/kernel/modules_disabled", "1\n");
	assert_non_null(strstr(told_of_the_module(), "kernel.modules_disabled is 1"));
	assert_non_null(strstr(finding.fix, "reboot"));
	patient.presence = MODULE_PRESENT;
	assert_non_null(strstr(told_of_the_module(), "gone after a reboot"));
}

static void modules__welcome__what_is_missing_to_build_it(void **state)
{
	(void)state;
	patient.presence = MODULE_ABSENT;
	put("/proc/modules", "");
	put("/proc/sys/kernel/modules_disabled", "0\n");
	put("/proc/self/status", "Name:\tx\nCapBnd:\t000001ffffffffff\n");
	assert_non_null(strstr(told_of_the_module(), "no module nf_rstwhy for the running kernel"));
	assert_non_null(strstr(finding.fix, "apt install linux-headers-" KERNEL " ./nf-rstwhy-dkms_" RSTWHY_VERSION "_all.deb"));
	put("/lib/modules/" KERNEL "/build/Makefile", "");
	told_of_the_module();
	assert_non_null(strstr(finding.fix, "apt install ./nf-rstwhy-dkms_"));
	put(DKMS "1.9/source", "");
	told_of_the_module();
	assert_ptr_equal(strstr(finding.fix, "dkms install rstwhy/1.9 -k " KERNEL), finding.fix);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_set_up, machine_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(refusal__of_ours__and_no_other),
		TEST(signing__refused__enrol_the_key),
		TEST(signing__not_enforced__nothing),
		TEST(dkms__failed_for_this_kernel__the_first_error_and_the_log),
		TEST(dkms__failed_for_another_kernel__nothing),
		TEST(dkms__failed_for_a_version_not_ours__that_one_is_named),
		TEST(dkms__failed_for_two_versions__the_later_build),
		TEST(dkms__nothing_failed__the_highest_version_it_has),
		TEST(modules__none_to_be_had__plain_rules_instead),
		TEST(modules__not_from_here__the_host_or_the_next_boot),
		TEST(modules__welcome__what_is_missing_to_build_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
