# embed_files(TARGET TABLE pattern...): the files as the table TABLE_embedded[] (base/base.h), sorted by
# name; TARGET_embedded_source is the C file that holds it.
function(embed_files target table)
  set(patterns ${ARGN})
  list(TRANSFORM patterns PREPEND ${CMAKE_SOURCE_DIR}/)
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${patterns})
  list(SORT files)
  set(paths ${files})
  list(TRANSFORM paths PREPEND ${CMAKE_SOURCE_DIR}/)
  set(generated ${CMAKE_BINARY_DIR}/embedded/${table}.c)
  add_custom_command(OUTPUT ${generated}
    COMMAND embed ${generated} ${table}_embedded ${files}
    DEPENDS embed ${paths}
    WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  set(${target}_embedded_source ${generated} PARENT_SCOPE)
endfunction()

# room(NAME [USES room...] [FOLDER folder] [LIBS library...] [EMBED pattern...])
#
# One static library from src/NAME/*.c, or src/FOLDER/*.c. USES are the rooms right below it; EMBED files become the
# table NAME_embedded[] (base/base.h), sorted by name.
function(room name)
  cmake_parse_arguments(ROOM "" "FOLDER" "USES;LIBS;EMBED" ${ARGN})
  if(NOT ROOM_FOLDER)
    set(ROOM_FOLDER ${name})
  endif()
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${ROOM_FOLDER}/*.c)
  if(ROOM_EMBED)
    embed_files(${name} ${name} ${ROOM_EMBED})
    list(APPEND sources ${${name}_embedded_source})
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PRIVATE strict PUBLIC ${ROOM_USES} ${ROOM_LIBS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ROOM_USES} ${ROOM_LIBS})
  endif()
endfunction()
