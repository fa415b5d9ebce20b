casepost_unit_test(fetch test_backoff)
casepost_unit_test(fetch test_files)
casepost_unit_test(fetch test_folder_name)
casepost_unit_test(fetch test_guard)
casepost_unit_test(fetch test_intake_channel Threads::Threads)
casepost_unit_test(fetch test_mbox)
casepost_unit_test(fetch test_options)
casepost_unit_test(fetch test_sync)
casepost_unit_test(fetch test_uidset)

# Against a server in a thread that does what real ones never do.
casepost_unit_test(fetch test_mailbox Threads::Threads)
target_sources(fetch_test_mailbox PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/fetch/fake_server.c)
casepost_unit_test(fetch test_tls PkgConfig::GNUTLS Threads::Threads)
