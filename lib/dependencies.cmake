# The libraries that the project stands on, each as an imported target, and one clear message for
# all that are missing.

find_package(PkgConfig REQUIRED)
set(missing "")

# casepost_need(TARGET MODULE DEBIAN_PACKAGE): pkg-config module -> PkgConfig::TARGET
macro(casepost_need target module package)
	pkg_check_modules(${target} QUIET IMPORTED_TARGET ${module})
	if(NOT ${target}_FOUND)
		list(APPEND missing ${package})
	endif()
endmacro()

casepost_need(SQLITE "sqlite3>=3.40" libsqlite3-dev)
casepost_need(MICROHTTPD "libmicrohttpd>=0.9.75" libmicrohttpd-dev)
casepost_need(GNUTLS "gnutls>=3.7" libgnutls28-dev)
casepost_need(GMIME "gmime-3.0>=3.2" libgmime-3.0-dev)
casepost_need(ZSTD "libzstd>=1.5" libzstd-dev)
casepost_need(ICU "icu-i18n>=72" libicu-dev)
casepost_need(PCRE2 "libpcre2-8>=10.40" libpcre2-dev)
casepost_need(SECCOMP "libseccomp>=2.5" libseccomp-dev)
casepost_need(SYSTEMD "libsystemd>=252" libsystemd-dev)
casepost_need(INIH "inih" libinih-dev)
casepost_need(CRYPT "libxcrypt" libcrypt-dev)

# libetpan's own pkg-config file carries linker flags of Debian's build (no-pie-link.specs), so it
# is found by hand.
find_path(ETPAN_INCLUDE libetpan/libetpan.h)
find_library(ETPAN_LIBRARY etpan)
if(ETPAN_INCLUDE AND ETPAN_LIBRARY)
	add_library(etpan INTERFACE IMPORTED)
	target_include_directories(etpan SYSTEM INTERFACE ${ETPAN_INCLUDE})
	target_link_libraries(etpan INTERFACE ${ETPAN_LIBRARY})
else()
	list(APPEND missing libetpan-dev)
endif()

# gumbo parses HTML as browsers do.
casepost_need(GUMBO "gumbo" libgumbo-dev)

if(CASEPOST_TESTS)
	casepost_need(CMOCKA "cmocka" libcmocka-dev)
endif()

if(missing)
	list(JOIN missing " " missing)
	message(FATAL_ERROR "casepost needs libraries that are not installed. On Debian:\n"
		"  apt-get install ${missing}\n")
endif()
find_package(Threads REQUIRED)
