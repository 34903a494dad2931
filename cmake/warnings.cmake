# One interface library carries the warnings, the hardening and the sanitizers of every target.
add_library(strict INTERFACE)
target_compile_options(strict INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wconversion
  -Wsign-conversion -Wformat=2 -Wcast-qual -Wwrite-strings -Wundef -Wvla -Wswitch-enum
  -Wimplicit-fallthrough -Wnull-dereference -Wdate-time
  # Two checkouts in two folders must give the same bytes.
  -ffile-prefix-map=${CMAKE_SOURCE_DIR}/= -ffile-prefix-map=${CMAKE_BINARY_DIR}/=build/)
target_compile_definitions(strict INTERFACE _GNU_SOURCE CONNPLAN_VERSION="${PROJECT_VERSION}")
target_include_directories(strict INTERFACE ${CMAKE_SOURCE_DIR}/src)

option(CONNPLAN_WERROR "warnings are errors" OFF)
option(CONNPLAN_SANITIZE "address and undefined behaviour sanitizers" OFF)
option(CONNPLAN_FUZZ "coverage for libFuzzer" OFF)
option(CONNPLAN_CHECKED "compare our own parsing with the libraries at run time" OFF)
option(CONNPLAN_HARDEN "hardened release build" OFF)

if(CONNPLAN_WERROR)
  target_compile_options(strict INTERFACE -Werror)
endif()
if(CONNPLAN_SANITIZE)
  target_compile_options(strict INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all
    -fno-omit-frame-pointer)
  target_link_options(strict INTERFACE -fsanitize=address,undefined)
endif()
if(CONNPLAN_FUZZ)
  target_compile_options(strict INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CONNPLAN_CHECKED)
  target_compile_definitions(strict INTERFACE CONNPLAN_CHECKED=1)
endif()
if(CONNPLAN_HARDEN)
  target_compile_options(strict INTERFACE -fstack-protector-strong -D_FORTIFY_SOURCE=2 -fPIE
    -fcf-protection)
  target_link_options(strict INTERFACE -pie -Wl,-z,relro,-z,now -Wl,--build-id=none)
endif()
