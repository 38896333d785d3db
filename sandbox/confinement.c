/* SPDX-License-Identifier: ISC */
/*
 * The sandbox report: which layers hold, and one short phrase for each that
 * does not.  EPERM and ENOSYS get words, because the remedies differ: the
 * former comes from our surroundings (container, systemd unit, LSM), the latter
 * from an old kernel.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sandbox/layer.h"
#include "sandbox/sandbox.h"

static const char *const names[LAYER_COUNT] = {
    [LAYER_IDS] = "ids",
    [LAYER_CAPABILITIES] = "capabilities",
    [LAYER_NO_NEW_PRIVS] = "no_new_privs",
    [LAYER_NOT_DUMPABLE] = "not_dumpable",
    [LAYER_ROOT] = "root",
    [LAYER_NETWORK] = "network",
    [LAYER_NAMESPACES] = "namespaces",
    [LAYER_LANDLOCK] = "landlock",
    [LAYER_LIMITS] = "limits",
    [LAYER_MDWE] = "mdwe",
    [LAYER_SECCOMP] = "seccomp",
};

static const char *
report_cause(int error)
{
	const char *name;

	if (error == EPERM)
		return "EPERM: forbidden from outside";
	if (error == ENOSYS)
		return "ENOSYS: not in this kernel";
	if (error == ENOSPC)
		return "ENOSPC: as many as are allowed";
	name = strerrorname_np(error);
	return name != NULL ? name : "unknown error";
}

void
layer_hold(struct sandbox_report *report, enum layer layer)
{
	report->layers |= LAYER_BIT(layer);
}

static void
layer_append(struct sandbox_report *report, const char *name, const char *what,
    int error)
{
	size_t used = strnlen(report->missing, sizeof(report->missing) - 1);
	char *end = report->missing + used;
	size_t room = sizeof(report->missing) - used;

	/* What does not fit is cut; the bits tell the rest. */
	if (error != 0)
		snprintf(end, room, "%s%s: %s (%s)", used != 0 ? "; " : "",
		    name, what, report_cause(error));
	else
		snprintf(
		    end, room, "%s%s: %s", used != 0 ? "; " : "", name, what);
}

void
layer_miss(struct sandbox_report *report, enum layer layer, const char *what,
    int error)
{
	layer_append(report, names[layer], what, error);
}

void
layer_required(struct sandbox_report *report, uint32_t layers)
{
	char text[128];

	sandbox_layers_text(layers, text, sizeof(text));
	layer_append(report, "required", text, 0);
}

enum layer
sandbox_layer_find(const char *name)
{
	enum layer layer = 0;

	while (layer < LAYER_COUNT && strcmp(names[layer], name) != 0)
		layer++;
	return layer;
}

const char *
sandbox_layers_text(uint32_t layers, char *buf, size_t size)
{
	size_t used = 0;

	if (size == 0)
		return "";
	buf[0] = '\0';
	for (int i = 0; i < LAYER_COUNT; i++) {
		size_t len = strlen(names[i]) + (used != 0);

		if ((layers & LAYER_BIT(i)) == 0 || len >= size - used)
			continue;
		snprintf(buf + used, size - used, "%s%s", used != 0 ? "," : "",
		    names[i]);
		used += len;
	}
	return buf;
}
