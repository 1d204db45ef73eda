# Puts the chart library that the files in LOCKED name into the folder INTO,
# unless it is there.  WORK is npm's.  A failure is told, and is none.
set(package plotly.js-cartesian-dist-min)
set(lock package-lock.json)

if(EXISTS ${INTO}/plotly.min.js AND EXISTS ${INTO}/${lock})
	file(SHA256 ${LOCKED}/${lock} wanted)
	file(SHA256 ${INTO}/${lock} there)
	if(wanted STREQUAL there)
		return()
	endif()
endif()

function(fetch result)
	find_program(npm npm)
	if(NOT npm)
		set(${result} "there is no npm" PARENT_SCOPE)
		return()
	endif()
	file(COPY ${LOCKED}/package.json ${LOCKED}/${lock} DESTINATION ${WORK})
	execute_process(COMMAND ${npm} ci --ignore-scripts --no-audit --no-fund
	    --fetch-retries=2 --fetch-retry-mintimeout=1000
	    --fetch-retry-maxtimeout=5000
	    WORKING_DIRECTORY ${WORK} RESULT_VARIABLE status
	    OUTPUT_VARIABLE said ERROR_VARIABLE said)
	if(NOT status EQUAL 0)
		set(${result} "npm ci failed: ${said}" PARENT_SCOPE)
		return()
	endif()
	set(${result} "" PARENT_SCOPE)
endfunction()

fetch(problem)
if(problem)
	message("no chart library (${problem})\n"
	    "picket lab --report will not work; the rest does")
	return()
endif()
set(fetched ${WORK}/node_modules/${package})
configure_file(${fetched}/plotly-cartesian.min.js ${INTO}/plotly.min.js COPYONLY)
configure_file(${fetched}/LICENSE ${INTO}/LICENSE COPYONLY)
configure_file(${LOCKED}/${lock} ${INTO}/${lock} COPYONLY)
message("the chart library is in ${INTO}")
