// SHA-256 of texts: the only place that touches libcrypto.
#include "base/sha256.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/str.h"

static unsigned digest_of(const char *text, unsigned char *digest)
{
    unsigned n = 0;

    return EVP_Digest(text, strlen(text), digest, &n, EVP_sha256(), NULL) == 1 ? n : 0;
}

const char *lc_sha256_hex(struct lc_arena *arena, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned n = digest_of(text, digest);
    struct lc_str hex;

    lc_str_init(&hex, arena, sizeof digest * 2 + 1);
    for (unsigned i = 0; i < n; i++)
        lc_str_addf(&hex, "%02x", digest[i]);
    return hex.text;
}

const char *lc_sha256_base64(struct lc_arena *arena, const char *text)
{
    unsigned char digest[EVP_MAX_MD_SIZE], base64[2 * EVP_MAX_MD_SIZE] = "";

    (void)EVP_EncodeBlock(base64, digest, (int)digest_of(text, digest));
    return lc_strdup(arena, (const char *)base64);
}
