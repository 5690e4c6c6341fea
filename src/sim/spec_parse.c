// Isolation-test files: their scanner and grammar (src/test/isolation/specscanner.l, specparse.y).
#include <ctype.h>
#include <string.h>

#include "base/map.h"
#include "sim/spec.h"

#define MAX_PERMUTATIONS 20000

struct names LC_ARRAY(const char *);
struct sessions LC_ARRAY(struct spec_session);
struct step_list LC_ARRAY(struct spec_step);
struct permutations LC_ARRAY(struct spec_permutation);
struct permuted_list LC_ARRAY(struct spec_permuted);
struct blockers LC_ARRAY(struct spec_blocker);

enum token { END, WORD, BLOCK, OPEN, CLOSE, COMMA, STAR, NUMBER, BAD };

struct parser {
    struct lc_arena *arena;
    struct lc_error *err;
    enum lc_code code;
    const char *file, *at;
    int line;
    enum token token; // the current one
    const char *text; // of a WORD or BLOCK
    bool quoted;
    int number, token_line;
    struct lc_map steps; // name -> index + 1
    struct names setups;
    struct sessions sessions;
    struct step_list list;
    struct permutations permutations;
};

static void fail_at(struct parser *p, int line, const char *what)
{
    if (p->code != LC_OK)
        return;
    p->code = lc_fail(p->err, LC_E_INPUT, "%s", what);
    lc_error_hint(
        p->err, "%s",
        "the format is that of PostgreSQL's src/test/isolation/README: setup, teardown, sessions of steps, permutations");
    lc_error_at(p->err, p->file, line);
    p->token = END;
}

static void fail(struct parser *p, const char *what)
{
    fail_at(p, p->token_line, what);
}

// ---- scanner -------------------------------------------------------------------------------------------------------------------

static void skip_space(struct parser *p)
{
    for (;; p->at++) {
        if (*p->at == '#')
            p->at += strcspn(p->at, "\n");
        if (*p->at == '\n')
            p->line++;
        if (!*p->at || !isspace((unsigned char)*p->at))
            return;
    }
}

// What is left out around a block's text: blanks, but no line breaks (specscanner.l).
static bool is_blank(char c)
{
    return c && strchr(" \t\r\f", c);
}

// { ... }: the text between the braces.
static void scan_block(struct parser *p)
{
    const char *from = ++p->at, *to;

    while (*p->at && *p->at != '}')
        p->line += *p->at++ == '\n';
    if (!*p->at) {
        p->token = BAD;
        return;
    }
    to = p->at++;
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    p->token = BLOCK;
    p->text = lc_strndup(p->arena, from, (size_t)(to - from));
}

static void scan_word(struct parser *p)
{
    struct lc_str word;

    lc_str_init(&word, p->arena, LC_STR_MAX);
    p->token = WORD;
    p->quoted = *p->at == '"';
    if (p->quoted) {
        for (p->at++; *p->at && *p->at != '\n' && (*p->at != '"' || p->at[1] == '"'); p->at++) {
            p->at += *p->at == '"';
            lc_str_addc(&word, *p->at);
        }
        p->token = *p->at == '"' ? WORD : BAD;
        p->at += *p->at == '"';
    } else {
        while (isalnum((unsigned char)*p->at) || *p->at == '_' || *p->at == '$' || (unsigned char)*p->at >= 0x80)
            lc_str_addc(&word, *p->at++);
    }
    p->text = word.text;
}

static void scan_number(struct parser *p)
{
    p->token = NUMBER;
    p->number = 0;
    while (isdigit((unsigned char)*p->at) && p->number < 100000000)
        p->number = p->number * 10 + (*p->at++ - '0');
}

static void next(struct parser *p)
{
    static const char single[] = "(),*";
    static const enum token tokens[] = {OPEN, CLOSE, COMMA, STAR};
    const char *s;

    if (p->code != LC_OK)
        return;
    skip_space(p);
    p->token_line = p->line;
    s = *p->at ? strchr(single, *p->at) : NULL;
    if (!*p->at) {
        p->token = END;
    } else if (s) {
        p->at++;
        p->token = tokens[s - single];
    } else if (*p->at == '{') {
        scan_block(p);
    } else if (isdigit((unsigned char)*p->at)) {
        scan_number(p);
    } else if (*p->at == '"' || isalpha((unsigned char)*p->at) || *p->at == '_' || (unsigned char)*p->at >= 0x80) {
        scan_word(p);
    } else {
        p->token = BAD;
    }
    if (p->token == BAD)
        fail(p, "this is no isolation-test file");
}

static bool at_word(const struct parser *p, const char *word)
{
    return p->token == WORD && !p->quoted && lc_streq(p->text, word);
}

static const char *block(struct parser *p)
{
    const char *text;

    next(p);
    if (p->token != BLOCK)
        fail(p, "a { block } of SQL is wanted here");
    text = p->text;
    next(p);
    return text;
}

static const char *name(struct parser *p)
{
    const char *text = p->text;

    if (p->token != WORD)
        fail(p, "a name is wanted here");
    next(p);
    return text;
}

// ---- grammar -------------------------------------------------------------------------------------------------------------------

// Lists have one member or more: step_list, session_list and string_literal_list of specparse.y.
static void parse_step(struct parser *p, struct spec_session *session)
{
    struct spec_step step = {.session = p->sessions.len, .line = p->token_line};

    next(p);
    step.name = p->text;
    if (p->token != WORD)
        fail(p, "a name is wanted here");
    step.sql = block(p);
    if (p->code != LC_OK)
        return;
    LC_PUSH(p->arena, &p->list, step);
    if (lc_map_put(&p->steps, step.name, (void *)(intptr_t)p->list.len))
        fail_at(p, step.line, lc_printf(p->arena, "there are two steps of the name \"%s\"", step.name));
    session->nsteps++;
}

static void parse_session(struct parser *p)
{
    struct spec_session s = {.first_step = p->list.len};

    next(p);
    s.name = name(p);
    if (at_word(p, "setup"))
        s.setup = block(p);
    while (at_word(p, "step"))
        parse_step(p, &s);
    if (!s.nsteps)
        fail(p, "a step is wanted here: a session has at least one");
    if (at_word(p, "teardown"))
        s.teardown = block(p);
    LC_PUSH(p->arena, &p->sessions, s);
}

static int step_named(struct parser *p, const char *text, int line)
{
    int i = (int)(intptr_t)lc_map_get(&p->steps, text ? text : "");

    if (i == 0) {
        fail_at(p, line, lc_printf(p->arena, "the permutation names the step \"%s\", which no session has", text ? text : ""));
    }
    return i - 1;
}

static void parse_blocker(struct parser *p, struct blockers *out)
{
    struct spec_blocker b = {.kind = SPEC_ONCE, .step = -1};

    if (p->token == STAR) {
        next(p);
    } else {
        b.kind = SPEC_OTHER;
        int line = p->token_line;

        b.step = step_named(p, name(p), line);
        if (at_word(p, "notices")) {
            next(p);
            b.kind = SPEC_NOTICES;
            b.notices = p->number;
            if (p->token != NUMBER)
                fail(p, "a number of notices is wanted here");
            next(p);
        }
    }
    LC_PUSH(p->arena, out, b);
}

static void parse_permutation(struct parser *p)
{
    struct permuted_list steps = {0};
    struct spec_permutation perm = {.line = p->token_line};

    next(p);
    while (p->token == WORD && !at_word(p, "permutation")) {
        int line = p->token_line;
        struct spec_permuted one = {.step = step_named(p, name(p), line)};
        struct blockers blockers = {0};

        if (p->token == OPEN) {
            do {
                next(p);
                parse_blocker(p, &blockers);
            } while (p->token == COMMA);
            if (p->token != CLOSE)
                fail(p, "a ) is wanted here");
            next(p);
        }
        one.blockers = blockers.items;
        one.nblockers = blockers.len;
        LC_PUSH(p->arena, &steps, one);
    }
    if (!steps.len)
        fail(p, "a step's name is wanted here: a permutation has at least one");
    perm.steps = steps.items;
    perm.nsteps = steps.len;
    LC_PUSH(p->arena, &p->permutations, perm);
}

// All orders in which each session's steps come in its own order; session by session first, as isolationtester does.
static void all_permutations(struct parser *p, int *done, struct spec_permuted *chosen, int n)
{
    if (n == p->list.len) {
        struct spec_permutation perm = {.nsteps = n, .steps = lc_memdup(p->arena, chosen, (size_t)n * sizeof *chosen)};

        LC_PUSH(p->arena, &p->permutations, perm);
        return;
    }
    for (int s = 0; s < p->sessions.len && p->permutations.len < MAX_PERMUTATIONS; s++) {
        const struct spec_session *session = &p->sessions.items[s];

        if (done[s] == session->nsteps)
            continue;
        chosen[n] = (struct spec_permuted){.step = session->first_step + done[s]++};
        all_permutations(p, done, chosen, n + 1);
        done[s]--;
    }
}

enum lc_code spec_parse(struct lc_arena *arena, const char *text, const char *file, struct spec_file *out, struct lc_error *err)
{
    struct parser p = {.arena = arena, .err = err, .file = file, .at = text, .line = 1};

    *out = (struct spec_file){.name = file};
    lc_map_init(&p.steps, arena);
    next(&p);
    while (at_word(&p, "setup")) {
        const char *sql = block(&p);

        LC_PUSH(arena, &p.setups, sql);
    }
    if (at_word(&p, "teardown"))
        out->teardown = block(&p);
    while (at_word(&p, "session"))
        parse_session(&p);
    while (at_word(&p, "permutation"))
        parse_permutation(&p);
    if (p.token != END)
        fail(&p, "setup, teardown, session or permutation is wanted here");
    if (!p.sessions.len)
        fail(&p, "a session is wanted here: a test has at least one");
    bool named = p.permutations.len > 0;

    if (p.code == LC_OK && !named)
        all_permutations(&p, LC_NEW_ARRAY(arena, int, p.sessions.len + 1),
                         LC_NEW_ARRAY(arena, struct spec_permuted, p.list.len + 1), 0);
    if (!named && p.permutations.len >= MAX_PERMUTATIONS) {
        fail_at(&p, 1, lc_printf(arena, "there are more than %d orders of these steps", MAX_PERMUTATIONS - 1));
        lc_error_hint(err, "%s", "name those that matter: permutation STEP ...");
        lc_error_at(err, file, 1);
    }
    out->setups = p.setups.items;
    out->nsetups = p.setups.len;
    out->sessions = p.sessions.items;
    out->nsessions = p.sessions.len;
    out->steps = p.list.items;
    out->nsteps = p.list.len;
    out->permutations = p.permutations.items;
    out->npermutations = p.permutations.len;
    return p.code;
}
