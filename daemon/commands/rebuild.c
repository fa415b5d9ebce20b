/*
 * casepost rebuild: a new casebook from the archive, in the place of the old one.
 */
#include <stdio.h>

#include "daemon/commands/command.h"
#include "daemon/hand.h"

int
command_rebuild(const struct call *call)
{
	CLEANUP(config_freep) struct config *config = NULL;
	CLEANUP(hand_closep) struct hand *hand = NULL;
	struct error err = {0};

	if (call->argc > 0)
		return command_misused(call, "", "takes no arguments");
	config = command_config(call);
	if (!config)
		return STATUS_USAGE;
	if (!hand_open(&hand, config, &err) || !hand_do(hand, REQUEST_REBUILD, 0, &err))
		return command_fail(call, &err);
	fprintf(stderr, "The casebook was rebuilt.\n");
	return STATUS_DONE;
}
