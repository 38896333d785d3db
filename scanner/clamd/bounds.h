/* SPDX-License-Identifier: ISC */
/* How far a clamd looks into archives, as meter.h finds out. */
#ifndef SCANNER_CLAMD_BOUNDS_H
#define SCANNER_CLAMD_BOUNDS_H

#include <stdbool.h>
#include <stdint.h>

/* UINT64_MAX: not known. */
struct archive_bounds {
	uint64_t file; /* each file, unpacked: its MaxFileSize */
	uint64_t all;  /* everything, unpacked: its MaxScanSize */
	bool told;     /* it reports longer files in a ZIP itself */
};

#endif
