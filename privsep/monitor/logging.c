/* SPDX-License-Identifier: ISC */
/* The monitor's log lines that wait; see logging.h. */
#include "privsep/monitor/logging.h"

#include <fcntl.h>
#include <unistd.h>

#include "privsep/ipc/exec_fds.h"
#include "privsep/ipc/syslog.h"

static bool to_syslog;

void
logging_setup(bool syslog)
{
	to_syslog = syslog;
}

bool
logging_renew(void)
{
	int fd = to_syslog ? syslog_open() : -1;
	bool good = fd != -1 && dup3(fd, MONITOR_FD_LOG, O_CLOEXEC) != -1;

	if (fd != -1)
		close(fd);
	return good;
}

uint64_t
logging_run(uint64_t now)
{
	int error = log_flush();

	if (log_is_gone(error))
		logging_renew();
	return error == 0 ? UINT64_MAX : now + log_again(error);
}

void
logging_layers(struct log_line *line, const struct status_process *p)
{
	char layers[256];

	log_text(line, "layers",
	    sandbox_layers_text(p->layers, layers, sizeof(layers)));
	log_text(line, "missing", p->missing);
}
