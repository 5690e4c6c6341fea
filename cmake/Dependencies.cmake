# lockcast_deps: libpq, libpg_query (the system's, or one unpacked in LOCKCAST_PG_QUERY_PREFIX), cJSON, libcurl, libinih, libcrypto.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(LIBPQ REQUIRED IMPORTED_TARGET libpq)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(INIH REQUIRED IMPORTED_TARGET inih)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
find_path(RANDOM123_INCLUDE_DIR Random123/philox.h REQUIRED)

# find_* remember their first answer: another prefix asks again
if(NOT "${LOCKCAST_PG_QUERY_PREFIX}" STREQUAL "${LOCKCAST_PG_QUERY_LAST_PREFIX}")
  unset(PG_QUERY_INCLUDE_DIR CACHE)
  unset(PG_QUERY_LIBRARY CACHE)
endif()
set(LOCKCAST_PG_QUERY_LAST_PREFIX "${LOCKCAST_PG_QUERY_PREFIX}" CACHE INTERNAL "")
if(LOCKCAST_PG_QUERY_PREFIX)
  find_path(PG_QUERY_INCLUDE_DIR pg_query.h PATHS ${LOCKCAST_PG_QUERY_PREFIX}/usr/include NO_DEFAULT_PATH REQUIRED)
  find_file(PG_QUERY_LIBRARY libpg_query.a PATHS ${LOCKCAST_PG_QUERY_PREFIX}/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}
    ${LOCKCAST_PG_QUERY_PREFIX}/usr/lib/x86_64-linux-gnu ${LOCKCAST_PG_QUERY_PREFIX}/usr/lib NO_DEFAULT_PATH REQUIRED)
else()
  find_path(PG_QUERY_INCLUDE_DIR pg_query.h REQUIRED)
  find_library(PG_QUERY_LIBRARY NAMES libpg_query.a pg_query REQUIRED)
endif()

# behind libpg_query, because only there it is known what is missing
add_library(lockcast_glibc_compat STATIC src/sql/glibc_compat.c)
target_compile_definitions(lockcast_glibc_compat PRIVATE _GNU_SOURCE)

add_library(lockcast_deps INTERFACE)
target_include_directories(lockcast_deps SYSTEM INTERFACE ${PG_QUERY_INCLUDE_DIR} ${RANDOM123_INCLUDE_DIR})
target_link_libraries(lockcast_deps INTERFACE ${PG_QUERY_LIBRARY} lockcast_glibc_compat PkgConfig::LIBPQ PkgConfig::CJSON PkgConfig::CURL PkgConfig::INIH PkgConfig::CRYPTO Threads::Threads m)
