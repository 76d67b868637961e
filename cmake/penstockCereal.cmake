# Finds the cereal headers, which Penstock's public headers include, and makes the target penstock::cereal of them.
# The build uses this file and so does the installed package. An imported target's directories are system
# directories, so that nobody sees warnings of cereal's.

# Sets `problem` in the caller to a sentence for the user, or to nothing when all is well.
function(penstock_find_cereal problem)
    set(${problem} "" PARENT_SCOPE)
    if(TARGET penstock::cereal)
        return()
    endif()
    find_path(PENSTOCK_CEREAL_INCLUDE_DIR cereal/cereal.hpp
        PATHS ENV CPATH ENV CPLUS_INCLUDE_PATH
        DOC "The directory that holds cereal/cereal.hpp")
    mark_as_advanced(PENSTOCK_CEREAL_INCLUDE_DIR)
    if(NOT PENSTOCK_CEREAL_INCLUDE_DIR)
        set(${problem} "Penstock needs the cereal headers and found no cereal/cereal.hpp. Install them (Debian: \
apt install libcereal-dev) or set PENSTOCK_CEREAL_INCLUDE_DIR to the directory that holds cereal/." PARENT_SCOPE)
        return()
    endif()
    add_library(penstock::cereal INTERFACE IMPORTED GLOBAL)
    set_target_properties(penstock::cereal PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${PENSTOCK_CEREAL_INCLUDE_DIR}")
endfunction()
