casepost_unit_test(read test_header casepost-no-iconv)
casepost_unit_test(read test_html)
casepost_unit_test(read test_message casepost-no-iconv)
casepost_unit_test(read test_pool PkgConfig::ZSTD)
casepost_unit_test(read test_quote casepost-no-iconv)

# A reader that does what its message says, for the pool's tests.
add_executable(hostile_worker ${CMAKE_CURRENT_LIST_DIR}/hostile_worker.c)
target_link_libraries(hostile_worker PRIVATE casepost-read)
add_dependencies(read_test_pool hostile_worker)
target_compile_definitions(read_test_pool PRIVATE HOSTILE_WORKER="$<TARGET_FILE:hostile_worker>")
