/* SPDX-License-Identifier: ISC */
/*
 * The rest of scanner/client_records.c and scanner/report.c in a scanner of a test
 * program: its sessions send no mail to judge, so there is nothing to prepare, to
 * count, or to report.
 */
#include "scanner/client.h"
#include "scanner/report.h"

uint32_t
client_slots(const struct scanner_settings *settings)
{
	(void)settings;
	return 1;
}

bool
client_setup(const struct scanner_settings *settings)
{
	(void)settings;
	return true;
}

void
client_leave(uint32_t owner)
{
	(void)owner;
}

void
client_drain(void)
{
}

uint32_t
client_count(void)
{
	return 0;
}

uint32_t
client_busy(void)
{
	return 0;
}

void
stamping_checked(uint32_t owner)
{
	(void)owner;
}

void
stamping_made(uint32_t owner)
{
	(void)owner;
}

void
case_over(uint32_t owner)
{
	(void)owner;
}

void
report_setup(bool log_clean)
{
	(void)log_clean;
}

void
report_run(uint64_t now)
{
	(void)now;
}

uint64_t
report_next(void)
{
	return UINT64_MAX;
}

uint32_t
client_limit(void)
{
	return 0;
}

void
client_run(uint64_t now)
{
	(void)now;
}

uint64_t
client_next(void)
{
	return UINT64_MAX;
}
