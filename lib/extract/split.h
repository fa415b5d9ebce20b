#ifndef EXTRACT_SPLIT_H
#define EXTRACT_SPLIT_H

#include "extract/candidate.h"

/**
 * Says which case each sentence speaks of, where a message tells of several: numbered sections,
 * headings, a bullet a project, distinct project names, "the second one". Sets case_index of the
 * sentences and of the names, and document->case_count.
 *
 * @names  candidates of find_project_names()
 *
 * Fails only when the arena is full.
 */
__attribute__((warn_unused_result)) bool split_cases(
	struct document *document, struct candidates *names, struct error *err);

#endif
