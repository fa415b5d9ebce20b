# casepost_embed(TARGET NAME FILE…): puts files into TARGET as `const struct embedded NAME[]` and
# `const size_t NAME_count`, declared in "NAME.h".
function(casepost_embed target name)
	set(source ${CMAKE_CURRENT_BINARY_DIR}/${name}.c)
	set(header ${CMAKE_CURRENT_BINARY_DIR}/${name}.h)
	add_custom_command(OUTPUT ${source} ${header}
		COMMAND casepost-embed ${name} ${source} ${header} ${ARGN}
		DEPENDS casepost-embed ${ARGN}
		WORKING_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR}
		VERBATIM)
	target_sources(${target} PRIVATE ${source} ${header})
	target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
