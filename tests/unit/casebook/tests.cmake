# Facts made by hand are put in, and what the casebook says is asked of SQLite itself.
foreach(file test_casebook test_feed test_merge test_names test_rebuild test_resolve test_schema
		test_thread)
	casepost_unit_test(casebook ${file} PkgConfig::SQLITE)
endforeach()
