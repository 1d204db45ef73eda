# The runtime of policies reads shared memory by the very header that the C
# compiler includes: its text is compiled into the program.
set(PICKET_ABI_HEADER ${PROJECT_SOURCE_DIR}/src/shared/worker_abi.h)
set_property(DIRECTORY APPEND PROPERTY
    CMAKE_CONFIGURE_DEPENDS ${PICKET_ABI_HEADER})
file(READ ${PICKET_ABI_HEADER} PICKET_ABI)
string(REPLACE "\\" "\\\\" PICKET_ABI "${PICKET_ABI}")
string(REPLACE "\"" "\\\"" PICKET_ABI "${PICKET_ABI}")
string(REPLACE "\n" "\\n\"\n\"" PICKET_ABI "${PICKET_ABI}")
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/generated/abi_text.h
    CONTENT "\"${PICKET_ABI}\"\n" @ONLY NEWLINE_STYLE UNIX)
target_include_directories(picket_policy PRIVATE
    ${PROJECT_BINARY_DIR}/generated)
