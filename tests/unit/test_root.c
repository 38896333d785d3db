/* SPDX-License-Identifier: ISC */
/*
 * The scanner's root directory (namespace_root): several directories bound into
 * it, one that is not there yet, and what must not count as a root of its own.
 * Each test runs in a child.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>

#include "sandbox/layer.h"
#include "tests/unit/confine.h"

#define BINDS 3

static char binds_root[] = "/tmp/test-binds-XXXXXX";

/* A root with places for three directories, the last of which is not there. */
static struct sandbox_spec
spec_of_binds(const char *first, const char *second)
{
	struct sandbox_spec spec = spec_of_listener();

	memcpy(spec.root, binds_root, sizeof(binds_root));
	spec.binds = BINDS;
	snprintf(spec.bind[0], sizeof(spec.bind[0]), "%s", first);
	snprintf(spec.bind[1], sizeof(spec.bind[1]), "%s", second);
	snprintf(spec.bind[2], sizeof(spec.bind[2]), "/not/there");
	return spec;
}

/* Makes them, or removes them. */
static bool
binds_places(bool make)
{
	char place[sizeof(binds_root) + 8];
	bool ok = true;

	if (make)
		ok =
		    mkdtemp(binds_root) != NULL && chmod(binds_root, 0755) == 0;
	for (int i = 0; i < BINDS; i++) {
		snprintf(place, sizeof(place), "%s/%d", binds_root, i);
		ok = (make ? mkdir(place, 0755) : rmdir(place)) == 0 && ok;
	}
	return make ? ok : rmdir(binds_root) == 0 && ok;
}

/* Several directories, and nothing else, below the new root. */
static void
body_binds(void)
{
	struct sandbox_spec spec = spec_of_binds("/etc", "/usr");

	NEED(sandbox_first(getppid()));
	ids_take(&spec, &report);
	namespace_make(&spec, &report);
	caps_raise();
	namespace_root(&spec, &report);
	NEED((report.layers & LAYER_BIT(LAYER_ROOT)) != 0);
	NEED(report.missing[0] == '\0');
	NEED(access("/0/passwd", R_OK) == 0);
	NEED(access("/1/bin", R_OK) == 0);
	NEED(access("/2", R_OK) == 0);
	NEED(access("/etc", F_OK) == -1 && errno == ENOENT);
	NEED(access("/0/../etc", F_OK) == -1 && errno == ENOENT);
}

/* Where nothing can be bound the layer is missing, and counts as such. */
static void
body_binds_refused(void)
{
	struct sandbox_spec spec = spec_of_binds("/etc", "/usr");

	NEED(sandbox_first(getppid()));
	refuse(SYS_unshare, EPERM, SYS_landlock_create_ruleset, ENOSYS);
	spec.required = LAYER_BIT(LAYER_ROOT);
	NEED(!sandbox_enter(&spec, &report));
	NEED(strstr(report.missing, "root: sockets in several") != NULL);
	NEED(strstr(report.missing, "required: root") != NULL);
}

/* The host's own root directory is no layer, however it is written. */
static void
body_host_root(void)
{
	struct sandbox_spec spec = spec_of_listener();
	struct sandbox_spec bound = spec_of_binds("/etc", "/");

	ids_take(&spec, &report);
	namespace_make(&spec, &report);
	caps_raise();
	namespace_root(&bound, &report);
	NEED((report.layers & LAYER_BIT(LAYER_ROOT)) == 0);
	/* Without namespaces it has not even come to that. */
	NEED((report.layers & LAYER_BIT(LAYER_NAMESPACES)) == 0 ||
	     strstr(report.missing, "in the host's root") != NULL);
	for (const char *const *root = (const char *const[]){"/", "//", NULL};
	     *root != NULL; root++) {
		snprintf(spec.root, sizeof(spec.root), "%s", *root);
		namespace_root(&spec, &report);
		NEED((report.layers & LAYER_BIT(LAYER_ROOT)) == 0);
		NEED(strstr(report.missing, "host's root") != NULL);
	}
}

/* A directory that is not there yet: the empty one, and nothing else. */
static void
body_root_not_there(void)
{
	struct sandbox_spec spec = spec_of_listener();

	memcpy(spec.empty, spec.root, sizeof(spec.empty));
	snprintf(spec.root, sizeof(spec.root), "/not/there");
	ids_take(&spec, &report);
	namespace_make(&spec, &report);
	caps_raise();
	namespace_root(&spec, &report);
	NEED((report.layers & LAYER_BIT(LAYER_ROOT)) != 0);
	NEED(access("/etc", F_OK) == -1 && errno == ENOENT);
}

PASSES(binds)
PASSES(binds_refused)
PASSES(host_root)
PASSES(root_not_there)

static int
set_up(void **state)
{
	return binds_places(true) ? confine_set_up(state) : -1;
}

static int
tear_down(void **state)
{
	int r = confine_tear_down(state);

	return binds_places(false) ? r : -1;
}

int
main(void)
{
	struct CMUnitTest tests[] = {
	    NEEDING(test_binds, LAYER_BIT(LAYER_NAMESPACES)),
	    cmocka_unit_test(test_binds_refused),
	    cmocka_unit_test(test_host_root),
	    cmocka_unit_test(test_root_not_there),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (geteuid() != 0) {
		puts("1..1\nnot ok 1 - needs root");
		return 1;
	}
	confine_machine(tests, sizeof(tests) / sizeof(tests[0]));
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
