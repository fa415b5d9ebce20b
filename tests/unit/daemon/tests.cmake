# What the daemon's own files need; each test takes the file that it is about.
add_library(casepost-daemon INTERFACE)
target_include_directories(casepost-daemon INTERFACE ${CMAKE_SOURCE_DIR})
target_link_libraries(casepost-daemon INTERFACE casepost-base PkgConfig::INIH)
foreach(file config options store)
	casepost_unit_test(daemon test_${file})
	target_sources(daemon_test_${file} PRIVATE ${CMAKE_SOURCE_DIR}/daemon/${file}.c)
endforeach()
