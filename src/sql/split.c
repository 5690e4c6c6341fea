// Splitting a script as psql does (src/fe_utils/psqlscan.l): it needs no grammar, so a statement that does not parse costs nothing
// but itself.
#include "sql/split.h"

#include <limits.h>
#include <string.h>

#include "sql/lexer.h"

#define MAX_LEVELS 64 // of parentheses whose chains are told apart; deeper ones are added up

// Chains that make a tree deep without parentheses: operators (until the next comma or AND), joins and set operations.
struct chains {
    int operators[MAX_LEVELS], links[MAX_LEVELS];
    int sum; // of both, over the open levels
    int deepest;
};

struct scan {
    const char *text;
    size_t len;
    int parens;
    int words;       // since the start of the statement
    char first[4];   // the first letters of the leading CREATE [OR REPLACE] FUNCTION|PROCEDURE, as psql keeps them
    bool begin;      // the last word was BEGIN
    int begin_depth; // of BEGIN ATOMIC and the CASEs in it: their END does not end the block
    struct chains chains;
};

static int level(const struct scan *s)
{
    return s->parens < MAX_LEVELS ? s->parens : MAX_LEVELS - 1;
}

static void chain(struct scan *s, int *counter)
{
    struct chains *c = &s->chains;

    counter[level(s)]++;
    if (c->sum < INT_MAX)
        c->sum++;
    if (c->sum > c->deepest)
        c->deepest = c->sum;
}

static void end_chain(struct scan *s, int *counter)
{
    s->chains.sum -= counter[level(s)];
    counter[level(s)] = 0;
}

static bool one_of(const struct scan *s, const struct lc_token *token, const char *const *words)
{
    char first = (char)(s->text[token->start] | 0x20);

    for (; *words; words++)
        if (**words == first && lc_token_is(s->text, token, *words))
            return true;
    return false;
}

static bool creates_routine(const struct scan *s)
{
    return s->first[0] == 'c' && (s->first[1] == 'f' || s->first[1] == 'p' ||
                                  (s->first[1] == 'o' && s->first[2] == 'r' && (s->first[3] == 'f' || s->first[3] == 'p')));
}

static void follow_block(struct scan *s, const struct lc_token *token)
{
    if (s->begin && lc_token_is(s->text, token, "atomic"))
        s->begin_depth++;
    else if (s->begin_depth && lc_token_is(s->text, token, "case"))
        s->begin_depth++;
    else if (s->begin_depth && lc_token_is(s->text, token, "end"))
        s->begin_depth--;
    s->begin = lc_token_is(s->text, token, "begin");
}

static void follow_word(struct scan *s, const struct lc_token *token)
{
    static const char *const leading[] = {"create", "or", "replace", "function", "procedure", NULL};
    static const char *const separate[] = {"and", "or", NULL};
    static const char *const links[] = {"union", "except", "intersect", "join", NULL};
    static const char *const operators[] = {"is",  "isnull", "notnull", "like",     "ilike",   "similar", "between",
                                            "not", "in",     "at",      "operator", "collate", NULL};

    if (s->words < (int)sizeof s->first && one_of(s, token, leading))
        s->first[s->words] = (char)(s->text[token->start] | 0x20);
    s->words++;
    if (creates_routine(s) && !s->parens)
        follow_block(s, token);
    if (token->len <= 9 && one_of(s, token, separate))
        end_chain(s, s->chains.operators);
    else if (token->len <= 9 && one_of(s, token, links))
        chain(s, s->chains.links);
    else if (token->len <= 9 && one_of(s, token, operators))
        chain(s, s->chains.operators);
}

static void follow_sign(struct scan *s, char c)
{
    if (c == '(') {
        s->parens++;
    } else if (c == ')' && s->parens) {
        end_chain(s, s->chains.operators);
        end_chain(s, s->chains.links);
        s->parens--;
    } else if (c == ',' || c == ';') {
        end_chain(s, s->chains.operators);
    } else if (c != ')' && c != '.') {
        chain(s, s->chains.operators);
    }
}

static bool ends(const struct scan *s, const struct lc_token *token, bool flat)
{
    return token->kind == LC_TOKEN_OTHER && s->text[token->start] == ';' && (flat || (!s->parens && !s->begin_depth));
}

static void follow(struct scan *s, const struct lc_token *token)
{
    if (token->kind == LC_TOKEN_WORD)
        follow_word(s, token);
    else if (token->kind == LC_TOKEN_OTHER)
        follow_sign(s, s->text[token->start]);
    else
        s->begin = false;
}

// Where a comment begins that nothing but blanks comes before and that is never closed; `len`: there is none. The server refuses it.
static size_t open_comment(const char *text, size_t len, size_t at)
{
    struct lc_token token;

    for (token = lc_lex(text, len, at); token.kind == LC_TOKEN_BLANK || token.kind == LC_TOKEN_COMMENT;
         token = lc_lex(text, len, token.start + token.len))
        if (token.open)
            return token.start;
    return len;
}

struct lc_piece lc_split_next(const char *text, size_t len, size_t at, bool flat)
{
    struct scan s = {.text = text, .len = len};
    struct lc_piece piece = {.start = at};

    for (;;) {
        struct lc_token token = lc_lex_word(text, len, at);
        size_t open = token.kind == LC_TOKEN_END ? open_comment(text, len, at) : len;

        if (open < len) {
            piece.start = piece.tokens++ ? piece.start : open;
            piece.len = len - piece.start;
        }
        at = token.start + token.len;
        if (token.kind == LC_TOKEN_END || ends(&s, &token, flat))
            break;
        if (piece.tokens++ == 0)
            piece.start = token.start;
        piece.len = at - piece.start;
        follow(&s, &token);
    }
    piece.next = at;
    piece.depth = s.chains.deepest;
    piece.unbalanced = at >= len && (s.parens || s.begin_depth);
    return piece;
}
