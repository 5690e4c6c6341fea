# lockcast_embed(OUT files...): one generated C file with `const char lc_file_<name>_<ext>[]` for each text file, and a header.
function(lockcast_embed out)
  set(dir ${CMAKE_BINARY_DIR}/generated)
  set(header ${dir}/embedded.h)
  set(source ${dir}/embedded.c)
  add_custom_command(OUTPUT ${source} ${header}
    COMMAND ${CMAKE_COMMAND} -DOUT=${source} -DHEADER=${header} "-DFILES=${ARGN}" -P ${CMAKE_CURRENT_SOURCE_DIR}/cmake/EmbedFiles.cmake
    DEPENDS ${ARGN} ${CMAKE_CURRENT_SOURCE_DIR}/cmake/EmbedFiles.cmake VERBATIM)
  set(${out} ${source} PARENT_SCOPE)
endfunction()
