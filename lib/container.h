/* SPDX-License-Identifier: ISC */
/* From a list entry or a timer to what it is a member of. */
#ifndef LIB_CONTAINER_H
#define LIB_CONTAINER_H

#include <stddef.h>
#include <stdint.h>

/* The struct whose member that is; pointer is not NULL. */
#define CONTAINER(pointer, type, member) \
	((type *)(void *)((uint8_t *)(pointer)-offsetof(type, member)))

#endif
