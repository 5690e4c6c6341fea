// The entry point: which command is asked for, and the arena of its run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "cli/cli.h"
#include "sql/sql.h"

#define ARENA_MAX ((size_t)16 * 1024 * 1024 * 1024)

static void out_of_memory(void *context, size_t wanted)
{
    (void)context;
    (void)fprintf(stderr, "lockcast: out of memory (%zu more bytes wanted)\n", wanted);
    exit(EXIT_INTERNAL);
}

static void print_version(void)
{
    int grammar = lc_sql_grammar();

    (void)printf("lockcast (PostgreSQL grammar %d) %s\n", grammar / 10000, LOCKCAST_VERSION);
}

static void print_help(void)
{
    (void)printf("lockcast forecasts what a PostgreSQL migration will do to live traffic.\n\nUsage:\n  lockcast COMMAND "
                 "[OPTIONS] ...\n\nCommands:\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        (void)printf("  %-10s %s\n", c->name, c->summary);
    (void)printf("\n`lockcast COMMAND --help` tells more. `lockcast --version` names the version and the grammar.\n\n"
                 "Exit status: 0 within policy, 1 a verdict reached --fail-on, 2 usage or bad input, 3 the server could not be\n"
                 "reached or refused, 4 a report could not be delivered, 5 an internal error.\n");
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli_run run = {.command = command};
    struct lc_error err = {0};
    int status;

    run.arena = lc_arena_new(ARENA_MAX, out_of_memory, NULL);
    if (!run.arena)
        out_of_memory(NULL, 0);
    cli_watch_interrupt(NULL);
    if (cli_parse_options(run.arena, command, argc, argv, &run.o, &err) != LC_OK) {
        status = cli_fail(&err);
    } else if (run.o.help) {
        cli_help(command);
        status = EXIT_DONE;
    } else if (run.o.version) {
        print_version();
        status = EXIT_DONE;
    } else {
        status = command->run(&run);
    }
    lc_arena_free(run.arena);
    return status;
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    const struct cli_command *command;

    if (!name) {
        print_help();
        return EXIT_USAGE;
    }
    if (lc_streq(name, "--help") || lc_streq(name, "-?") || lc_streq(name, "help")) {
        print_help();
        return EXIT_DONE;
    }
    if (lc_streq(name, "--version") || lc_streq(name, "-V")) {
        print_version();
        return EXIT_DONE;
    }
    command = cli_find_command(name);
    if (!command) {
        (void)fprintf(stderr, "lockcast: there is no command \"%s\"\nhint: `lockcast --help` lists the commands.\n", name);
        return EXIT_USAGE;
    }
    return run_command(command, argc - 1, argv + 1);
}
