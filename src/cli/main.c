// The entry point: which command is asked for.
#include <stdio.h>

int main(void)
{
    (void)fputs("lockcast: no command yet\n", stderr);
    return 2;
}
