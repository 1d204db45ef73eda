# The library that draws the figures of `picket lab --report`: fetched by npm
# at build time, by the name, version and checksum in cmake/charts, and put
# beside picket's other files.  Without npm all else is built all the same.
set(charts ${PROJECT_BINARY_DIR}/share/picket/charts)
file(MAKE_DIRECTORY ${charts})
add_custom_target(charts ALL
    COMMAND ${CMAKE_COMMAND} -D LOCKED=${PROJECT_SOURCE_DIR}/cmake/charts
	-D INTO=${charts} -D WORK=${PROJECT_BINARY_DIR}/charts
	-P ${PROJECT_SOURCE_DIR}/cmake/fetch_charts.cmake
    VERBATIM)
install(DIRECTORY ${charts} DESTINATION ${CMAKE_INSTALL_DATADIR}/picket)
