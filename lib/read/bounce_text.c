/*
 * Non-delivery reports of mail systems that do not write RFC 3464: prose with the addresses that
 * were not reached, the server's answers, and the returned message below it. Nobody's format, so
 * what all have in common is used: a recipient stands at the front of a line, the code of RFC 3463
 * behind it, and nothing counts that stands in the returned message.
 */
#include <stdint.h>
#include <string.h>

#include "read/bounce.h"
#include "read/header.h"

enum {
	REPORT_SIZE_MAX = 64 * 1024,
	LINE_SIZE_MAX = 2000,
	ADDRESS_SIZE_MAX = 254, /* RFC 5321 4.5.3.1.3 */
	TEXT_RECIPIENTS_MAX = 50,
};

struct scan {
	const struct reading *reading;
	const struct mail *mail;
	struct arena *arena;
	struct bounce_list *list;
	struct view report;
	size_t ends[TEXT_RECIPIENTS_MAX]; /* where in the report each recipient's address ends */
	size_t count;
};

/* ---- is it one? */

static bool
has_local_part(struct view address, struct view name)
{
	size_t at = view_find_byte(address, '@', 0);

	return view_equal_nocase(view_slice(address, 0, at), name);
}

/* Who sends reports: the null reverse-path (RFC 5321 4.5.5) and names of old custom. */
static bool
is_report(const struct reading *reading, const struct mail *mail)
{
	CLEANUP(str_free) struct str subject = str_new(2000);
	struct view from = mail->from.address;

	words_fold(&subject, view_slice(mail->subject, 0, 300));
	return has_local_part(from, VIEW("mailer-daemon")) ||
	       has_local_part(from, VIEW("postmaster")) ||
	       view_equal_nocase(mail->from.name, VIEW("mailer-daemon")) ||
	       view_equal(mail->automation.report_type, VIEW("delivery-status")) ||
	       words_find_like(&reading->bounce_subject, str_view(&subject)) != SIZE_MAX;
}

/* ---- the report without the returned message */

static bool
is_returned_header(struct view line)
{
	static const char *const NAMES[] = {"Received:", "Return-Path:", "X-Received:",
		"DKIM-Signature:", "Message-ID:", "X-Google-Smtp-Source:", "MIME-Version:"};

	line = view_trim(line);
	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (view_starts_with_nocase(line, view_of(NAMES[i])))
			return true;
	return false;
}

static struct view
cut_returned_message(const struct reading *reading, struct view text)
{
	struct view rest = view_slice(text, 0, REPORT_SIZE_MAX), line;
	CLEANUP(str_free) struct str folded = str_new((size_t)LINE_SIZE_MAX * 4);

	while (view_next_line(&rest, &line)) {
		str_clear(&folded);
		words_fold(&folded, view_slice(line, 0, LINE_SIZE_MAX));
		if (is_returned_header(line) ||
			words_find_like(&reading->bounce_copy, str_view(&folded)) != SIZE_MAX)
			return view_slice(text, 0, (size_t)(line.data - text.data));
	}
	return view_slice(text, 0, REPORT_SIZE_MAX);
}

/* ---- addresses */

static bool
is_address_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (unsigned char)c >= 0x80 || (c != '\0' && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool
is_domain_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

/* The address around the "@" at `at`; empty if there is none. */
static struct view
address_around(struct view line, size_t at)
{
	size_t start = at, end = at + 1;

	while (start > 0 && is_address_byte(line.data[start - 1]))
		start--;
	while (end < line.size && is_domain_byte(line.data[end]))
		end++;
	while (end > at && (line.data[end - 1] == '.' || line.data[end - 1] == '-'))
		end--;
	if (start == at || end <= at + 2 || end - start > ADDRESS_SIZE_MAX)
		return view_slice(line, at, at);
	return view_slice(line, start, end);
}

/* The sender of the returned message and the reporter are no recipients. */
static bool
is_somebody_else(const struct scan *scan, struct view address)
{
	const struct mail *mail = scan->mail;

	if (view_equal_nocase(address, mail->from.address) ||
		has_local_part(address, VIEW("postmaster")) ||
		has_local_part(address, VIEW("mailer-daemon")))
		return true;
	for (size_t i = 0; i < mail->to_count; i++)
		if (view_equal_nocase(address, mail->to[i].address))
			return true;
	return false;
}

static void
add_recipient(struct scan *scan, struct view address, size_t end)
{
	struct bounce_recipient *item;

	if (scan->count == TEXT_RECIPIENTS_MAX || is_somebody_else(scan, address))
		return;
	for (size_t i = 0; i < scan->list->count; i++)
		if (view_equal_nocase(scan->list->items[i].address, address))
			return;
	item = arena_push(scan->arena, &scan->list->items, &scan->list->count,
		&scan->list->capacity, sizeof(*item), BOUNCE_RECIPIENTS_MAX);
	if (!item)
		return;
	*item = (struct bounce_recipient){
		.address = arena_copy(scan->arena, address),
		.action = VIEW("failed"),
		.status = VIEW(""),
	};
	scan->ends[scan->count++] = end;
}

/* Addresses of the report: those at the front of a line, or all. */
static void
scan_addresses(struct scan *scan, bool only_front)
{
	struct view rest = scan->report, line;

	while (view_next_line(&rest, &line)) {
		size_t offset = (size_t)(line.data - scan->report.data);

		line = view_slice(line, 0, LINE_SIZE_MAX);
		for (size_t at = view_find_byte(line, '@', 0); at != SIZE_MAX;
			at = view_find_byte(line, '@', at + 1)) {
			struct view address = address_around(line, at);
			size_t start = (size_t)(address.data - line.data);
			struct view before = view_trim(view_slice(line, 0, start));

			while (before.size && strchr("<>\"'*-[(", before.data[0]))
				before = view_trim(view_slice(before, 1, before.size));
			if (address.size && (before.size == 0 || !only_front))
				add_recipient(scan, address, offset + start + address.size);
			if (only_front)
				break;
		}
	}
}

/* ---- codes */

/* A code of RFC 3463 in a text, that is no address of a host: "550 5.1.1", "(#5.1.1)". */
struct view
bounce_find_status(struct view text, size_t from, size_t end)
{
	text = view_slice(text, 0, end);
	for (size_t at = from; at + 5 <= text.size; at++) {
		size_t stop = at, dots = 0;

		if (!strchr("245", text.data[at]) || text.data[at + 1] != '.' ||
			(at > 0 && (is_domain_byte(text.data[at - 1]) && text.data[at - 1] != '-')))
			continue;
		while (stop < text.size &&
			((text.data[stop] >= '0' && text.data[stop] <= '9') ||
				(text.data[stop] == '.' && stop + 1 < text.size &&
					text.data[stop + 1] >= '0' && text.data[stop + 1] <= '9')))
			dots += text.data[stop++] == '.';
		if (dots == 2 && stop - at <= 9 &&
			(stop >= text.size || !is_domain_byte(text.data[stop]) ||
				text.data[stop] == '.' || text.data[stop] == '-'))
			return view_slice(text, at, stop);
		at = stop;
	}
	return VIEW("");
}

/* Each recipient's code stands between its address and the next one; one code may be for all. */
static void
find_codes(struct scan *scan, size_t first)
{
	struct view any = bounce_find_status(scan->report, 0, scan->report.size);

	for (size_t i = 0; i < scan->count; i++) {
		struct bounce_recipient *item = &scan->list->items[first + i];
		size_t end = i + 1 < scan->count ? scan->ends[i + 1] : scan->report.size;
		struct view status = bounce_find_status(scan->report, scan->ends[i], end);

		if (status.size == 0 && scan->count == 1)
			status = any;
		item->status = arena_copy(scan->arena, status);
	}
}

static bool
is_delay(const struct scan *scan)
{
	CLEANUP(str_free) struct str folded = str_new((size_t)REPORT_SIZE_MAX * 3);

	words_fold(&folded, scan->mail->subject);
	str_append_byte(&folded, ' ');
	words_fold(&folded, scan->report);
	return words_find_within(&scan->reading->bounce_delayed, str_view(&folded)) != SIZE_MAX;
}

/* "To:" of the returned message, where the report names nobody. */
static void
take_returned_to(struct scan *scan, struct view text)
{
	struct view rest = view_slice(text, scan->report.size, text.size), line;
	struct address_list list = {0};

	while (view_next_line(&rest, &line)) {
		line = view_trim(line);
		if (!view_starts_with_nocase(line, VIEW("To:")))
			continue;
		address_parse(view_slice(line, 3, LINE_SIZE_MAX), scan->arena, &list);
		break;
	}
	for (size_t i = 0; i < list.count; i++)
		if (list.items[i].address.size)
			add_recipient(scan, list.items[i].address, 0);
}

void
bounce_parse_text(const struct reading *reading, const struct mail *mail, struct view failed,
	struct arena *arena, struct bounce_list *list)
{
	struct scan scan = {.reading = reading, .mail = mail, .arena = arena, .list = list};
	size_t first = list->count;
	struct address_list named = {0};

	if (!is_report(reading, mail) && failed.size == 0)
		return;
	scan.report = cut_returned_message(reading, mail->text);
	address_parse(failed, arena, &named);
	for (size_t i = 0; i < named.count; i++)
		if (named.items[i].address.size)
			add_recipient(&scan, named.items[i].address, 0);
	if (scan.count == 0)
		scan_addresses(&scan, true);
	if (scan.count == 0)
		scan_addresses(&scan, false);
	if (scan.count == 0)
		take_returned_to(&scan, mail->text);
	find_codes(&scan, first);
	if (is_delay(&scan))
		for (size_t i = 0; i < scan.count; i++)
			list->items[first + i].action = VIEW("delayed");
}
