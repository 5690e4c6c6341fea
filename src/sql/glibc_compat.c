// What a libpg_query built against glibc 2.38 or later (Debian trixie, sid) needs from it, for linking with an older one.
//
// Weak, and empty with a glibc that has them. Linked behind libpg_query: see cmake/Dependencies.cmake.
#include <features.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#if !__GLIBC_PREREQ(2, 38)

__attribute__((weak)) size_t strlcpy(char *to, const char *from, size_t size);
__attribute__((weak)) size_t strlcpy(char *to, const char *from, size_t size)
{
    size_t len = strlen(from), copied = size == 0 ? 0 : len < size ? len : size - 1;

    if (size) {
        memcpy(to, from, copied);
        to[copied] = '\0';
    }
    return len;
}

// C23's strtoul also reads binary literals; nothing that libpg_query reads has any.
__attribute__((weak)) unsigned long __isoc23_strtoul(const char *text, char **end, int base);
__attribute__((weak)) unsigned long __isoc23_strtoul(const char *text, char **end, int base)
{
    return strtoul(text, end, base);
}

#else

extern int lc_glibc_is_new_enough; // a translation unit must not be empty

#endif
