# cmake -DPROGRAM=... -DEXPECTED=... -P run_and_compare.cmake
# Runs the program and fails unless it ends with 0 and its standard output is exactly the expected file.
execute_process(COMMAND ${PROGRAM} OUTPUT_VARIABLE actual RESULT_VARIABLE status)
message("${actual}")
if(NOT status EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} ended with ${status}")
endif()
file(READ ${EXPECTED} expected)
if(NOT actual STREQUAL expected)
    message(FATAL_ERROR "Standard output differs from ${EXPECTED}, which says:\n${expected}")
endif()
