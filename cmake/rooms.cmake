# room(NAME [USES room...] [LIBS library...] [EMBED pattern...])
#
# One static library from src/NAME/*.c. USES are the rooms right below it; EMBED files become the
# table NAME_embedded[] (base/base.h), sorted by name.
function(room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS;EMBED" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.c)
  if(ROOM_EMBED)
    set(patterns)
    foreach(pattern ${ROOM_EMBED})
      list(APPEND patterns ${CMAKE_SOURCE_DIR}/${pattern})
    endforeach()
    file(GLOB files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${patterns})
    list(SORT files)
    set(paths ${files})
    list(TRANSFORM paths PREPEND ${CMAKE_SOURCE_DIR}/)
    set(generated ${CMAKE_BINARY_DIR}/embedded/${name}_files.c)
    add_custom_command(OUTPUT ${generated}
      COMMAND embed ${generated} ${name}_embedded ${files}
      DEPENDS embed ${paths}
      WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    list(APPEND sources ${generated})
  endif()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PRIVATE strict PUBLIC ${ROOM_USES} ${ROOM_LIBS})
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE ${ROOM_USES} ${ROOM_LIBS})
  endif()
endfunction()
