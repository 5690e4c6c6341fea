// The entry point: which command is asked for, and the arena of its run.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

static void out_of_memory(void *context, size_t wanted)
{
    (void)context;
    (void)fprintf(stderr, "lockcast: out of memory (%zu more bytes wanted)\n", wanted);
    exit(EXIT_INTERNAL);
}

static void print_version(void)
{
    (void)printf("lockcast (PostgreSQL grammar %d) %s\n", lockcast_grammar(), lockcast_version());
}

static void print_help(void)
{
    (void)printf("lockcast forecasts what a PostgreSQL migration will do to live traffic.\n\nUsage:\n  lockcast COMMAND "
                 "[OPTIONS] ...\n\nCommands:\n");
    for (const struct cli_command *c = cli_commands; c->name; c++)
        (void)printf("  %-10s %s\n", c->name, c->summary);
    (void)printf("\n`lockcast COMMAND --help` tells more. `lockcast --version` names the version and the grammar.\n\n"
                 "Exit status: 0 within policy, 1 a verdict reached --fail-on, 2 usage or bad input, 3 the server could not be\n"
                 "reached or refused, 4 a report could not be delivered, 5 an internal error, 130 interrupted.\n");
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    struct cli_run run = {.command = command};
    int status;

    run.l = lockcast_new(out_of_memory, NULL);
    if (!run.l)
        out_of_memory(NULL, 0);
    cli_watch_interrupt(run.l);
    status = cli_parse_options(&run, argc, argv);
    if (status == EXIT_DONE && run.o.help)
        cli_help(command);
    else if (status == EXIT_DONE && run.o.version)
        print_version();
    else if (status == EXIT_DONE)
        status = command->run(&run);
    cli_watch_interrupt(NULL);
    free(run.o.variables);
    free(run.o.given);
    lockcast_close(run.l);
    return status;
}

static bool is_help(const char *word)
{
    return cli_is(word, "--help") || cli_is(word, "-?") || cli_is(word, "help");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : NULL;
    bool help = is_help(name) && argc > 2 && !is_help(argv[2]); // lockcast help COMMAND
    const struct cli_command *command;

    if (!name || (is_help(name) && !help)) {
        print_help();
        return name ? EXIT_DONE : EXIT_USAGE;
    }
    if (cli_is(name, "--version") || cli_is(name, "-V")) {
        print_version();
        return EXIT_DONE;
    }
    if (help)
        name = argv[2];
    command = cli_find_command(name);
    if (!command)
        return cli_error(EXIT_USAGE, "`lockcast --help` lists the commands.", "there is no command \"%s\"", name);
    if (help) {
        cli_help(command);
        return EXIT_DONE;
    }
    return run_command(command, argc - 1, argv + 1);
}
