/* The program: which subcommand, and what it is called. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "lab.h"
#include "library.h"
#include "log.h"
#include "title.h"
#include "xmalloc.h"

static const struct command commands[] = {
    {"run", command_run, "[-c FILE]", "run a gateway in the foreground"},
    {"check", command_check, "[-c FILE]",
	"say what is wrong with a configuration"},
    {"status", command_steer, "[--json]",
	"show processes, workers, policy and queue"},
    {"reload", command_steer, "", "make a gateway read its files again"},
    {"upgrade", command_steer, "", "start the program anew, refusing nobody"},
    {"stop", command_steer, "", "finish what is in flight and stop"},
    {"workers", command_steer, "COMMAND ...",
	"list, add, remove, drain, undrain, weight"},
    {"worker", lab_worker_main, "--port N ...",
	"run a simulated OpenLambda worker"},
    {"replay", lab_replay_main, "--target URL ...",
	"send a load to a gateway and report"},
    {"lab", lab_main, "COMMAND ...", "the policy lab"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void
print_usage(FILE *out)
{
	fputs("usage: picket COMMAND [ARGUMENTS]\n\n", out);
	for (size_t i = 0; i < COMMANDS; i++)
		fprintf(out, "  %-8s %-18s %s\n", commands[i].name,
		    commands[i].arguments, commands[i].summary);
	fputs("\npicket help COMMAND tells more; so does man picket.\n"
	      "picket --version tells which one this is.\n",
	    out);
}

/* Arguments that stay when `ps` is shown something else in their place. */
static char **
copy_arguments(int argc, char **argv)
{
	char **copy = xcalloc(argc + 1, sizeof(*copy));

	for (int i = 0; i < argc; i++)
		copy[i] = xstrdup(argv[i]);
	return copy;
}

/* And which command was meant. */
static void
say_unknown(const char *command)
{
	lua_State *L = library_open();
	const char *hint;

	library_push(L, "picket.suggest");
	lua_getfield(L, -1, "hint");
	lua_pushstring(L, command);
	lua_newtable(L);
	for (size_t i = 0; i < COMMANDS; i++) {
		lua_pushstring(L, commands[i].name);
		lua_rawseti(L, -2, (int)i + 1);
	}
	lua_call(L, 2, 1);
	hint = lua_tostring(L, -1);
	log_error("unknown command \"%s\"%s", command,
	    hint[0] != '\0' ? hint : "; picket help lists them");
	lua_close(L);
}

static int
run_command(int argc, char **argv)
{
	for (size_t i = 0; i < COMMANDS; i++)
		if (strcmp(argv[0], commands[i].name) == 0)
			return commands[i].run(argc, argv);
	say_unknown(argv[0]);
	return COMMAND_USAGE;
}

static bool
is_one_of(const char *word, const char *one, const char *other)
{
	return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

/* help, or help COMMAND */
static int
help(char *command)
{
	char flag[] = "--help", *argv[] = {command, flag, NULL};

	if (command != NULL)
		return run_command(2, argv);
	print_usage(stdout);
	return COMMAND_DONE;
}

int
main(int argc, char **given)
{
	static char **argv; /* kept to the end, as leak checkers see it */

	argv = copy_arguments(argc, given);
	title_init(argc, given);
	if (argc < 2) {
		print_usage(stderr);
		return COMMAND_USAGE;
	}
	if (is_one_of(argv[1], "--help", "-h"))
		return help(NULL);
	if (strcmp(argv[1], "help") == 0)
		return help(argv[2]);
	if (is_one_of(argv[1], "--version", "version")) {
		puts("picket " PICKET_VERSION);
		return COMMAND_DONE;
	}
	return run_command(argc - 1, argv + 1);
}
