# llhttp as a target: through pkg-config where a distribution packages the
# library, else from the sources that Debian's node-llhttp installs.
pkg_check_modules(LLHTTP QUIET IMPORTED_TARGET libllhttp)
if(LLHTTP_FOUND)
	add_library(llhttp ALIAS PkgConfig::LLHTTP)
else()
	find_path(LLHTTP_SOURCES llhttp.c PATHS /usr/share/llhttp REQUIRED)
	find_path(LLHTTP_INCLUDE llhttp.h PATHS /usr/share/include/llhttp
	    REQUIRED)
	add_library(llhttp STATIC ${LLHTTP_SOURCES}/api.c
	    ${LLHTTP_SOURCES}/http.c ${LLHTTP_SOURCES}/llhttp.c)
	target_include_directories(llhttp SYSTEM PUBLIC ${LLHTTP_INCLUDE})
	target_compile_options(llhttp PRIVATE -w)
	optimise_together(llhttp)
endif()
