casepost_unit_test(serve test_template)
casepost_unit_test(serve test_highlight)
casepost_unit_test(serve test_access PkgConfig::CRYPT)
casepost_unit_test(serve test_server PkgConfig::CRYPT)
target_sources(serve_test_server PRIVATE ${CMAKE_CURRENT_LIST_DIR}/client.c
	${CMAKE_CURRENT_LIST_DIR}/../casebook/fixture.c)
