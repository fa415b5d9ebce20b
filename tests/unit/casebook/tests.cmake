foreach(file test_export test_filter test_query)
	casepost_unit_test(casebook ${file})
endforeach()
target_sources(casebook_test_export PRIVATE ${CMAKE_CURRENT_LIST_DIR}/fixture.c)
target_sources(casebook_test_query PRIVATE ${CMAKE_CURRENT_LIST_DIR}/fixture.c)
# Facts made by hand are put in, and what the casebook says is asked of SQLite itself.
foreach(file test_casebook test_feed test_merge test_names test_rebuild test_resolve test_schema
		test_thread)
	casepost_unit_test(casebook ${file} PkgConfig::SQLITE)
endforeach()
