/* SPDX-License-Identifier: ISC */
/* Types by content, as long as none are known: weak, for whoever knows some. */
#include "parser/mime/kind.h"

__attribute__((weak)) void
kind_begin(struct kind_reader *k)
{
	k->len = 0;
}

__attribute__((weak)) void
kind_bytes(struct kind_reader *k, struct span decoded)
{
	k->len += decoded.len;
}

__attribute__((weak)) struct kinds
kind_end(struct kind_reader *k)
{
	(void)k;
	return (struct kinds){0};
}

__attribute__((weak)) enum kind_class
kind_class(enum kind k)
{
	(void)k;
	return (enum kind_class)0;
}
