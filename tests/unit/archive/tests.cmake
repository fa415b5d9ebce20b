foreach(file test_batch test_pack test_schema)
	casepost_unit_test(archive ${file})
endforeach()
# The schema is proved against SQLite itself.
target_link_libraries(archive_test_schema PRIVATE PkgConfig::SQLITE)
