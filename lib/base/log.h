#ifndef BASE_LOG_H
#define BASE_LOG_H

/**
 * Levels say who is asked to act: err = somebody must; warning = we go on by ourselves, and the
 * line says how and when; notice = a state has changed; info = work was done; debug = for us.
 */
enum log_level {
	LOG_LEVEL_ERR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG
};

/**
 * One event, one line on stderr: a sentence that stands alone, then key=value pairs:
 *
 *	mailbox research: 12 messages archived folder=INBOX uidvalidity=7 took_ms=84
 *
 * Under systemd (JOURNAL_STREAM is stderr) the line carries its priority as "<6>" (sd-daemon(3)),
 * elsewhere the time and the level. Control characters are written as \xHH, so that nothing from
 * outside can forge a line. Never message text, names, addresses or secrets.
 */
__attribute__((format(printf, 2, 3))) void log_line(enum log_level level, const char *format, ...);

#define log_err(...) log_line(LOG_LEVEL_ERR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...) log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...) log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...) log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

/** The least important level that is written; LOG_LEVEL_INFO unless CASEPOST_DEBUG is set. */
void log_set_level(enum log_level level);

#endif
