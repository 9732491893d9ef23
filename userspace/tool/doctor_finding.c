// SPDX-License-Identifier: GPL-2.0
/*
 * doctor_finding.c - what a check of the doctor's says, and the fix
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "doctor.h"

#include <stdarg.h>
#include <stdio.h>

bool doctor_find(struct finding *finding, enum health health, const char *format, ...)
{
	va_list args;

	finding->health = health;
	finding->fix[0] = '\0';
	va_start(args, format);
	vsnprintf(finding->text, sizeof(finding->text), format, args);
	va_end(args);
	return true;
}

bool doctor_fix(struct finding *finding, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(finding->fix, sizeof(finding->fix), format, args);
	va_end(args);
	return true;
}

bool doctor_fix_by_service(struct finding *finding, const struct patient *patient, const char *verb, const char *remark)
{
	if (patient->host.systemd)
		return doctor_fix(finding, "systemctl %s rstwhyd   (%s)", verb, remark);
	return doctor_fix(finding, "service rstwhyd %s   (%s)", verb, remark);
}
