/* SPDX-License-Identifier: ISC */
/*
 * Memory of the listener that its sessions do not get: they have no business
 * with it, a fork does not copy it, and after a fork the listener writes to it
 * without a fault for each page.
 */
#ifndef PRIVSEP_FRONT_OWN_MEMORY_H
#define PRIVSEP_FRONT_OWN_MEMORY_H

#include <stddef.h>

/* So many bytes, all 0, until the process ends; NULL if there is no memory. */
void *own_memory(size_t bytes);

#endif
