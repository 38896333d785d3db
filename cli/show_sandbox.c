/* SPDX-License-Identifier: ISC */
/*
 * pratique sandbox: for each process what it reported to the monitor of its
 * confinement, compared with what /proc shows.  What a process claims and the
 * kernel denies is a fault; Landlock, MDWE and dumpable cannot be seen from
 * outside, and are shown as reported.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/facts.h"

/* One process and what it is compared with. */
struct sandbox_view {
	const char *role;
	const struct status_process *told; /* a session: by its listener */
	const struct facts *monitor;
	bool *bad;
};

static void
fault(const struct sandbox_view *look, const char *layer, const char *seen)
{
	printf("  FAULT         %s is reported, but %s\n", layer, seen);
	*look->bad = true;
}

static const char *
or_unknown(const char *text)
{
	return *text != '\0' ? text : "?";
}

/* The monitor's own, from which the others must differ. */
static void
print_namespaces(const struct facts *f, const struct facts *monitor)
{
	printf("  namespaces   ");
	for (size_t i = 0; i < FACT_NAMESPACES; i++) {
		const char *whose = "own";

		if (*f->namespace[i] == '\0' || *monitor->namespace[i] == '\0')
			whose = "?";
		else if (strcmp(f->namespace[i], monitor -> namespace[i]) == 0)
			whose = f->pid == monitor->pid ? "its" : "shared";
		printf(" %s: %s", fact_namespace_names[i], whose);
	}
	putchar('\n');
}

static void
print_facts(const struct facts *f, const struct facts *monitor)
{
	printf("  uid           %s\n", or_unknown(f->uid));
	printf("  gid           %s, groups: %s\n", or_unknown(f->gid),
	    *f->groups != '\0' ? f->groups : "none");
	printf("  capabilities  effective %llx permitted %llx inheritable "
	       "%llx ambient %llx bounding %llx\n",
	    (unsigned long long)f->capability[FACT_EFFECTIVE],
	    (unsigned long long)f->capability[FACT_PERMITTED],
	    (unsigned long long)f->capability[FACT_INHERITABLE],
	    (unsigned long long)f->capability[FACT_AMBIENT],
	    (unsigned long long)f->capability[FACT_BOUNDING]);
	printf("  no_new_privs  %d\n", f->no_new_privs);
	printf("  seccomp       %s, number: %d\n",
	    f->seccomp == 2 ? "filter" : "NO FILTER", f->filters);
	printf("  root          %s\n", or_unknown(f->root));
	print_namespaces(f, monitor);
	printf("  limits        core %s, files %s, processes %s, file size %s, "
	       "memory %s\n",
	    or_unknown(f->core), or_unknown(f->files), or_unknown(f->processes),
	    or_unknown(f->file_size), or_unknown(f->memory));
}

static bool
differs(const struct facts *f, const struct sandbox_view *look,
    enum fact_namespace ns)
{
	const char *own = f->namespace[ns], *its = look->monitor->namespace[ns];

	return *own == '\0' || *its == '\0' || strcmp(own, its) != 0;
}

/* All four ids the same, and not the superuser's: "64123 64123 64123 64123" */
static bool
own_ids(const char *ids)
{
	char *end;
	unsigned long first = strtoul(ids, &end, 10);

	for (int i = 1; i < 4; i++) {
		if (*end != ' ' || strtoul(end, &end, 10) != first)
			return false;
	}
	return first != 0 && *end == '\0';
}

static bool
no_capabilities(const struct facts *f)
{
	return (f->capability[FACT_EFFECTIVE] | f->capability[FACT_PERMITTED] |
		   f->capability[FACT_INHERITABLE] |
		   f->capability[FACT_AMBIENT]) == 0;
}

/* What is reported against what is seen; unknown facts are no fault. */
static void
compare(const struct sandbox_view *look, const struct facts *f)
{
	uint32_t told = look->told->layers;
	bool monitor = f->pid == look->monitor->pid;

	if ((told & LAYER_BIT(LAYER_IDS)) != 0 &&
	    !(own_ids(f->uid) && own_ids(f->gid) && *f->groups == '\0'))
		fault(look, "ids", "uid, gid or groups differ");
	if ((told & LAYER_BIT(LAYER_CAPABILITIES)) != 0 && !monitor &&
	    !no_capabilities(f))
		fault(look, "capabilities", "there are some");
	if ((told & LAYER_BIT(LAYER_NO_NEW_PRIVS)) != 0 && f->no_new_privs != 1)
		fault(look, "no_new_privs", "it is not set");
	if ((told & LAYER_BIT(LAYER_SECCOMP)) != 0 && f->seccomp != 2)
		fault(look, "seccomp", "there is no filter");
	if ((told & LAYER_BIT(LAYER_ROOT)) != 0 && strcmp(f->root, "/") == 0)
		fault(look, "root", "it is the system's root directory");
	if ((told & LAYER_BIT(LAYER_NAMESPACES)) != 0 &&
	    !(differs(f, look, FACT_USER) && differs(f, look, FACT_MNT) &&
		differs(f, look, FACT_IPC) && differs(f, look, FACT_UTS)))
		fault(look, "namespaces", "some are the monitor's");
	if ((told & LAYER_BIT(LAYER_LIMITS)) != 0 && *f->core != '\0' &&
	    strcmp(f->core, "0") != 0)
		fault(look, "limits", "core dumps are not off");
}

static void
print_one(pid_t pid, void *context)
{
	const struct sandbox_view *look = context;
	char layers[256];
	struct facts f;

	if (!facts_read(pid, &f))
		return; /* it has just ended */
	printf("%s, pid %d\n", look->role, pid);
	printf("  layers        %s\n",
	    sandbox_layers_text(look->told->layers, layers, sizeof(layers)));
	printf("  missing       %s\n",
	    *look->told->missing != '\0' ? look->told->missing : "nothing");
	print_facts(&f, look->monitor);
	compare(look, &f);
}

int
cli_sandbox(const struct status_block *b)
{
	struct facts monitor;
	bool bad = false;
	struct sandbox_view look = {.role = "monitor",
	    .told = &b->monitor,
	    .monitor = &monitor,
	    .bad = &bad};

	if (!facts_read(b->monitor.pid, &monitor)) {
		fprintf(stderr, "pratique: /proc does not show pid %d\n",
		    b->monitor.pid);
		return CLI_NOT_RUNNING;
	}
	print_one(b->monitor.pid, &look);
	for (size_t i = 0; i < STATUS_CHILDREN_MAX; i++) {
		const struct status_process *p = &b->child[i];

		if (p->state != STATUS_CHILD_UP &&
		    p->state != STATUS_CHILD_HUNG &&
		    p->state != STATUS_CHILD_RETIRED)
			continue;
		look.role = p->role;
		look.told = p;
		print_one(p->pid, &look);
		look.role = "session";
		cli_children(p->pid, print_one, &look);
	}
	return bad ? CLI_BAD : CLI_GOOD;
}
