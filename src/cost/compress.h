// How far wal_compression gets a page's image. Not for other rooms.
#ifndef LC_COST_COMPRESS_H
#define LC_COST_COMPRESS_H

#include <stdbool.h>
#include <stdint.h>

#define COMPRESS_PAGE 8192
#define ZSTD_TABLES 60.0 // bytes of the frame and of its tables, about

enum compression { // wal_compression; on: pglz
    COMPRESSION_OFF,
    COMPRESSION_PGLZ,
    COMPRESSION_LZ4,
    COMPRESSION_ZSTD
};

// Bytes of the image of `len` bytes (COMPRESS_PAGE at most) after compression, as a share of them; 1: kept as it is.
double compressed_share(enum compression method, const unsigned char *page, int len);

#endif
