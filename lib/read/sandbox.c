/*
 * The walls around a reader. What it needs after they close was measured with strace over the test
 * corpora: memory, time, locks of the C library, its one socket, and stderr.
 */
#include "read/sandbox.h"

#include <errno.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

static const int ALLOWED[] = {
	SCMP_SYS(read),
	SCMP_SYS(write), /* stderr */
	SCMP_SYS(recvfrom),
	SCMP_SYS(sendto),
	SCMP_SYS(poll),
	SCMP_SYS(ppoll),
	SCMP_SYS(close),
	SCMP_SYS(brk),
	SCMP_SYS(munmap),
	SCMP_SYS(mremap),
	SCMP_SYS(madvise),
	SCMP_SYS(futex),
	SCMP_SYS(clock_gettime), /* of processor time: no vDSO for that */
	SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom),
	SCMP_SYS(getpid), /* abort() */
	SCMP_SYS(gettid),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigreturn),
	SCMP_SYS(sigaltstack),
	SCMP_SYS(restart_syscall),
	SCMP_SYS(sched_yield),
	SCMP_SYS(exit),
	SCMP_SYS(exit_group),
#ifdef CASEPOST_SANITIZED
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(getrlimit),
	SCMP_SYS(prlimit64),
	SCMP_SYS(mincore),
	SCMP_SYS(getppid),
#endif
};

static bool
limit(int resource, rlim_t value, struct error *err)
{
	struct rlimit both = {value, value};

	if (setrlimit((__rlimit_resource_t)resource, &both) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot limit the reader");
	return true;
}

static bool
set_limits(struct error *err)
{
	(void)signal(SIGXFSZ, SIG_IGN); /* stderr may be a file: a lost line is not worth a death */
	return limit(RLIMIT_CORE, 0, err) && limit(RLIMIT_FSIZE, 0, err) &&
	       limit(RLIMIT_NPROC, 0, err) && limit(RLIMIT_CPU, SANDBOX_CPU_SECONDS, err) &&
	       limit(RLIMIT_NOFILE, 1, err); /* no new one; poll() refuses more than the limit */
}

/* Memory may be mapped, but not to be executed; signals may go to this process alone. */
static int
add_rules(scmp_filter_ctx filter)
{
	const scmp_datum_t exec = PROT_EXEC;
	int failed = 0;

	for (size_t i = 0; i < sizeof(ALLOWED) / sizeof(ALLOWED[0]) && !failed; i++)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, ALLOWED[i], 0);
	if (!failed)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, exec, 0));
	if (!failed)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
			SCMP_A2(SCMP_CMP_MASKED_EQ, exec, 0));
	if (!failed)
		failed = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
			SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid()));
	return failed;
}

static bool
close_system_calls(struct error *err)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int failed = filter ? add_rules(filter) : -ENOMEM;

	if (!failed)
		failed = seccomp_load(filter);
	if (filter)
		seccomp_release(filter);
	if (failed)
		return error_set(err, ERROR_PROGRAM,
			"the kernel refuses the system call filter (error %d)", -failed);
	return true;
}

bool
sandbox_enter(struct error *err)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 ||
		prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return error_set_errno(err, ERROR_PROGRAM, "cannot give up privileges");
	return set_limits(err) && close_system_calls(err);
}
