/*
 * One case or one message with all that hangs on it.
 */
#include "casebook/query.h"

#include "casebook/reader.h"

enum { SPANS_MAX = 1000000, PARTS_MAX = 100000 };

enum found
query_case(struct reader *reader, struct view id, struct arena *arena,
	struct case_detail *ret_detail, struct error *err)
{
	struct case_detail detail = {0};
	struct statement *statement = db_use(reader->db, "case_find");
	enum db_step step;
	enum found outcome;
	struct view own;

	db_bind_text(statement, ":id", id);
	step = db_next(statement, err);
	if (step != DB_ROW)
		return step == DB_DONE ? ABSENT : FAILED;
	own = reader_text(arena, statement, "id");
	db_reset(statement);
	outcome = reader_case_row(reader, own, arena, &detail.row, err);
	if (outcome != FOUND)
		return outcome;
	statement = db_use(reader->db, "case_values");
	db_bind_text(statement, ":id", own);
	if (!reader_take_values(statement, arena, &detail.values, &detail.value_count, err))
		return FAILED;
	statement = db_use(reader->db, "case_messages");
	db_bind_text(statement, ":id", own);
	if (!reader_take_messages(statement, arena, &detail.messages, &detail.message_count, err))
		return FAILED;
	if (arena_is_full(arena)) {
		(void)reader_is_full(err);
		return FAILED;
	}
	*ret_detail = detail;
	return FOUND;
}

static bool
take_spans(struct reader *reader, struct arena *arena, struct message_detail *detail,
	struct error *err)
{
	struct statement *statement = db_use(reader->db, "message_spans");
	size_t capacity = 0;
	enum db_step step;

	db_bind_int(statement, ":id", detail->row.id);
	while ((step = db_next(statement, err)) == DB_ROW) {
		struct span_row *span = arena_push(arena, &detail->spans, &detail->span_count,
			&capacity, sizeof(*span), SPANS_MAX);

		if (!span) {
			db_reset(statement);
			return reader_is_full(err);
		}
		*span = (struct span_row){
			.kind = (unsigned)db_int(statement, "kind"),
			.start = (uint64_t)db_int(statement, "start"),
			.end = (uint64_t)db_int(statement, "end"),
			.level = (unsigned)db_int(statement, "level"),
		};
	}
	return step == DB_DONE;
}

static bool
take_attachments(struct reader *reader, struct arena *arena, struct message_detail *detail,
	struct error *err)
{
	struct statement *statement = db_use(reader->db, "message_attachments");
	size_t capacity = 0;
	enum db_step step;

	db_bind_int(statement, ":id", detail->row.id);
	while ((step = db_next(statement, err)) == DB_ROW) {
		struct attachment_row *attachment = arena_push(arena, &detail->attachments,
			&detail->attachment_count, &capacity, sizeof(*attachment), PARTS_MAX);

		if (!attachment) {
			db_reset(statement);
			return reader_is_full(err);
		}
		*attachment = (struct attachment_row){
			.name = reader_text(arena, statement, "name"),
			.type = reader_text(arena, statement, "type"),
			.size_bytes = (uint64_t)db_int(statement, "size_bytes"),
			.sha256 = reader_text(arena, statement, "sha256"),
			.text = reader_text(arena, statement, "text"),
		};
	}
	return step == DB_DONE;
}

static bool
take_problems(struct reader *reader, struct arena *arena, struct message_detail *detail,
	struct error *err)
{
	struct statement *statement = db_use(reader->db, "message_problems");
	size_t capacity = 0;
	enum db_step step;

	db_bind_int(statement, ":id", detail->row.id);
	while ((step = db_next(statement, err)) == DB_ROW) {
		struct problem_row *problem = arena_push(arena, &detail->problems,
			&detail->problem_count, &capacity, sizeof(*problem), PARTS_MAX);

		if (!problem) {
			db_reset(statement);
			return reader_is_full(err);
		}
		problem->code = reader_text(arena, statement, "code");
		problem->detail = reader_text(arena, statement, "detail");
	}
	return step == DB_DONE;
}

/* Two statements may not share the connection's slot of one name, so the ids come first. */
static bool
take_cases(struct reader *reader, struct arena *arena, struct message_detail *detail,
	struct error *err)
{
	struct statement *statement = db_use(reader->db, "message_cases");
	size_t capacity = 0;
	enum db_step step;

	db_bind_int(statement, ":id", detail->row.id);
	while ((step = db_next(statement, err)) == DB_ROW) {
		struct case_row *row = arena_push(arena, &detail->cases, &detail->case_count,
			&capacity, sizeof(*row), PARTS_MAX);

		if (!row) {
			db_reset(statement);
			return reader_is_full(err);
		}
		if (reader_case_row(reader, db_text(statement, "id"), arena, row, err) == FAILED) {
			db_reset(statement);
			return false;
		}
	}
	return step == DB_DONE;
}

static void
take_columns(struct statement *statement, struct arena *arena, struct message_detail *ret_detail)
{
	*ret_detail = (struct message_detail){
		.seq = db_int(statement, "seq"),
		.message_id = reader_text(arena, statement, "message_id"),
		.date = reader_text(arena, statement, "date"),
		.recipients = reader_text(arena, statement, "recipients"),
		.recipients_text = reader_text(arena, statement, "recipients_text"),
		.class_reason = reader_text(arena, statement, "class_reason"),
		.class_confidence = db_real(statement, "class_confidence"),
		.text = reader_text(arena, statement, "text"),
		.reply_text = reader_text(arena, statement, "reply_text"),
		.signature = reader_text(arena, statement, "signature"),
		.problems_json = reader_text(arena, statement, "problems"),
		.bounce = reader_text(arena, statement, "bounce"),
		.sha256 = reader_text(arena, statement, "sha256"),
		.size_bytes = (uint64_t)db_int(statement, "size_bytes"),
		.thread = db_int(statement, "thread"),
	};
	reader_take_message(statement, arena, &ret_detail->row);
}

static bool
take_rest(struct reader *reader, struct arena *arena, struct message_detail *detail,
	struct error *err)
{
	struct statement *values, *thread;

	if (!take_spans(reader, arena, detail, err) ||
		!take_attachments(reader, arena, detail, err) ||
		!take_problems(reader, arena, detail, err) ||
		!take_cases(reader, arena, detail, err))
		return false;
	values = db_use(reader->db, "message_values");
	db_bind_int(values, ":id", detail->row.id);
	if (!reader_take_values(values, arena, &detail->values, &detail->value_count, err))
		return false;
	thread = db_use(reader->db, "thread_others");
	db_bind_int(thread, ":id", detail->row.id);
	db_bind_int(thread, ":thread", detail->thread);
	if (!reader_take_messages(
		    thread, arena, &detail->thread_messages, &detail->thread_count, err))
		return false;
	return !arena_is_full(arena) || reader_is_full(err);
}

enum found
query_message(struct reader *reader, int64_t id, struct arena *arena,
	struct message_detail *ret_detail, struct error *err)
{
	struct statement *statement = db_use(reader->db, "message_detail");
	struct message_detail detail;
	enum db_step step;

	db_bind_int(statement, ":id", id);
	step = db_next(statement, err);
	if (step != DB_ROW)
		return step == DB_DONE ? ABSENT : FAILED;
	take_columns(statement, arena, &detail);
	db_reset(statement);
	if (!take_rest(reader, arena, &detail, err))
		return FAILED;
	*ret_detail = detail;
	return FOUND;
}
