# `cmake --install` puts down the library, its headers and the package that find_package(penstock) reads.
include(CMakePackageConfigHelpers)
set(penstock_package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/penstock)

if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.23)
    install(TARGETS penstock penstock_main EXPORT penstockTargets FILE_SET HEADERS FILE_SET asio)
else()
    install(TARGETS penstock penstock_main EXPORT penstockTargets)
    install(DIRECTORY include/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endif()
install(TARGETS penstock_worker EXPORT penstockTargets RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR})
install(EXPORT penstockTargets NAMESPACE penstock:: DESTINATION ${penstock_package_dir})

configure_package_config_file(cmake/penstockConfig.cmake.in penstockConfig.cmake
    INSTALL_DESTINATION ${penstock_package_dir} NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may change anything.
write_basic_package_version_file(penstockConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES
    ${CMAKE_CURRENT_BINARY_DIR}/penstockConfig.cmake
    ${CMAKE_CURRENT_BINARY_DIR}/penstockConfigVersion.cmake
    cmake/penstockCereal.cmake
    DESTINATION ${penstock_package_dir})
