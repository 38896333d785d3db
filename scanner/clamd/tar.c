/* SPDX-License-Identifier: ISC */
/* tar headers; see tar.h.  In the scanner. */
#include "scanner/clamd/tar.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "lib/ensure.h"

void
tar_header(uint8_t block[TAR_BLOCK], char type, const char *name, uint64_t size)
{
	char text[TAR_BLOCK] = "";
	unsigned int sum = 0;

	ensure(strlen(name) < 100 && size < UINT64_C(1) << 33);
	(void)snprintf(text, 100, "%s", name);
	(void)snprintf(text + 100, 8, "0000644");
	(void)snprintf(text + 108, 8, "0000000");
	(void)snprintf(text + 116, 8, "0000000");
	(void)snprintf(text + 124, 12, "%011llo", (unsigned long long)size);
	(void)snprintf(text + 136, 12, "00000000000");
	memset(text + 148, ' ', 8); /* checksum, as it is summed */
	text[156] = type;
	(void)snprintf(text + 257, 6, "ustar");
	memset(text + 263, '0', 2); /* version */
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += (uint8_t)text[i];
	(void)snprintf(text + 148, 8, "%06o", sum);
	memcpy(block, text, TAR_BLOCK);
}
