/* SPDX-License-Identifier: ISC */
/*
 * The configuration as text: the settings in force, and the sample file.
 */
#ifndef CONFIG_DUMP_H
#define CONFIG_DUMP_H

#include <stdio.h>

/* Writes the sample file etc/pratique.conf: all options with their presets,
 * each line of a setting behind a # without a space. */
void config_sample(FILE *);

#endif
