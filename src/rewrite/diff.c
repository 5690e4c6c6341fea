// The difference of two texts as `diff -u` prints it: common ends are cut off, the rest is the longest common subsequence of lines.
#include "rewrite/diff.h"

#include <string.h>

#define CONTEXT 3
#define MOST_CELLS 4000000 // beyond, the middle counts as changed as a whole

struct lines LC_ARRAY(const char *);

struct diff {
    struct lc_arena *arena;
    struct lines a, b;
    struct LC_ARRAY(char) ops; // ' ', '-' or '+', in the order of the output
};

static void split(struct lc_arena *arena, const char *text, struct lines *out)
{
    for (const char *p = text; *p;) {
        size_t n = strcspn(p, "\n");
        LC_PUSH(arena, out, lc_strndup(arena, p, n));
        p += n + (p[n] == '\n');
    }
}

static void push(struct diff *d, char op, int n)
{
    for (int i = 0; i < n; i++)
        LC_PUSH(d->arena, &d->ops, op);
}

static void middle(struct diff *d, int at_a, int n, int at_b, int m)
{
    int *table, w = m + 1, i = 0, k = 0;

    if ((double)n * m > MOST_CELLS) {
        push(d, '-', n);
        push(d, '+', m);
        return;
    }
    table = LC_NEW_ARRAY(d->arena, int, (n + 1) * w);
    for (int x = n - 1; x >= 0; x--)
        for (int y = m - 1; y >= 0; y--) {
            int down = table[(x + 1) * w + y], right = table[x * w + y + 1];
            table[x * w + y] = strcmp(d->a.items[at_a + x], d->b.items[at_b + y]) == 0 ? table[(x + 1) * w + y + 1] + 1
                               : down > right                                          ? down
                                                                                       : right;
        }
    while (i < n && k < m) {
        if (strcmp(d->a.items[at_a + i], d->b.items[at_b + k]) == 0)
            push(d, ' ', 1), i++, k++;
        else if (table[(i + 1) * w + k] >= table[i * w + k + 1])
            push(d, '-', 1), i++;
        else
            push(d, '+', 1), k++;
    }
    push(d, '-', n - i);
    push(d, '+', m - k);
}

static bool changed_near(const struct diff *d, int i)
{
    for (int k = i - CONTEXT; k <= i + CONTEXT; k++)
        if (k >= 0 && k < d->ops.len && d->ops.items[k] != ' ')
            return true;
    return false;
}

static void add_hunk(const struct diff *d, int from, int to, int a, int b, struct lc_str *out)
{
    int na = 0, nb = 0;

    for (int i = from; i < to; i++) {
        na += d->ops.items[i] != '+';
        nb += d->ops.items[i] != '-';
    }
    lc_str_addf(out, "@@ -%d,%d +%d,%d @@\n", na ? a + 1 : a, na, nb ? b + 1 : b, nb);
    for (int i = from; i < to; i++) {
        char op = d->ops.items[i];
        lc_str_addf(out, "%c%s\n", op, op == '+' ? d->b.items[b] : d->a.items[a]);
        a += op != '+';
        b += op != '-';
    }
}

void rewrite_diff(struct lc_arena *arena, const char *old_name, const char *new_name, const char *old_text, const char *new_text,
                  struct lc_str *out)
{
    struct diff d = {.arena = arena};
    int head = 0, tail = 0, a = 0, b = 0;

    if (strcmp(old_text, new_text) == 0)
        return;
    split(arena, old_text, &d.a);
    split(arena, new_text, &d.b);
    while (head < d.a.len && head < d.b.len && strcmp(d.a.items[head], d.b.items[head]) == 0)
        head++;
    while (tail < d.a.len - head && tail < d.b.len - head &&
           strcmp(d.a.items[d.a.len - 1 - tail], d.b.items[d.b.len - 1 - tail]) == 0)
        tail++;
    push(&d, ' ', head);
    middle(&d, head, d.a.len - head - tail, head, d.b.len - head - tail);
    push(&d, ' ', tail);
    lc_str_addf(out, "--- %s\n+++ %s\n", old_name, new_name);
    for (int i = 0; i < d.ops.len;) {
        int end = i;
        while (end < d.ops.len && changed_near(&d, end))
            end++;
        if (end > i)
            add_hunk(&d, i, end, a, b, out);
        for (end = end > i ? end : i + 1; i < end; i++) {
            a += d.ops.items[i] != '+';
            b += d.ops.items[i] != '-';
        }
    }
}
