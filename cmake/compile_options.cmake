# What every target of ours is compiled with.

# C++20 without extensions, and the warnings both compilers must be free of.
function(penstock_compile_options target)
    target_compile_features(${target} PUBLIC cxx_std_20)
    set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
    target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
endfunction()

# The sanitizers of PENSTOCK_SANITIZE. They are part of the interface: a program and the library it links must agree.
function(penstock_sanitize target)
    if(PENSTOCK_SANITIZE STREQUAL "")
        return()
    elseif(PENSTOCK_SANITIZE STREQUAL "address")
        # Without vptr: it probes memory through a pipe of its own, and so it sees invalid objects everywhere in the
        # tests that use up all descriptors.
        set(sanitizers address,undefined -fno-sanitize=vptr)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang") # clang 14 cannot emit its mark of a function for a coroutine's parts
            set(sanitizers address,undefined -fno-sanitize=vptr,function)
        endif()
    elseif(PENSTOCK_SANITIZE STREQUAL "thread")
        set(sanitizers thread)
    else()
        message(FATAL_ERROR "PENSTOCK_SANITIZE is '${PENSTOCK_SANITIZE}'; it can be empty, address or thread.")
    endif()
    set(flags -fsanitize=${sanitizers} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
    target_compile_options(${target} PUBLIC ${flags})
    target_link_options(${target} PUBLIC ${flags})
endfunction()

# The environment that tests run in: the first report of a sanitizer ends the program, leaks count as errors.
# (UndefinedBehaviorSanitizer needs no option: -fno-sanitize-recover ends the program too.) At most one variable,
# because gtest_discover_tests takes a list of them apart.
set(penstock_test_environment)
if(PENSTOCK_SANITIZE STREQUAL "address")
    set(penstock_test_environment ASAN_OPTIONS=halt_on_error=1:detect_leaks=1:detect_stack_use_after_return=1)
elseif(PENSTOCK_SANITIZE STREQUAL "thread")
    set(penstock_test_environment TSAN_OPTIONS=halt_on_error=1:second_deadlock_stack=1)
endif()
