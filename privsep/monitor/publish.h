/* SPDX-License-Identifier: ISC */
/* The monitor's children as pratique(8) shows them. */
#ifndef PRIVSEP_MONITOR_PUBLISH_H
#define PRIVSEP_MONITOR_PUBLISH_H

/* Brings the status file up to date, with the states of all children. */
void publish(void);

#endif
