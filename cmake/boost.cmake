# Finds Boost's headers, which one source file of ours needs (src/os/child_process.cpp). Any Boost from 1.74 on will
# do, and no Boost library is linked.

# Sets `directory` in the caller, or stops the configuration with what to install.
function(penstock_find_boost directory)
    find_path(PENSTOCK_BOOST_INCLUDE_DIR boost/process.hpp
        HINTS ${Boost_INCLUDE_DIR} ${BOOST_ROOT} ENV BOOST_ROOT
        PATHS ENV CPATH ENV CPLUS_INCLUDE_PATH
        PATH_SUFFIXES include
        DOC "The directory that holds boost/process.hpp")
    mark_as_advanced(PENSTOCK_BOOST_INCLUDE_DIR)
    set(advice "Install the headers of Boost 1.74 or newer (Debian: apt install libboost-dev) or set \
PENSTOCK_BOOST_INCLUDE_DIR to the directory that holds boost/.")
    if(NOT EXISTS "${PENSTOCK_BOOST_INCLUDE_DIR}/boost/process.hpp")
        message(FATAL_ERROR "Penstock needs Boost.Process and found no boost/process.hpp. ${advice}")
    endif()
    file(STRINGS "${PENSTOCK_BOOST_INCLUDE_DIR}/boost/version.hpp" line REGEX "#define BOOST_VERSION [0-9]+")
    string(REGEX MATCH "[0-9]+" version "${line}")
    if(NOT version OR version LESS 107400)
        message(FATAL_ERROR "Penstock needs Boost 1.74 (107400) or newer; ${PENSTOCK_BOOST_INCLUDE_DIR} holds "
            "BOOST_VERSION '${version}'. ${advice}")
    endif()
    set(${directory} "${PENSTOCK_BOOST_INCLUDE_DIR}" PARENT_SCOPE)
endfunction()
