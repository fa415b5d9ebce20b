foreach(file test_arena test_channel test_clock test_error test_fd test_health test_json test_str
		test_tsv test_utf8)
	casepost_unit_test(base ${file})
endforeach()
casepost_unit_test(base test_db casepost-db)
