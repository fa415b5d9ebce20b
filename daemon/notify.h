#ifndef DAEMON_NOTIFY_H
#define DAEMON_NOTIFY_H

/** What systemd is told (sd_notify(3)); without systemd all of these do nothing. */
void notify_ready(void);
void notify_reloading(void);
void notify_stopping(void);

/** WATCHDOG=1, at most as often as half the watchdog's time. */
void notify_watchdog(void);

/** `timeout_ms` (-1: none), cut so that the watchdog is fed in time. */
int notify_timeout_ms(int timeout_ms);

#endif
