# What is installed beside the program.  The program looks for its own files in
# share/picket (src/base/datadir.h says where); in a build tree that folder
# holds links to the sources, so that an edited policy is found at once.
set(PICKET_DATADIR ${CMAKE_INSTALL_FULL_DATADIR}/picket)
set_source_files_properties(src/base/datadir.c PROPERTIES
    COMPILE_DEFINITIONS PICKET_DATADIR="${PICKET_DATADIR}")

function(picket_data folder source)
	file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/picket)
	file(CREATE_LINK ${PROJECT_SOURCE_DIR}/${source}
	    ${PROJECT_BINARY_DIR}/share/picket/${folder} SYMBOLIC)
	install(DIRECTORY ${source}/
	    DESTINATION ${CMAKE_INSTALL_DATADIR}/picket/${folder})
endfunction()

# The configuration is an example and stays out of /etc, where installing again
# would overwrite what somebody wrote.
picket_data(policies lua/policies)
picket_data(lib lua/lib)
picket_data(conf conf)

foreach(section 1 5 7 8)
	file(GLOB pages CONFIGURE_DEPENDS
	    ${PROJECT_SOURCE_DIR}/src/*.${section})
	install(FILES ${pages} DESTINATION ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
