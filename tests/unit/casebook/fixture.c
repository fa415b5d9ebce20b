/*
 * The store that the tests of queries, exports and pages read.
 */
#include "fixture.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive/schema.h"
#include "base/db.h"
#include "casebook/schema.h"

static const char archive_sql[] =
	"INSERT INTO message (seq, id, sha256, size_bytes, archived_at) VALUES"
	" (1, 101, CAST(printf('%032d', 1) AS BLOB), 900, 1583312000), (2, 102, "
	"CAST(printf('%032d', 2) AS BLOB), 800, 1583400000),"
	" (3, 103, CAST(printf('%032d', 3) AS BLOB), 700, 1583500000), (4, 104, "
	"CAST(printf('%032d', 4) AS BLOB), 600, 1583600000),"
	" (5, 105, CAST(printf('%032d', 5) AS BLOB), 60, 1583700000);"
	"INSERT INTO folder (id, mailbox, name, uidvalidity, on_server, pending, compared_at)"
	" VALUES (1, 'research', 'INBOX', 7, 5, 0, 1583750000);"
	"INSERT INTO place (folder, uid, message) VALUES (1, 1, 1), (1, 2, 2), (1, 3, 3), (1, 4, "
	"4), (1, 5, 5);"
	"INSERT INTO file_place (path, ordinal, message) VALUES ('old/1.eml', 0, 1);";

/* Message 101 tells of the case "alpha" in text, subject and attachment; 102 is a hostile one. */
static const char casebook_sql[] =
	"INSERT INTO message (id, seq, sha256, size_bytes, state, message_id, from_name, "
	"from_address,"
	" recipients, subject, date, sorted_at, class, class_confidence, class_reason, language, "
	"text,"
	" reply_text, signature, spans, thread, answered, problems) VALUES"
	" (101, 1, printf('%064d', 1), 900, 'read', '<a@example.org>', 'Mari Maasikas', "
	"'mari@example.ee',"
	"  '[{\"name\":\"Study\",\"address\":\"study@example.org\"}]', 'Land register in Estonia',"
	"  '2020-03-04T09:12:00+01:00', 1583309520, 'submission', 0.97, 'names a project', 'en',"
	"  'Our register in Estonia runs on Hyperledger Fabric since 2019.\n-- \nMari\n',"
	"  'Our register in Estonia runs on Hyperledger Fabric since 2019.\n', '-- \nMari\n',"
	"  '[[0,0,63,0],[5,63,72,0]]', 101, NULL, "
	"'[{\"code\":\"charset_unknown\",\"detail\":\"x-odd\"}]'),"
	" (102, 2, printf('%064d', 2), 800, 'read', NULL, '<b>Eve</b>', 'eve@example.org', '[]',"
	"  '=cmd|'' /C calc''!A0 <script>alert(1)</script>', NULL, 1583400000, 'submission', 0.6, "
	"'x', 'en',"
	"  'We tried <img src=x onerror=alert(2)> in \"secret\" & stopped for cost.',"
	"  'We tried', NULL, '[[0,0,20,0]]', 102, NULL, '[]'),"
	" (103, 3, printf('%064d', 3), 700, 'read', '<c@example.org>', 'Jean', 'jean@example.fr', "
	"'[]',"
	"  'Une question', '2020-03-06T10:00:00Z', 1583488800, 'question', 0.9, 'asks', 'fr', "
	"'Peut-on répondre en français ?',"
	"  'Peut-on répondre en français ?', NULL, '[]', 103, '2020-03-07T10:00:00Z', '[]'),"
	" (104, 4, printf('%064d', 4), 600, 'read', '<d@example.org>', '', "
	"'mailer-daemon@example.org', '[]',"
	"  'Undelivered', NULL, 1583600000, 'bounce', 1.0, 'delivery status', 'en', 'failed', '', "
	"NULL, '[]', 104, NULL, '[]');"
	"UPDATE message SET bounce = "
	"'{\"recipients\":[{\"address\":\"x@example.org\",\"action\":\"failed\",\"status\":\"5.1."
	"1\"}]}' WHERE id = 104;"
	"INSERT INTO message (id, seq, sha256, size_bytes, state, set_aside_reason, set_aside_at, "
	"sorted_at, thread)"
	" VALUES (105, 5, printf('%064d', 5), 60, 'set_aside', 'the reader was killed after 10 s', "
	"1583700000, 1583700000, 105);"
	"INSERT INTO attachment (message, ordinal, name, type, size_bytes, sha256, text) VALUES"
	" (101, 0, 'plan \"1\".pdf', 'application/pdf', 1234, printf('%064d', 6), 'Budget: "
	"launched in 2019 for 4300 farmers');"
	"INSERT INTO search (rowid, subject, body, attachments) SELECT id, subject, body, "
	"attachments FROM search_source;"
	"INSERT INTO mention (id, message, ordinal, case_id) VALUES ('alpha', 101, 0, 'alpha'), "
	"('beta', 102, 0, 'beta'), ('gamma', 103, 0, 'alpha');"
	"INSERT INTO casefile (id, first_at, last_at, title, category, stage, confidentiality) "
	"VALUES"
	" ('alpha', 1583309520, 1583488800, 'Land register', 'implemented', 'production', NULL),"
	" ('beta', 1583400000, 1583400000, '<script>alert(3)</script>', 'lessons', 'discontinued', "
	"'in_confidence');"
	"INSERT INTO case_value (case_id, field, ordinal, value, confidence, method, message, "
	"part, start, \"end\", quote) VALUES"
	" ('alpha', 'country', 0, 'EE', 0.98, 'vocabulary', 101, 'text', 16, 23, 'Estonia'),"
	" ('alpha', 'platform', 0, 'hyperledger fabric', 0.9, 'vocabulary', 101, 'text', 32, 50, "
	"'Hyperledger Fabric'),"
	" ('alpha', 'category', 0, 'implemented', 0.8, 'classifier', 101, 'text', 24, 28, 'runs'),"
	" ('alpha', 'sector', 0, 'land', 0.9, 'vocabulary', 101, 'subject', 0, 13, 'Land "
	"register'),"
	" ('alpha', 'users', 0, '4300', 0.4, 'pattern', 101, 'attachment:plan \"1\".pdf', 29, 33, "
	"'4300'),"
	" ('alpha', 'contact_email', 0, 'mari@example.ee', 0.9, 'sender', 101, NULL, NULL, NULL, "
	"NULL),"
	" ('beta', 'category', 0, 'lessons', 0.7, 'classifier', 102, 'text', 52, 59, 'stopped'),"
	" ('beta', 'reasons', 0, 'cost', 0.9, 'vocabulary', 102, 'text', 64, 68, 'cost'),"
	" ('beta', 'organisation', 0, '@SUM(1+1)', 0.9, 'reviewed', NULL, NULL, NULL, NULL, NULL),"
	" ('beta', 'country', 0, 'SE', 0.9, 'reviewed', NULL, NULL, NULL, NULL, NULL);"
	"INSERT INTO change (at, kind, id, what, digest) VALUES (1583309520, 'case', 'alpha', "
	"'put', 'x'), (1583400000, 'case', 'beta', 'put', 'y');"
	"INSERT INTO meta (key, value) VALUES ('position', '5');";

static void
fail(const struct error *err)
{
	fprintf(stderr, "the fixture cannot be made: %s\n", err->text);
	abort();
}

static void
run(const char *path, const struct db_schema *schema, const char *sql)
{
	struct error err = {0};
	CLEANUP(db_closep) struct db *db = NULL;

	if (!db_open(&db, path, DB_WRITE, schema, &err) || !db_execute(db, sql, &err))
		fail(&err);
}

void
fixture_change(const struct fixture *fixture, const char *sql)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/cases.db", fixture->directory);
	run(path, casebook_schema(), sql);
}

void
fixture_make(struct fixture *fixture)
{
	char path[96];

	snprintf(fixture->directory, sizeof(fixture->directory), "/tmp/casepost-serve-XXXXXX");
	if (!mkdtemp(fixture->directory))
		abort();
	snprintf(path, sizeof(path), "%s/archive.db", fixture->directory);
	run(path, archive_schema(), archive_sql);
	fixture_change(fixture, casebook_sql);
}

static int
remove_one(const char *path, const struct stat *stat, int type, struct FTW *walk)
{
	(void)stat;
	(void)type;
	(void)walk;
	return remove(path);
}

void
fixture_remove(struct fixture *fixture)
{
	(void)nftw(fixture->directory, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}
