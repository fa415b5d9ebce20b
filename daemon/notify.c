/*
 * Talking to the service manager.
 */
#include "daemon/notify.h"

#include <stdint.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <time.h>

void
notify_ready(void)
{
	(void)sd_notify(0, "READY=1\nSTATUS=Watching the mailboxes.");
}

void
notify_reloading(void)
{
	struct timespec now;
	char text[96];

	clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(text, sizeof(text), "RELOADING=1\nMONOTONIC_USEC=%lld",
		(long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
	(void)sd_notify(0, text);
}

void
notify_stopping(void)
{
	(void)sd_notify(0, "STOPPING=1\nSTATUS=Stopping.");
}

void
notify_watchdog(void)
{
	uint64_t usec;

	if (sd_watchdog_enabled(0, &usec) > 0)
		(void)sd_notify(0, "WATCHDOG=1");
}

int
notify_timeout_ms(int timeout_ms)
{
	uint64_t usec;
	int half;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return timeout_ms;
	half = usec / 2000 > 60000 ? 60000 : (int)(usec / 2000);
	return timeout_ms < 0 || half < timeout_ms ? half : timeout_ms;
}
